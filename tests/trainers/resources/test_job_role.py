"""The job's role: made, taken over, or used as it was given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_trainers import OutputDataConfig, SessionChainingConfig
from tests.support.many_trainers import IMAGE, own_instances
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker
from tests.support.trainers_in import differences

if TYPE_CHECKING:
    from collections.abc import Callable

ARN = "arn:aws:iam::123456789012:role/Training"


def imported(stack: cdk.Stack) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Given", ARN)


def role_of_the_app(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


GIVEN: dict[str, Callable[[cdk.Stack], iam.IRole | str]] = {
    "an ARN": lambda _: ARN,
    "imported, which the CDK would change": imported,
    "imported, immutable": lambda stack: iam.Role.from_role_arn(stack, "Given", ARN, mutable=False),
    "without policy updates": lambda stack: role_of_the_app(stack).without_policy_updates(),
}


def told(stack: cdk.Stack) -> list[str]:
    """What the annotation about the given role says, by line."""
    infos = assertions.Annotations.from_stack(stack).find_info(
        "*", assertions.Match.string_like_regexp("the job's role is not for this app to change")
    )
    return [line for info in infos for line in str(info.entry.data).splitlines()]


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_a_given_role_is_used_as_it_is(
    make_trainer: TrainerMaker,
    stack: cdk.Stack,
    given: Callable[[cdk.Stack], iam.IRole | str],
) -> None:
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Bucket", encryption=s3.BucketEncryption.KMS)
    make_trainer(
        hub="all techniques",
        role=given(stack),
        output_data_config=OutputDataConfig(bucket=bucket, prefix="a", kms_key=key),
    )
    resources = template_of(stack)["Resources"]
    policies = [
        name
        for name, item in resources.items()
        # The stack's stopper is no trainer's.
        if item["Type"] == "AWS::IAM::Policy" and "Stopper" not in name
    ]
    assert policies == []
    of_keys = [line.partition(" on ")[2] for line in told(stack) if "kms:" in line]
    assert of_keys == ["<Key961B73FD.Arn>", "<BucketKey7E4AEAB8.Arn>"]


def test_the_annotation_names_actions_and_resources_and_conditions(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(hub="all techniques", role=ARN, kms_key_id="alias/models", model_package_group="g")
    lines = told(stack)
    group = "arn:aws:logs:us-west-2:123456789012:log-group:/aws/sagemaker/TrainingJobs"
    names = ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "DescribeLogStreams")
    actions = ", ".join(f"logs:{name}" for name in names)
    assert lines[0].endswith("It must trust sagemaker.amazonaws.com and allow")
    assert lines[1:6] == [
        f"  {actions} on {group}, {group}:*",
        "  cloudwatch:PutMetricData on *",
        "  s3:GetObject on arn:aws:s3:::amzn-s3-demo-bucket/train.jsonl*",
        "  s3:GetBucketLocation on arn:aws:s3:::amzn-s3-demo-bucket",
        "  s3:ListBucket on arn:aws:s3:::amzn-s3-demo-bucket if s3:prefix StringLike train.jsonl*",
    ]
    assert (
        "  kms:Encrypt, kms:Decrypt, kms:GenerateDataKey on "
        "arn:aws:kms:us-west-2:123456789012:key/* "
        "if kms:ResourceAliases ForAnyValue:StringEquals alias/models"
    ) in lines
    (output,) = (line for line in lines if "s3:PutObject" in line)
    assert output.startswith("  s3:GetObject, s3:PutObject on arn:aws:s3:::<ConstructsTrainersOut")


def test_a_role_of_the_app_holds_what_a_role_made_for_the_trainer_holds(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(hub="all techniques", role=role_of_the_app(stack))
    assert differences(stack) == []
    assert told(stack) == []


def test_session_tags_are_trusted_only_when_they_are_passed_on(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    common: dict[str, Any] = {"compute": own_instances(), "training_image": IMAGE}
    make_trainer(hub="all techniques", construct_id="Plain", **common)
    make_trainer(
        hub="all techniques",
        construct_id="Tagged",
        session_chaining_config=SessionChainingConfig(),
        **common,
    )
    resources = template_of(stack)["Resources"]
    trust = {
        name[: len("Plain")]: resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::IAM::Role" and "StateMachine" not in name
    }
    assert [s["Action"] for s in trust["Plain"]] == ["sts:AssumeRole"]
    tagged = json.dumps(trust["Tagge"])
    assert "sts:TagSession" in tagged
    assert all("aws:SourceAccount" in json.dumps(s["Condition"]) for s in trust["Tagge"])


def test_keys_of_the_app_are_opened_by_the_roles_policy_alone(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(
        hub="all techniques", output_data_config=OutputDataConfig(kms_key=kms.Key(stack, "Key"))
    )
    resources = template_of(stack)["Resources"].values()
    (key,) = (r for r in resources if r["Type"] == "AWS::KMS::Key")
    assert [s["Action"] for s in key["Properties"]["KeyPolicy"]["Statement"]] == ["kms:*"]
    # What the stack's stopper may do for a trainer goes with the trainer.
    assert len([r for r in resources if r["Type"] == "AWS::IAM::Policy"]) == 1
