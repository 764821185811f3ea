"""Whatever is given as a prop, or as a member of a group: a located problem, never a raw error."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3

import constructs_trainers as ct
from constructs_trainers.trainers.props import types
from constructs_trainers.trainers.props.trainer_props import TrainerProps
from tests.support.many_trainers import IMAGE
from tests.support.trainers import TrainerMaker

if TYPE_CHECKING:
    from collections.abc import Callable

HUB = "all techniques"
COMPUTE = ct.TrainingJobCompute(instance_type="ml.p5.48xlarge")
OWN: dict[str, Any] = {"compute": COMPUTE, "training_image": IMAGE}
PROPS = [field.name for field in fields(TrainerProps)]
URI = "s3://amzn-s3-demo-bucket/x"
S3 = ct.S3DataSource(s3_uri=URI)


class StoppingCondition:
    """Another library's class with the name of one of ours."""


def values(scope: cdk.Stack) -> list[object]:
    """What is right hardly anywhere."""
    return [
        None,
        5,
        10**400,
        2.5,
        float("nan"),
        True,
        "text",
        "",
        b"bytes",
        [],
        ["text"],
        [None],
        [[5]],
        {},
        {"a": 1},
        {5: None},
        {"set"},
        object(),
        StoppingCondition(),
        ct.StoppingCondition,
        ct.StoppingCondition(),
        [ct.StoppingCondition()],
        cdk.Duration.hours(1),
        ec2.InstanceType("p5.48xlarge"),
        s3.Bucket.from_bucket_name(scope, "Values", "amzn-s3-demo-bucket"),
        lambda: None,
    ]


def placed(kind: str, group: object) -> dict[str, Any]:
    """The props of a trainer that has a group of some kind in them."""
    places: dict[str, dict[str, Any]] = {
        "Channel": {"input_data_config": [group]},
        "DataMixingConfig": {"data_mixing_config": group},
        "CheckpointConfig": {"checkpoint_config": group, **OWN},
        "CollectionConfiguration": {
            "debug_hook_config": ct.DebugHookConfig(
                s3_output_path=URI,
                collection_configurations=[group],  # type: ignore[list-item]
            ),
            **OWN,
        },
        "DatasetSource": {"validation_dataset": group},
        "DebugHookConfig": {"debug_hook_config": group, **OWN},
        "ExperimentConfig": {"experiment_config": group, **OWN},
        "FileSystemDataSource": {"validation_dataset": group},
        "HubAccessConfig": {
            "validation_dataset": ct.S3DataSource(s3_uri=URI, hub_access_config=group)  # type: ignore[arg-type]
        },
        "InfraCheckConfig": {"infra_check_config": group, **OWN},
        "InstanceGroup": {**OWN, "compute": ct.TrainingJobCompute(instance_groups=[group])},  # type: ignore[list-item]
        "InstancePreference": {
            **OWN,
            "compute": ct.TrainingJobCompute(instance_preferences=[group]),  # type: ignore[list-item]
        },
        "JobRetry": {"retry": group},
        "ModelAccessConfig": {
            "validation_dataset": ct.S3DataSource(s3_uri=URI, model_access_config=group)  # type: ignore[arg-type]
        },
        "Networking": {"networking": group},
        "Notifications": {"notifications": group},
        "OutputDataConfig": {"output_data_config": group},
        "ProfilerConfig": {"profiler_config": group, **OWN},
        "RemoteDebugConfig": {"remote_debug_config": group, **OWN},
        "RetryStrategy": {"retry_strategy": group, **OWN},
        "RuleConfiguration": {"profiler_rule_configurations": [group], **OWN},
        "RuntimeOverrides": {"runtime_overrides": group},
        "S3DataSource": {"training_dataset": group},
        "SessionChainingConfig": {"session_chaining_config": group, **OWN},
        "StoppingCondition": {"stopping_condition": group},
        "TensorBoardOutputConfig": {"tensor_board_output_config": group, **OWN},
        "TrainingJobCompute": {**OWN, "compute": group},
    }
    return places[kind]


