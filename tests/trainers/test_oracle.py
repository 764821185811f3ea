"""Requests against those that the SageMaker Python SDK really sent for the same arguments.

A case is skipped when it is about something that is not CreateTrainingJob of a trainer: HyperPod,
continued pre-training, multi-turn RL, and the SDK's ``ModelTrainer``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
import yaml

import constructs_trainers
from constructs_trainers import (
    DataMixingConfig,
    Networking,
    OutputDataConfig,
    StoppingCondition,
    TrainerError,
    TrainingJobCompute,
    TrainingType,
)
from constructs_trainers.jobs.request.tags import DIGEST_TAG, is_own_tag
from tests.support.hub_locks import lock_document, write_lock
from tests.support.trainers_in import differences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers import BaseTrainer

ORACLE = Path(__file__).parents[3] / "shared" / "oracle"
TRAINERS = ("SFTTrainer", "DPOTrainer", "RLVRTrainer", "RLAIFTrainer")

# Arguments that are looked up by the SDK, and what the reference's own defects need instead.
_ADAPTED: dict[str, dict[str, Any]] = {
    # A typo that the SDK drops with a log line, and we refuse.
    "sft_serverless_overrides": {
        "overrides": {"training_config": {"learning_rate": 5e-6, "max_len": 8192}}
    },
    # Synthesis looks no model package up.
    "sft_model_package_arn_with_mpg": {
        "base_model_name": "meta-textgeneration-llama-3-2-1b-instruct"
    },
    # The SDK drops both silently (item 23); we refuse them, which another test holds.
    "sft_env_training_image_serverless": {"environment": None, "training_image": None},
    # The SDK takes any count without overrides, and another one with them (items 24 and 39).
    "nova_serverful_replicas_mismatch": {
        "compute": TrainingJobCompute(instance_type="ml.p5.48xlarge", instance_count=4)
    },
    # An ARN is no S3 URI (item 22); we refuse it, which another test holds.
    "sft_serverful_dataset_arn": {"training_dataset": "s3://data/train.jsonl"},
    # A spot job without a longest wait is refused by the API.
    "serverful_spot_kms_dropped": {
        "stopping_condition": StoppingCondition(
            max_runtime_in_seconds=600, max_wait_time_in_seconds=900
        ),
        "kms_key_id": "11111111-2222-3333-4444-555555555555",
        "compute": TrainingJobCompute(
            instance_type="ml.p5.48xlarge",
            enable_managed_spot_training=True,
            volume_kms_key_id="66666666-7777-8888-9999-000000000000",
            keep_alive_period_in_seconds=60,
            volume_size_in_gb=500,
            training_plan_arn="arn:aws:sagemaker:us-west-2:123456789012:training-plan/p",
        ),
    },
}
# Where the SDK sends something wrong: the item of the defect, and member to what we send.
_BETTER: dict[str, tuple[int, dict[str, object]]] = {
    # "FULL" is no value of the API's Peft enum; full fine-tuning sends none.
    "sft_serverless_full_ft_str": (21, {"ServerlessJobConfig.Peft": None}),
    # The recipe runs on as many instances as the job has.
    "nova_serverful_replicas_mismatch": (
        40,
        {
            "ResourceConfig.InstanceCount": 4,
            # Spec parameters alone: the file has the rest.
            "HyperParameters.name": "n",
            "HyperParameters.data_s3_path": None,
            "HyperParameters.output_s3_path": None,
            "HyperParameters.model_type": None,
            "HyperParameters.max_length": None,
            "HyperParameters.min_lr": None,
        },
    ),
    "sft_serverful_dataset_arn": (
        22,
        {"InputDataConfig.0.DataSource.S3DataSource.S3Uri": "s3://data/train.jsonl"},
    ),
    # Nothing that was given is dropped.
    "serverful_spot_kms_dropped": (
        22,
        {
            "EnableManagedSpotTraining": True,
            "EnableNetworkIsolation": True,
            "OutputDataConfig.KmsKeyId": "11111111-2222-3333-4444-555555555555",
            "ResourceConfig.VolumeKmsKeyId": "66666666-7777-8888-9999-000000000000",
            "StoppingCondition.MaxWaitTimeInSeconds": 900,
        },
    ),
}
# What the SDK finds out by asking AWS, which synthesis does not.
_LOOKED_UP = {"sft_missing_data", "role_denied"}


def _case(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    case = json.loads((ORACLE / "cases" / f"{name}.json").read_text())
    expected = json.loads((ORACLE / "expected" / f"{name}.json").read_text())
    return case, expected


def _cases(*, sent: bool) -> list[str]:
    if not ORACLE.is_dir():
        return []
    names = []
    for file in sorted((ORACLE / "cases").glob("*.json")):
        case, expected = _case(file.stem)
        compute = case["args"].get("compute", {})
        ours = case["trainer"] in TRAINERS and "$hyperpod" not in compute
        ends = "CreateTrainingJob" in expected.get("requests", {}) if sent else "error" in expected
        if ours and ends:
            names.append(file.stem)
    return names


def test_there_are_cases_where_the_oracle_is() -> None:
    if not ORACLE.is_dir():
        pytest.skip("the recorded requests are not beside the checkout")
    assert len(_cases(sent=True)) >= 18
    assert len(_cases(sent=False)) >= 6


@pytest.mark.parametrize("name", _cases(sent=True))
def test_the_request_equals_what_the_sdk_sent(
    name: str, feature_flags: dict[str, Any], tmp_path: Path
) -> None:
    case, expected = _case(name)
    sent = expected["requests"]["CreateTrainingJob"]
    trainer = _trainer(name, case, sent, feature_flags, tmp_path)

    ours = _without_names(cdk.Stack.of(trainer), trainer.training_job_request)
    _, better = _BETTER.get(name, (0, {}))
    wanted = _without_names(cdk.Stack.of(trainer), sent)
    # A day bounds the bill of every job; the SDK sends serverless jobs without a bound.
    better = {"StoppingCondition.MaxRuntimeInSeconds": _longest(case), **better}
    if "compute" in case["args"]:
        # Item 22: own instances are sent neither the hub's tags nor the group, and one hour.
        better = {
            "StoppingCondition.MaxRuntimeInSeconds": _longest(case),
            "ModelPackageConfig": ours.get("ModelPackageConfig"),
            "Tags": ours["Tags"],
            **better,
        }
        assert [tag["Key"] for tag in ours["Tags"] if not is_own_tag(tag["Key"])] == []
    for path, value in better.items():
        _put(wanted, path.split("."), value)
    assert ours == wanted


@pytest.mark.parametrize("name", _cases(sent=True))
def test_the_roles_hold_what_the_request_needs(
    name: str, feature_flags: dict[str, Any], tmp_path: Path
) -> None:
    case, expected = _case(name)
    sent = expected["requests"]["CreateTrainingJob"]
    trainer = _trainer(name, case, sent, feature_flags, tmp_path, role=None)
    assert differences(cdk.Stack.of(trainer)) == []


@pytest.mark.parametrize(
    "name", [name for name in _cases(sent=True) if "serverful" in name and "nova" not in name]
)
def test_the_recipe_file_holds_what_the_sdk_uploaded(
    name: str, feature_flags: dict[str, Any], tmp_path: Path
) -> None:
    case, expected = _case(name)
    trainer = _trainer(
        name, case, expected["requests"]["CreateTrainingJob"], feature_flags, tmp_path
    )
    (uploaded,) = (yaml.safe_load(text) for text in expected["uploads"].values())
    if name == "sft_serverful_dataset_arn":
        uploaded["training_config"]["data"]["train_files"] = "/opt/ml/input/data/train/train.jsonl"
    if name == "serverful_seqlen_ignored":  # item 20: the template of another length
        assert trainer.resolved_recipe.to_dict() != uploaded
        return
    assert yaml.safe_load(trainer.resolved_recipe.to_yaml()) == uploaded


@pytest.mark.parametrize("name", _cases(sent=False))
def test_what_the_sdk_refuses_is_refused(
    name: str, feature_flags: dict[str, Any], tmp_path: Path
) -> None:
    if name in _LOOKED_UP:
        pytest.skip("the SDK asks AWS for this; synthesis asks nobody")
    case, _ = _case(name)
    with pytest.raises(TrainerError) as error:
        _trainer(name, case, {}, feature_flags, tmp_path)
    assert {problem.path for problem in error.value.problems} == _REFUSED[name]


_REFUSED = {
    "rlaif_unknown_prompt": {"reward_prompt"},
    "serverless_networking_isolation": {"networking.enable_network_isolation"},
    "sft_invalid_chars": {"run.name"},
    # The SDK misses the group, which is derived here (item 26); we miss the base model.
    "sft_model_package": {"base_model_name"},
    "sft_unknown_model": {"model"},
}


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("sft_env_training_image_serverless", {"environment", "training_image"}),
        ("sft_serverful_dataset_arn", {"training_dataset"}),
    ],
)
def test_what_the_sdk_drops_or_mangles_is_refused(
    name: str, paths: set[str], feature_flags: dict[str, Any], tmp_path: Path
) -> None:
    if name not in _cases(sent=True):
        pytest.skip("the recorded requests are not beside the checkout")
    case, expected = _case(name)
    given = {key: case["args"].get(key) for key in paths}
    sent = expected["requests"]["CreateTrainingJob"]
    with pytest.raises(TrainerError) as error:
        _trainer(name, case, sent, feature_flags, tmp_path, **given)
    assert {problem.path for problem in error.value.problems} == paths


def _trainer(
    name: str,
    case: dict[str, Any],
    sent: dict[str, Any],
    feature_flags: dict[str, Any],
    folder: Path,
    **given: Any,  # noqa: ANN401 - props
) -> BaseTrainer:
    region = case.get("region", "us-west-2")
    app = cdk.App(context=feature_flags, outdir=str(folder / "cdk.out"))
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region=region))
    lock = lock_document(case["hub"], case["s3"], region)
    props = {key: _value(_in_region(value, region)) for key, value in case["args"].items()}
    props |= _ADAPTED.get(name, {}) | given
    if "s3_output_path" not in props:
        # The SDK's default bucket, which it makes itself.
        props["output_data_config"] = OutputDataConfig(
            s3_output_path=sent.get("OutputDataConfig", {}).get("S3OutputPath"),
            kms_key_id=props.pop("kms_key_id", None),
        )
    trainer: type[BaseTrainer] = getattr(constructs_trainers, case["trainer"])
    return trainer(
        stack,
        "Trainer",
        **props,
        recipe_lock=write_lock(lock, folder / "recipes.lock.json"),
        mlflow_resource_arn=sent.get("MlflowConfig", {}).get("MlflowResourceArn"),
    )


def _in_region(value: object, region: str) -> object:
    """A group's ARN in the region of the stack: the SDK takes one of another for granted."""
    if not isinstance(value, str) or ":model-package-group/" not in value:
        return value
    return f"arn:aws:sagemaker:{region}:{value.split(':', 4)[4]}"


