"""CDK tokens in props: they pass all checks and reach the template as CloudFormation."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from constructs_trainers import Networking, OutputDataConfig, testing
from tests.support.role_policies import statements_of
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker


def ref(name: str) -> str:
    """A string token that resolves to ``{"Ref": name}``."""
    return cdk.Token.as_string({"Ref": name})


def resolved(stack: cdk.Stack, value: object) -> Any:  # noqa: ANN401 - any JSON value
    return stack.resolve(value)


@pytest.mark.parametrize(
    ("props", "keys"),
    [
        ({"role": ref("X")}, ["RoleArn"]),
        ({"base_job_name": ref("X")}, None),
        (
            {"training_dataset": ref("X")},
            ["InputDataConfig", 0, "DataSource", "S3DataSource", "S3Uri"],
        ),
        (
            {"validation_dataset": ref("X")},
            ["InputDataConfig", 1, "DataSource", "S3DataSource", "S3Uri"],
        ),
        ({"model_package_group": ref("X")}, ["ModelPackageConfig", "ModelPackageGroupArn"]),
        ({"mlflow_resource_arn": ref("X")}, ["MlflowConfig", "MlflowResourceArn"]),
        (
            {
                "mlflow_resource_arn": "arn:aws:sagemaker:us-west-2:123456789012:mlflow-app/app-1",
                "mlflow_experiment_name": ref("X"),
            },
            ["MlflowConfig", "MlflowExperimentName"],
        ),
        (
            {"output_data_config": OutputDataConfig(s3_output_path=ref("X"))},
            ["OutputDataConfig", "S3OutputPath"],
        ),
        (
            {"output_data_config": OutputDataConfig(kms_key_id=ref("X"))},
            ["OutputDataConfig", "KmsKeyId"],
        ),
        ({"tags": {"team": ref("X")}}, ["Tags", 2, "Value"]),
        (
            {"networking": Networking(subnets=[ref("X")], security_group_ids=["sg-1"])},
            ["VpcConfig", "Subnets", 0],
        ),
        ({"hyperparameters": {"name": ref("X")}}, ["HyperParameters", "name"]),
        ({"hyperparameters": {"max_epochs": ref("X")}}, ["HyperParameters", "max_epochs"]),
        (
            {"overrides": {"training_config": {"scheduler": ref("X")}}},
            ["HyperParameters", "scheduler"],
        ),
    ],
)
def test_a_token_in_a_string_prop_reaches_the_template(
    make_trainer: TrainerMaker,
    stack: cdk.Stack,
    props: dict[str, Any],
    keys: list[str | int] | None,
) -> None:
    make_trainer(**props)
    template = template_of(stack)
    value: Any = testing.request(template, "Sft")
    for key in keys or []:
        value = value[key]
    if keys is not None:
        assert value == {"Ref": "X"}


def test_a_number_token_reaches_the_request_as_cloudformation(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    number = cdk.Token.as_number({"Ref": "Epochs"})
    trainer = make_trainer(hyperparameters={"max_epochs": number})
    sent = trainer.training_job_request["HyperParameters"]["max_epochs"]
    assert resolved(stack, sent) == {"Ref": "Epochs"}


def test_the_digest_does_not_move_when_an_unrelated_resource_is_added(
    make_trainer: TrainerMaker, feature_flags: dict[str, Any]
) -> None:
    def digest(unrelated: int) -> str:
        stack = cdk.Stack(cdk.App(context=feature_flags), "Stack")
        for index in range(unrelated):
            cdk.CfnOutput(stack, f"Output{index}", value=ref(f"R{index}"))
        trainer = make_trainer(scope=stack, hyperparameters={"name": f"run-{ref('Suffix')}"})
        value: str = trainer.training_job_request["Tags"][-1]["Value"]
        return value

    assert digest(0) == digest(7)


def test_text_that_looks_like_an_expression_stays_text(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    jinja = '{% for message in messages %}{{ message.role }}: "it\'s" \\ {% endfor %}'
    trainer = make_trainer(hyperparameters={"chat_template": jinja})
    assert trainer.training_job_request["HyperParameters"]["chat_template"] == jinja
    template = template_of(stack)
    assert testing.request(template, "Sft")["HyperParameters"]["chat_template"] == jinja
    literal = testing.definition(template, "Sft")["States"]["PrepareRequest"]["Assign"]["request"]
    assert literal["HyperParameters"]["chat_template"].startswith('{% "{% for')


def test_a_dataset_that_is_one_token_is_granted_by_its_parts(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    uri = cdk.CfnParameter(stack, "Data").value_as_string
    make_trainer(training_dataset=uri)
    template = template_of(stack)
    allowed = statements_of(template, "SftRole")
    read = next(s for s in allowed if s["Action"] == "s3:GetObject")
    assert read["Resource"]["Fn::Join"][1][-2:] == [
        {"Fn::Select": [1, {"Fn::Split": ["s3://", {"Ref": "Data"}]}]},
        "*",
    ]