OF_PIPELINES = ("NewData", "Parallel", "Stage", "Sweep", "SweepManifest")
# They are made by the library, and given to its users.
GIVEN_OUT = ("LatestTrainingJob", "Problem", "ResolvedRecipe", "TrainingFailure")
GROUPS = [
    name
    for name in ct.__all__
    if is_dataclass(getattr(ct, name)) and name not in (*OF_PIPELINES, *GIVEN_OUT, "Expression")
]
RIGHT: dict[str, object] = {
    "channel_name": "images",
    "customer_data_percent": 50,
    "data_source": URI,
    "instance_group_name": "group",
    "instance_type": "ml.p5.48xlarge",
    "instance_count": 1,
    "file_system_type": "EFS",
    "directory_path": "/data",
    "dataset_arn": "arn:aws:sagemaker:us-west-2:123456789012:hub-content/h/DataSet/d/1.0.0",
    "accept_eula": True,
    "hub_content_arn": "arn:aws:sagemaker:us-west-2:123456789012:hub-content/h/Model/m/1.0.0",
    "s3_output_path": URI,
    "collection_name": "losses",
    "rule_configuration_name": "rule",
    "rule_evaluator_image": IMAGE,
    "maximum_retry_attempts": 1,
}


def paths_of_refusal(construct: Callable[[], object]) -> list[str]:
    """The paths of what is refused; none when nothing is. Anything but a TrainerError is a bug."""
    try:
        construct()
    except ct.TrainerError as error:
        found = error
    else:
        return []
    assert " at 0x" not in str(found)
    return [problem.path for problem in found.problems]


@pytest.mark.parametrize("prop", PROPS)
@pytest.mark.parametrize("compute", ["serverless", "own instances"])
def test_any_value_of_a_prop(
    make_trainer: TrainerMaker, stack: cdk.Stack, prop: str, compute: str
) -> None:
    base = {**(OWN if compute == "own instances" else {}), "disable_output_compression": 1}
    for number, value in enumerate(values(stack)):
        given = {**base, prop: value}
        found = paths_of_refusal(partial(make_trainer, hub=HUB, construct_id=f"T{number}", **given))
        assert prop == "disable_output_compression" or "disable_output_compression" in found


@pytest.mark.parametrize("name", GROUPS)
def test_any_value_of_a_member(make_trainer: TrainerMaker, stack: cdk.Stack, name: str) -> None:
    kind = getattr(ct, name)
    right = {f.name: RIGHT[f.name] for f in fields(kind) if f.default is MISSING}
    for member in fields(kind):
        for number, value in enumerate(values(cdk.Stack(stack, member.name.replace("_", "-")))):
            group = kind(**{**right, member.name: value})
            props = {"disable_output_compression": 1, **placed(name, group)}
            found = paths_of_refusal(
                partial(make_trainer, hub=HUB, construct_id=f"{member.name}{number}", **props)
            )
            assert "disable_output_compression" in found


