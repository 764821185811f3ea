from __future__ import annotations

from types import SimpleNamespace

from constructs_trainers.values.arns import Environment

TOKEN = "${Token[AWS.Region.4]}"  # noqa: S105  a CDK token
HERE = Environment(partition="aws-cn", region="cn-north-1", account="123456789012")


def test_a_stack_has_an_environment() -> None:
    stack = SimpleNamespace(partition="aws-cn", region="cn-north-1", account="123456789012")
    assert Environment.of(stack) == HERE


def test_the_arn_of_what_is_here() -> None:
    assert HERE.arn("events", "rule/x") == "arn:aws-cn:events:cn-north-1:123456789012:rule/x"


def test_the_arns_of_what_is_elsewhere() -> None:
    assert HERE.arn("sagemaker", "hub/*", account="*") == "arn:aws-cn:sagemaker:cn-north-1:*:hub/*"
    elsewhere = HERE.arn("ecr", "repository/x", region="cn-northwest-1", account="")
    assert elsewhere == "arn:aws-cn:ecr:cn-northwest-1::repository/x"


def test_what_is_in_s3_has_no_region_and_no_account() -> None:
    assert HERE.s3_arn("bucket/key*") == "arn:aws-cn:s3:::bucket/key*"


def test_a_region_may_be_known_at_deployment_only() -> None:
    assert HERE.known_region == "cn-north-1"
    assert Environment(partition="aws", region=TOKEN, account="1").known_region is None
