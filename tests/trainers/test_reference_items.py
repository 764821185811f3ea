"""What the reference gets wrong in requests, items 21 to 40, and how it is here.

Each test's docstring begins with the number of the item and says what the reference does. Items
that another test holds already are not repeated; docs/parity.md names the test of each.
"""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from constructs_trainers import Networking, StoppingCondition, TrainingJobCompute, testing
from tests.support.refusals import refusal
from tests.support.small_hub import MODEL, SPEC, TEMPLATE
from tests.support.templates import template_of
from tests.support.trainers import INSTANCE_TYPE as P5
from tests.support.trainers import TrainerMaker, one_technique

if TYPE_CHECKING:
    import aws_cdk as cdk


HUB = "one technique"
LAMBDA = "arn:aws:lambda:us-west-2:123456789012:function:reward"
PACKAGE = "arn:aws:sagemaker:us-west-2:123456789012:model-package/chat/1"
NOVA = {
    "run": {
        "name": "{{name}}",
        "model_type": "amazon.nova-2-lite-v1:0:256k",
        "model_name_or_path": "nova-lite-2/prod",
        "replicas": "{{replicas}}",
    },
    "training_config": {"max_length": 32768, "lr": {"min_lr": 1e-6}},
}
NOVA_SPEC = {
    "name": {"type": "string", "default": "nova"},
    "replicas": {"type": "integer", "default": 4, "enum": [2, 4, 8]},
    "instance_type": {"type": "string", "default": P5, "enum": [P5]},
}


def instances(**members: Any) -> TrainingJobCompute:  # noqa: ANN401 - members of the group
    return TrainingJobCompute(**{"instance_type": P5, **members})


def test_a_training_type_may_be_text(make_trainer: TrainerMaker) -> None:
    """Item 21: "FULL" is sent as a Peft that the API does not know."""
    config = make_trainer(hub=HUB, training_type="FULL").training_job_request["ServerlessJobConfig"]
    assert "Peft" not in config


def test_a_training_type_in_lower_case_is_told_the_right_one(make_trainer: TrainerMaker) -> None:
    """Item 21: it selects nothing, and the error speaks of missing recipes."""
    assert "did you mean 'FULL'?" in str(refusal(make_trainer, hub=HUB, training_type="full"))


def test_own_instances_are_sent_all_that_was_given(make_trainer: TrainerMaker) -> None:
    """Item 22: key, group, tags of the hub, spot and isolation are dropped; one hour is added."""
    request = make_trainer(
        hub=HUB,
        compute=instances(enable_managed_spot_training=True, volume_kms_key_id="alias/volumes"),
        networking=Networking(
            subnets=["subnet-1"], security_group_ids=["sg-1"], enable_network_isolation=True
        ),
        stopping_condition=StoppingCondition(max_wait_time_in_seconds=90_000),
        model_package_group="chat",
        kms_key_id="alias/output",
        disable_output_compression=True,
    ).training_job_request
    assert request["ResourceConfig"]["VolumeKmsKeyId"] == "alias/volumes"
    assert request["OutputDataConfig"]["KmsKeyId"] == "alias/output"
    assert request["OutputDataConfig"]["CompressionType"] == "NONE"
    assert request["ModelPackageConfig"]["ModelPackageGroupArn"].endswith("/chat")
    assert request["EnableManagedSpotTraining"] is True
    assert request["EnableNetworkIsolation"] is True
    assert request["StoppingCondition"] == {
        "MaxRuntimeInSeconds": 86_400,
        "MaxWaitTimeInSeconds": 90_000,
    }
    assert "sagemaker-sdk:jumpstart-model-id" in [tag["Key"] for tag in request["Tags"]]


def test_own_instances_read_no_dataset_of_a_hub(make_trainer: TrainerMaker) -> None:
    """Item 22: its ARN is sent as an S3 URI."""
    dataset = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/h/DataSet/d/1.0.0"
    error = refusal(make_trainer, hub=HUB, training_dataset=dataset, compute=instances())
    assert [problem.path for problem in error.problems] == ["training_dataset"]


def test_novas_recipe_runs_on_as_many_instances_as_the_job_has(make_trainer: TrainerMaker) -> None:
    """Item 24: the recipe says the spec's default and the request another count."""
    trainer = make_trainer(
        hub=one_technique(template=NOVA, spec=NOVA_SPEC), compute=instances(instance_count=2)
    )
    run: Any = trainer.resolved_recipe.to_dict()["run"]
    assert run["replicas"] == 2
    assert trainer.training_job_request["ResourceConfig"]["InstanceCount"] == 2


def test_only_a_model_package_counts_as_accepted(make_trainer: TrainerMaker) -> None:
    """Item 26: any ARN of SageMaker counts as an accepted licence."""
    hub = one_technique(gated=True)
    trainer = make_trainer(hub=hub, model=PACKAGE, base_model_name=MODEL)
    request = trainer.training_job_request
    assert request["ServerlessJobConfig"]["AcceptEula"] is True


