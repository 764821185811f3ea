"""Nested groups of props, names and files that cannot be: refused, and nothing is left behind."""

from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_trainers import Networking, OutputDataConfig, StoppingCondition
from tests.support.refusals import refusal
from tests.support.small_hub import MODEL
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker


@pytest.mark.parametrize(
    ("networking", "path"),
    [
        (Networking(), "networking.vpc"),
        (Networking(subnets=[], security_group_ids=[]), "networking.vpc"),
        (Networking(subnets="subnet-1", security_group_ids=["sg-1"]), "networking.subnets"),
        (
            Networking(subnets={"subnet-1"}, security_group_ids=["sg-1"]),  # type: ignore[arg-type]
            "networking.subnets",
        ),
        (Networking(vpc="vpc-1"), "networking.vpc"),  # type: ignore[arg-type]
        (
            Networking(subnets=["subnet-1"], security_groups=["sg-1"]),  # type: ignore[list-item]
            "networking.security_groups[0]",
        ),
        (Networking(vpc_subnets=ec2.SubnetSelection()), "networking.vpc"),
        (
            Networking(subnets=["subnet-1"], security_group_ids=[f"sg-{n}" for n in range(6)]),
            "networking.security_group_ids",
        ),
    ],
)
def test_a_network_is_never_guessed_nor_dropped(
    make_trainer: TrainerMaker, networking: Networking, path: str
) -> None:
    error = refusal(make_trainer, networking=networking)
    assert [problem.path for problem in error.problems] == [path]


def test_a_vpc_without_the_wanted_subnets_is_refused_before_anything_is_made(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1, nat_gateways=0)
    selection = ec2.SubnetSelection(subnet_group_name="nope")
    error = refusal(make_trainer, networking=Networking(vpc=vpc, vpc_subnets=selection))
    assert [problem.path for problem in error.problems] == ["networking.vpc_subnets"]
    assert stack.node.try_find_child("Sft") is None


@pytest.mark.parametrize(
    ("config", "path"),
    [
        (OutputDataConfig(prefix=3), "output_data_config.prefix"),  # type: ignore[arg-type]
        (OutputDataConfig(bucket="b"), "output_data_config.bucket"),  # type: ignore[arg-type]
        (OutputDataConfig(kms_key="k"), "output_data_config.kms_key"),  # type: ignore[arg-type]
        (OutputDataConfig(kms_key_id=""), "output_data_config.kms_key_id"),
        (OutputDataConfig(kms_key_id="arn:aws:s3:::x"), "output_data_config.kms_key_id"),
    ],
)
def test_an_output_that_cannot_be_is_refused(
    make_trainer: TrainerMaker, config: OutputDataConfig, path: str
) -> None:
    error = refusal(make_trainer, output_data_config=config)
    assert [problem.path for problem in error.problems] == [path]


@pytest.mark.parametrize("kind", ["text", "flag", "duration", "token"])
def test_seconds_are_whole_numbers(make_trainer: TrainerMaker, kind: str) -> None:
    values: dict[str, Any] = {
        "text": "60",
        "flag": True,
        "duration": cdk.Duration.hours(1),
        "token": cdk.Token.as_string({"Ref": "X"}),
    }
    limits = StoppingCondition(max_runtime_in_seconds=values[kind])
    error = refusal(make_trainer, stopping_condition=limits)
    assert [p.path for p in error.problems] == ["stopping_condition.max_runtime_in_seconds"]
    assert "0x" not in str(error)


@pytest.mark.parametrize("prop", ["recipe", "recipe_lock"])
@pytest.mark.parametrize("value", ["", "a" * 300 + ".yaml", "nul\0.yaml"])
def test_a_path_that_no_file_can_have_is_refused(
    make_trainer: TrainerMaker, prop: str, value: str
) -> None:
    assert refusal(make_trainer, **{prop: value}).problems


def test_a_file_that_is_named_by_a_token_is_refused(make_trainer: TrainerMaker) -> None:
    token = cdk.Token.as_string({"Ref": "X"})
    assert "when the app is synthesized" in str(refusal(make_trainer, recipe=token))
    assert "when the app is synthesized" in str(refusal(make_trainer, recipe_lock=token))


@pytest.mark.parametrize("construct_id", ["日本語", "it's <x>", "x" * 240])
def test_any_construct_id_makes_descriptions_that_services_take(
    make_trainer: TrainerMaker, stack: cdk.Stack, construct_id: str
) -> None:
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
    make_trainer(construct_id=construct_id, networking=Networking(vpc=vpc))
    groups = [
        resource["Properties"]["GroupDescription"]
        for resource in template_of(stack)["Resources"].values()
        if resource["Type"] == "AWS::EC2::SecurityGroup"
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,255}", g) for g in groups)


def test_a_token_within_a_group_name_makes_a_name(make_trainer: TrainerMaker) -> None:
    trainer = make_trainer(model_package_group=f"{cdk.Aws.STACK_NAME}-models")
    config = trainer.training_job_request["ModelPackageConfig"]
    assert config["ModelPackageGroupArn"].endswith("-models")
    assert ":model-package-group/" in config["ModelPackageGroupArn"]


def test_an_unversioned_model_package_gets_a_group_of_its_own(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    package = "arn:aws:sagemaker:us-west-2:123456789012:model-package/alone"
    make_trainer(model=package, base_model_name=MODEL)
    types = [r["Type"] for r in template_of(stack)["Resources"].values()]
    assert "AWS::SageMaker::ModelPackageGroup" in types
