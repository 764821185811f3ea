"""Every text that roles are given permissions for, times what would make it say something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

import constructs_trainers as ct
from tests.support.many_trainers import IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.trainers import TrainerMaker

Props = dict[str, Any]
COMPUTE = ct.TrainingJobCompute(instance_type="ml.p5.48xlarge")
REGISTRY = "123456789012.dkr.ecr.us-west-2.amazonaws.com"
ACCOUNT = "us-west-2:123456789012"

PLACES: dict[str, Callable[[str], Props]] = {
    "s3_output_path": lambda t: {"s3_output_path": t},
    "output_data_config": lambda t: {"output_data_config": ct.OutputDataConfig(s3_output_path=t)},
    "training_dataset": lambda t: {"training_dataset": t},
    "validation_dataset": lambda t: {"validation_dataset": ct.S3DataSource(s3_uri=t)},
    "input_data_config": lambda t: {
        "input_data_config": [ct.Channel(channel_name="c", data_source=ct.S3DataSource(s3_uri=t))]
    },
    "checkpoint_config": lambda t: {"checkpoint_config": ct.CheckpointConfig(s3_uri=t)},
    "profiler_config": lambda t: {"profiler_config": ct.ProfilerConfig(s3_output_path=t)},
    "debug_hook_config": lambda t: {"debug_hook_config": ct.DebugHookConfig(s3_output_path=t)},
    "tensor_board_output_config": lambda t: {
        "tensor_board_output_config": ct.TensorBoardOutputConfig(s3_output_path=t)
    },
    "debug_rule_configurations": lambda t: {"debug_rule_configurations": [rule(s3_output_path=t)]},
    "profiler_rule_configurations": lambda t: {
        "profiler_rule_configurations": [rule(s3_output_path=t)]
    },
}
"""Props with a place in S3."""

HOSTILE_PLACES = [
    "s3://*/x",
    "s3://amzn-s3-demo-bucket*/",
    "s3://amzn-s3-demo-bucket/${aws:username}/x",
    "s3://amzn-s3-demo-bucket/a?",
    "s3://amzn-s3-demo-bucket/a\nb",
    "s3://amzn-s3-demo-bucket/a ",
    "s3://Bucket_/x",
    "s3://b/x",
    "https://evil.example/x",
    "file:///x",
    "*",
    " ",
]

NAMES: dict[str, Callable[[str], Props]] = {
    "training_image": lambda t: {"training_image": f"{REGISTRY}/{t}"},
    "role": lambda t: {"role": f"arn:aws:iam::123456789012:role/{t}"},
    "kms_key_id": lambda t: {"kms_key_id": f"arn:aws:kms:{ACCOUNT}:key/{t}"},
    "output_data_config": lambda t: {"output_data_config": ct.OutputDataConfig(prefix=f"a/{t}")},
    "model_package_group": lambda t: {
        "model_package_group": f"arn:aws:sagemaker:{ACCOUNT}:model-package-group/{t}"
    },
    "mlflow_resource_arn": lambda t: {
        "mlflow_resource_arn": f"arn:aws:sagemaker:{ACCOUNT}:mlflow-app/{t}"
    },
    "compute": lambda t: {
        "compute": ct.TrainingJobCompute(
            instance_type="ml.p5.48xlarge",
            training_plan_arn=f"arn:aws:sagemaker:{ACCOUNT}:training-plan/{t}",
        )
    },
    "compute, its key": lambda t: {
        "compute": ct.TrainingJobCompute(
            instance_type="ml.p5.48xlarge", volume_kms_key_id=f"arn:aws:kms:{ACCOUNT}:key/{t}"
        )
    },
    "debug_rule_configurations": lambda t: {
        "debug_rule_configurations": [rule(image=f"{REGISTRY}/{t}")]
    },
    "networking": lambda t: {
        "networking": ct.Networking(subnets=[f"subnet-{t}"], security_group_ids=["sg-12345678"])
    },
    "networking, its groups": lambda t: {
        "networking": ct.Networking(subnets=["subnet-12345678"], security_group_ids=[f"sg-{t}"])
    },
}
"""Props with an ARN, an id, an image or a prefix, the text in its last part."""

HOSTILE_NAMES = ["*", "a*", "a?b", "${aws:username}", "a\nb", "a "]


def rule(image: str = IMAGE, s3_output_path: str | None = None) -> ct.RuleConfiguration:
    return ct.RuleConfiguration(
        rule_configuration_name="r", rule_evaluator_image=image, s3_output_path=s3_output_path
    )


def refused(make_trainer: TrainerMaker, props: Props) -> list[str]:
    """The paths of what is wrong."""
    own: Props = {"compute": COMPUTE, "training_image": IMAGE}
    with pytest.raises(ct.TrainerError) as error:
        make_trainer(hub="all techniques", **{**own, **props})
    return [problem.path for problem in error.value.problems]


def props_of(paths: list[str]) -> set[str]:
    return {path.partition(".")[0].partition("[")[0] for path in paths}


@pytest.mark.parametrize("text", HOSTILE_PLACES)
@pytest.mark.parametrize("prop", PLACES)
def test_a_place_stays_a_place(make_trainer: TrainerMaker, prop: str, text: str) -> None:
    assert props_of(refused(make_trainer, PLACES[prop](text))) == {prop}


@pytest.mark.parametrize("text", HOSTILE_NAMES)
@pytest.mark.parametrize("prop", NAMES)
def test_a_name_stays_a_name(make_trainer: TrainerMaker, prop: str, text: str) -> None:
    assert props_of(refused(make_trainer, NAMES[prop](text))) == {prop.partition(",")[0]}


@pytest.mark.parametrize("prop", PLACES)
def test_what_is_around_a_token_is_held_to_the_same(
    make_trainer: TrainerMaker, stack: cdk.Stack, prop: str
) -> None:
    bucket = cdk.CfnParameter(stack, "Bucket").value_as_string
    assert refused(make_trainer, PLACES[prop](f"s3://{bucket}/*"))


def test_an_image_that_is_not_in_ecr_gives_the_role_nothing(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    trainer = make_trainer(
        hub="all techniques", compute=COMPUTE, training_image="registry.example/team/image:1"
    )
    template = assertions.Template.from_stack(stack)
    assert "ecr:" not in str(template.find_resources("AWS::IAM::Policy"))
    warnings = assertions.Annotations.from_stack(stack).find_warning(
        f"/{trainer.node.path}", assertions.Match.string_like_regexp("is not in Amazon ECR")
    )
    assert len(warnings) == 1
