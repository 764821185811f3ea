"""Resources of another region or partition than the stack's, which its jobs cannot use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

import constructs_trainers as ct
from tests.support.many_trainers import IMAGE
from tests.support.trainers import INSTANCE_TYPE, TrainerMaker

if TYPE_CHECKING:
    from collections.abc import Callable

Props = dict[str, Any]
ACCOUNT = "123456789012"
OWN: Props = {
    "compute": ct.TrainingJobCompute(instance_type=INSTANCE_TYPE),
    "training_image": IMAGE,
}


def sagemaker(start: str, resource: str) -> str:
    return f"{start.replace(':SERVICE:', ':sagemaker:')}:{ACCOUNT}:{resource}"


def compute(**members: Any) -> Props:  # noqa: ANN401 - members
    return OWN | {"compute": ct.TrainingJobCompute(instance_type=INSTANCE_TYPE, **members)}


def key(start: str) -> str:
    return f"{start.replace(':SERVICE:', ':kms:')}:{ACCOUNT}:key/0000"


def function(start: str) -> str:
    return f"{start.replace(':SERVICE:', ':lambda:')}:{ACCOUNT}:function:score"


def topic(start: str) -> str:
    return f"{start.replace(':SERVICE:', ':sns:')}:{ACCOUNT}:told"


def bus(start: str) -> str:
    return f"{start.replace(':SERVICE:', ':events:')}:{ACCOUNT}:event-bus/ml"


REGIONAL: dict[str, Callable[[cdk.Stack, str], Props]] = {
    "kms_key_id": lambda _, start: {"kms_key_id": key(start)},
    "output_data_config": lambda _, start: {
        "output_data_config": ct.OutputDataConfig(kms_key_id=key(start))
    },
    "output_data_config, a construct": lambda stack, start: {
        "output_data_config": ct.OutputDataConfig(
            kms_key=kms.Key.from_key_arn(stack, "Key", key(start))
        )
    },
    "compute, key": lambda _, start: compute(volume_kms_key_id=key(start)),
    "compute, plan": lambda _, start: compute(
        training_plan_arn=sagemaker(start, "training-plan/p")
    ),
    "model_package_group": lambda _, start: {
        "model_package_group": sagemaker(start, "model-package-group/g")
    },
    "model": lambda _, start: {
        "model": sagemaker(start, "model-package/g/1"),
        "base_model_name": "tiny-model",
    },
    "training_dataset": lambda _, start: {
        "training_dataset": sagemaker(start, "hub-content/h/DataSet/d/1.0.0")
    },
    "runtime_overrides, a data set": lambda _, start: {
        "runtime_overrides": ct.RuntimeOverrides(
            validation_dataset=[sagemaker(start, "hub-content/h/DataSet/d/1.0.0")]
        )
    },
    "runtime_overrides, a group": lambda _, start: {
        "model": sagemaker("arn:aws:SERVICE:us-west-2", "model-package/g/1"),
        "base_model_name": "tiny-model",
        "runtime_overrides": ct.RuntimeOverrides(
            source_model_package_arn=[sagemaker(start, "model-package-group/g")]
        ),
    },
    "custom_reward_function": lambda _, start: {"custom_reward_function": function(start)},
    "custom_reward_function, own instances": lambda _, start: (
        OWN | {"custom_reward_function": function(start)}
    ),
    "custom_reward_function, evaluator": lambda _, start: {
        "custom_reward_function": sagemaker(start, "hub-content/h/JsonDoc/e/1.0.0")
    },
    "custom_reward_function, a construct": lambda stack, start: {
        "custom_reward_function": lambda_.Function.from_function_arn(
            stack, "Score", function(start)
        )
    },
    "notifications, topic": lambda _, start: {
        "notifications": ct.Notifications(sns_topic_arn=topic(start))
    },
    "notifications, a construct": lambda stack, start: {
        "notifications": ct.Notifications(topic=sns.Topic.from_topic_arn(stack, "T", topic(start)))
    },
    "notifications, bus": lambda _, start: {
        "notifications": ct.Notifications(
            sns_topic_arn=topic("arn:aws:SERVICE:us-west-2"), event_bus_arn=bus(start)
        )
    },
}
"""Props with a resource of one region."""

GLOBAL: dict[str, Callable[[cdk.Stack, str], Props]] = {
    "role": lambda _, start: {"role": f"{start.partition(':SERVICE')[0]}:iam::{ACCOUNT}:role/r"},
    "role, a construct": lambda stack, start: {
        "role": iam.Role.from_role_arn(
            stack, "Role", f"{start.partition(':SERVICE')[0]}:iam::{ACCOUNT}:role/r"
        )
    },
    "mlflow_resource_arn": lambda _, start: {
        "mlflow_resource_arn": sagemaker(start, "mlflow-app/a")
    },
    "mlflow_resource_arn, own instances": lambda _, start: (
        OWN | {"mlflow_resource_arn": sagemaker(start, "mlflow-app/a")}
    ),
}
"""Props whose resource may be of another region."""

CASES = {**REGIONAL, **GLOBAL}


def problems(make_trainer: TrainerMaker, prop: str, props: Props) -> list[tuple[str, str]]:
    """The props whose resource is told to be elsewhere, each with the message."""
    technique = "RLVR" if prop.startswith("custom") else "SFT"
    try:
        make_trainer(technique, hub="all techniques", **props)
    except ct.TrainerError as error:
        return [
            (problem.path.partition(".")[0].partition("[")[0], problem.message)
            for problem in error.problems
            if "is in another" in problem.message
        ]
    return []


@pytest.mark.parametrize("prop", CASES)
def test_another_partition_is_refused(
    make_trainer: TrainerMaker, stack: cdk.Stack, prop: str
) -> None:
    found = problems(make_trainer, prop, CASES[prop](stack, "arn:aws-cn:SERVICE:cn-north-1"))
    assert found == [(prop.partition(",")[0], "is in another partition than the stack")]


@pytest.mark.parametrize("prop", CASES)
def test_another_region_is_refused_where_it_matters(
    make_trainer: TrainerMaker, stack: cdk.Stack, prop: str
) -> None:
    found = problems(make_trainer, prop, CASES[prop](stack, "arn:aws:SERVICE:eu-west-1"))
    is_regional = prop in REGIONAL
    expected = [(prop.partition(",")[0], "is in another region than the stack")]
    assert found == (expected if is_regional else [])


@pytest.mark.parametrize("prop", CASES)
def test_the_stacks_own_region_will_do(
    make_trainer: TrainerMaker, stack: cdk.Stack, prop: str
) -> None:
    assert problems(make_trainer, prop, CASES[prop](stack, "arn:aws:SERVICE:us-west-2")) == []


@pytest.mark.parametrize("prop", CASES)
def test_tokens_are_taken_as_right(make_trainer: TrainerMaker, stack: cdk.Stack, prop: str) -> None:
    start = f"arn:{cdk.Aws.PARTITION}:SERVICE:{cdk.Aws.REGION}"
    assert problems(make_trainer, prop, CASES[prop](stack, start)) == []


@pytest.mark.parametrize("prop", CASES)
def test_every_region_will_do_for_a_stack_of_none(make_trainer: TrainerMaker, prop: str) -> None:
    agnostic = cdk.Stack(cdk.App(), "Anywhere")
    props = CASES[prop](agnostic, "arn:aws-cn:SERVICE:cn-north-1")
    assert problems(make_trainer, prop, props | {"scope": agnostic}) == []


def test_a_serverless_trainer_is_refused_in_china(make_trainer: TrainerMaker) -> None:
    china = cdk.Stack(cdk.App(), "China", env=cdk.Environment(account=ACCOUNT, region="cn-north-1"))
    with pytest.raises(ct.TrainerError) as refusal:
        make_trainer(scope=china)
    (problem,) = [problem for problem in refusal.value.problems if problem.path == "compute"]
    assert "CloudFormation" in problem.message
    assert problem.got == "'cn-north-1'"