def _value(value: Any) -> Any:  # noqa: ANN401 - as the case has it
    makers = {
        "$compute": TrainingJobCompute,
        "$networking": Networking,
        "$stopping": StoppingCondition,
        "$datamix": DataMixingConfig,
    }
    if isinstance(value, dict) and len(value) == 1:
        ((kind, members),) = value.items()
        if kind == "$training_type":
            return TrainingType[members]
        if kind in makers:
            return makers[kind](**members)
    return value


def _longest(case: dict[str, Any]) -> int:
    stopping = case["args"].get("stopping_condition", {}).get("$stopping", {})
    return int(stopping.get("max_runtime_in_seconds", 86_400))


def _without_names(stack: cdk.Stack, request: Mapping[str, Any]) -> dict[str, Any]:
    """A request without what is named anew by each of the two."""
    plain: dict[str, Any] = stack.resolve(dict(request))
    plain.pop("TrainingJobName", None)
    plain["Tags"] = [tag for tag in plain.get("Tags", []) if tag["Key"] != DIGEST_TAG]
    for channel in plain["InputDataConfig"]:
        if channel["ChannelName"] == "recipe":
            channel["DataSource"]["S3DataSource"]["S3Uri"] = "s3://.../recipe.yaml"
    evaluator = plain.get("ServerlessJobConfig", {})
    if "ModelPackageConfig" in plain:
        group = plain["ModelPackageConfig"]["ModelPackageGroupArn"]
        if isinstance(group, str):
            plain["ModelPackageConfig"]["ModelPackageGroupArn"] = group.split(":", 4)[4]
    if "rlvr-reward" in str(evaluator.get("EvaluatorArn")):
        evaluator["EvaluatorArn"] = "arn:.../rlvr-reward-..."
    return plain


def _put(tree: Any, path: list[str], value: object) -> None:  # noqa: ANN401 - lists and dicts
    for key in path[:-1]:
        tree = tree[int(key)] if isinstance(tree, list) else tree.setdefault(key, {})
    if value is None:
        tree.pop(path[-1], None)
    else:
        tree[path[-1]] = value