@pytest.mark.parametrize(
    ("props", "path", "words"),
    [
        (
            {"compute": ct.TrainingJobCompute(instance_groups="ml.p5.48xlarge")},  # type: ignore[arg-type]
            "compute.instance_groups",
            "a list of InstanceGroup",
        ),
        (
            {
                "compute": ct.TrainingJobCompute(
                    instance_preferences=ct.InstancePreference(instance_type="ml.p5.48xlarge")  # type: ignore[arg-type]
                )
            },
            "compute.instance_preferences",
            "write [InstancePreference(...)]",
        ),
        (
            {"compute": ct.TrainingJobCompute(instance_groups=[{"instance_type": "x"}])},  # type: ignore[list-item]
            "compute.instance_groups[0]",
            "write InstanceGroup(instance_type=...)",
        ),
        (
            {"compute": ct.TrainingJobCompute(instance_type=ec2.InstanceType("p5.48xlarge"))},  # type: ignore[arg-type]
            "compute.instance_type",
            "write 'ml.p5.48xlarge'",
        ),
        (
            {"input_data_config": [ct.Channel(channel_name="c", data_source=None)]},  # type: ignore[arg-type]
            "input_data_config[0].data_source",
            "text",
        ),
        (
            {"debug_hook_config": ct.DebugHookConfig(s3_output_path=None), **OWN},  # type: ignore[arg-type]
            "debug_hook_config.s3_output_path",
            "allowed: text",
        ),
        (
            {"compute": {"instance_type": "ml.p5.48xlarge"}},
            "compute",
            "write TrainingJobCompute(instance_type=...)",
        ),
        ({"retry": ct.JobRetry(max_attempts="3")}, "retry.max_attempts", "a whole number"),  # type: ignore[arg-type]
        ({"retry": ct.JobRetry(max_attempts=True)}, "retry.max_attempts", "a whole number"),
        (
            {"retry": ct.JobRetry(interval_in_seconds=0.5)},  # type: ignore[arg-type]
            "retry.interval_in_seconds",
            "a whole number",
        ),
        (
            {"retry_strategy": ct.RetryStrategy(maximum_retry_attempts=None), **OWN},  # type: ignore[arg-type]
            "retry_strategy.maximum_retry_attempts",
            "a whole number",
        ),
        (
            {"stopping_condition": StoppingCondition()},
            "stopping_condition",
            f"{__name__}.StoppingCondition",
        ),
    ],
)
def test_what_people_write_is_refused_beside_all_else(
    make_trainer: TrainerMaker, props: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(ct.TrainerError) as raised:
        make_trainer(
            hub=HUB,
            **{"training_image": IMAGE, "compute": COMPUTE, "base_job_name": "?", **props},
        )
    assert [problem.path for problem in raised.value.problems] == [path, "base_job_name"]
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("technique", "prop"),
    [
        ("SFT", "data_mixing_config"),
        ("RLVR", "custom_reward_function"),
        ("RLVR", "skip_reward_validation"),
        ("RLAIF", "reward_model_id"),
        ("RLAIF", "reward_prompt"),
    ],
)
def test_any_value_of_a_techniques_own_prop(
    make_trainer: TrainerMaker, stack: cdk.Stack, technique: str, prop: str
) -> None:
    for number, value in enumerate(values(stack)):
        given: dict[str, Any] = {"tags": 5, prop: value}
        found = paths_of_refusal(
            partial(make_trainer, technique, hub=HUB, construct_id=f"T{number}", **given)
        )
        assert "tags" in found


ARGUMENTS_OF_TRAIN = ["input_data_config", "wait", "logs", "wait_timeout", "id", "scope"]


@pytest.mark.parametrize("argument", ARGUMENTS_OF_TRAIN)
def test_any_value_of_an_argument_of_train(
    make_trainer: TrainerMaker, stack: cdk.Stack, argument: str
) -> None:
    trainer = make_trainer(hub=HUB)
    for number, value in enumerate(values(stack)):
        given = {"id": f"Train{number}", argument: value}
        paths_of_refusal(lambda g=given: trainer.train(**g))  # type: ignore[misc]


@pytest.mark.parametrize("name", OF_PIPELINES)
def test_any_value_of_a_member_of_a_stage(
    make_trainer: TrainerMaker, stack: cdk.Stack, name: str
) -> None:
    trainer = make_trainer(hub=HUB)
    kind = getattr(ct, name)
    right = {"trainer": trainer, "stages": [ct.Stage(trainer=trainer)]}
    for member in fields(kind):
        for number, value in enumerate(values(cdk.Stack(stack, member.name.replace("_", "-")))):
            needed = {f.name: right[f.name] for f in fields(kind) if f.default is MISSING}
            group = kind(**{**needed, member.name: value})
            stages: Any = [group]
            if name == "SweepManifest":
                stages = [ct.Sweep(trainer=trainer, manifest=group)]
            if name == "NewData":
                stages = right["stages"]
            given = {"stages": stages, "on_new_data": [group] if name == "NewData" else []}
            given |= {"schedule": "daily"}
            found = paths_of_refusal(
                lambda m=member.name, n=number, g=given: ct.TrainingPipeline(  # type: ignore[misc]
                    stack, f"{m}{n}", **g
                )
            )
            assert "schedule" in found


def test_every_annotation_of_a_group_is_one_that_is_read() -> None:
    kinds = [TrainerProps, *(getattr(ct, name) for name in (*GROUPS, *OF_PIPELINES))]
    for kind in kinds:
        for field in fields(kind):
            assert types._words(types._parsed(str(field.type)))