def test_another_arn_of_sagemaker_is_no_model(make_trainer: TrainerMaker) -> None:
    """Item 26: the same, for what is no model package."""
    error = refusal(
        make_trainer, hub=HUB, model=PACKAGE.replace("package/", "card/"), base_model_name=MODEL
    )
    assert "model" in [problem.path for problem in error.problems]


def test_rlaif_may_leave_its_output_uncompressed(make_trainer: TrainerMaker) -> None:
    """Item 27: the parameter is taken and has no effect."""
    request = make_trainer("RLAIF", hub=HUB, disable_output_compression=True).training_job_request
    assert request["OutputDataConfig"]["CompressionType"] == "NONE"


@pytest.mark.parametrize("technique", ["SFT", "DPO", "RLVR", "RLAIF"])
def test_every_trainers_output_leads_to_the_logs(
    make_trainer: TrainerMaker, stack: cdk.Stack, technique: str
) -> None:
    """Item 28: the logs of a DPO job cannot be found."""
    props: dict[str, Any] = {"custom_reward_function": LAMBDA} if technique == "RLVR" else {}
    make_trainer(technique, hub=HUB, **props)
    states = testing.definition(template_of(stack), "Trainer")["States"]
    assert "LogsUrl" in json.dumps(states["TrainingJobCompleted"])


def test_synthesis_talks_to_nobody(
    make_trainer: TrainerMaker, stack: cdk.Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Items 30 and 32: a dry run registers evaluators; a submit reads the whole data set."""

    def refuse(*_args: object, **_keywords: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(boto3, "client", refuse)
    monkeypatch.setattr(boto3, "resource", refuse)
    make_trainer("RLVR", hub=HUB, custom_reward_function=LAMBDA)
    assert "importHubContent" in json.dumps(template_of(stack))


def test_tracking_is_what_was_given_and_nothing_else(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    """Item 31: an app is looked for, one is made, and errors are swallowed."""
    assert "MlflowConfig" not in make_trainer(hub=HUB).training_job_request
    stack.node.try_remove_child("Trainer")
    arn = "arn:aws:sagemaker:us-west-2:123456789012:mlflow-app/app-1"
    request = make_trainer(
        hub=HUB, mlflow_resource_arn=arn, mlflow_run_name="run"
    ).training_job_request
    assert request["MlflowConfig"] == {"MlflowResourceArn": arn, "MlflowRunName": "run"}


def test_more_hyperparameters_than_the_service_takes_are_refused(
    make_trainer: TrainerMaker,
) -> None:
    """Item 33: they are sent."""
    spec = {f"p{n}": {"type": "integer", "default": n} for n in range(101)}
    error = refusal(make_trainer, hub=one_technique(template={"run": {"name": "x"}}, spec=spec))
    assert "100" in str(error)


def test_a_reward_function_that_the_recipe_has_no_place_for_is_refused(
    make_trainer: TrainerMaker,
) -> None:
    """Item 38: on own instances it is lost without a word."""
    error = refusal(
        make_trainer, hub=HUB, technique="RLVR", custom_reward_function=LAMBDA, compute=instances()
    )
    assert [problem.path for problem in error.problems] == ["custom_reward_function"]


def test_a_reward_function_reaches_recipe_and_role_on_own_instances(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    """Item 38: the same, for a recipe with a place; the job may call what it is to call."""
    trainer = make_trainer(
        "RLVR",
        hub=one_technique(
            "RLVR",
            template={**TEMPLATE, "reward": {"lambda": "{{reward_lambda_arn}}"}},
            spec={**SPEC, "reward_lambda_arn": {"type": "string", "default": ""}},
        ),
        custom_reward_function=LAMBDA,
        compute=instances(),
    )
    assert trainer.resolved_recipe.to_dict()["reward"] == {"lambda": LAMBDA}
    assert "lambda:InvokeFunction" in json.dumps(template_of(stack))


@pytest.mark.parametrize(
    ("compute", "path"),
    [
        (instances(instance_type="ml.p5.4xlarge", instance_count=2), "compute.instance_type"),
        (instances(instance_count=3), "compute.instance_count"),
    ],
)
def test_instances_are_held_against_the_jobs_own_recipe(
    make_trainer: TrainerMaker, compute: TrainingJobCompute, path: str
) -> None:
    """Item 39: they are held against HyperPod's recipe, and a count is only warned of."""
    error = refusal(make_trainer, hub=one_technique(template=NOVA, spec=NOVA_SPEC), compute=compute)
    assert [problem.path for problem in error.problems] == [path]


def test_nova_is_sent_the_parameters_of_the_spec_and_no_other_leaf(
    make_trainer: TrainerMaker,
) -> None:
    """Item 40: with any override, every leaf of the recipe is sent."""
    request = make_trainer(
        hub=one_technique(template=NOVA, spec=NOVA_SPEC),
        compute=instances(instance_count=2),
        overrides={"training_config": {"max_length": 8192}},
    ).training_job_request
    assert set(request["HyperParameters"]) == {
        "base_model",
        "name",
        "replicas",
        "instance_type",
        "sagemaker_recipe_local_path",
    }
