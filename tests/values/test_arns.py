"""ARNs taken apart. What is wrong with them is held where props name resources."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.values import arns
from constructs_trainers.values.arns import Environment

TOKEN = "${Token[AWS::Region.4]}"  # noqa: S105  a CDK token
SAGEMAKER = "arn:aws:sagemaker:us-west-2:123456789012"
CONTENT = f"{SAGEMAKER}:hub-content/hub/Model/name"
LAMBDA = "arn:aws:lambda:us-west-2:123456789012:function:f"
FORMS = [arns.EVALUATOR, arns.LAMBDA_FUNCTION]


@pytest.mark.parametrize("value", ["arn:", CONTENT, f"arn:{TOKEN}:s3:::b"])
def test_arns(value: str) -> None:
    assert arns.is_arn(value)


@pytest.mark.parametrize("value", ["", "s3://b", " arn:", "ARN:", TOKEN])
def test_what_is_no_arn(value: str) -> None:
    assert not arns.is_arn(value)


@pytest.mark.parametrize(
    ("arn", "region"),
    [
        (CONTENT, "us-west-2"),
        ("arn:aws:s3:::b", ""),
        ("arn:aws:sns", None),
        ("", None),
        (TOKEN, None),
        (f"arn:aws:sns:{TOKEN}:123456789012:t", None),
        # The token may stand for several parts.
        (f"arn:{TOKEN}:sns:us-west-2:123456789012:t", None),
        (f"arn:aws:sns:us-west-2:{TOKEN}:t", "us-west-2"),
    ],
)
def test_the_region_in_an_arn(arn: str, region: str | None) -> None:
    assert arns.arn_region(arn) == region


def test_what_belongs_to_aws_itself_is_in_every_region() -> None:
    there = Environment(partition="aws-cn", region=TOKEN, account="123456789012")
    hub = "sagemaker:us-west-2:aws:hub-content/hub/Model/m/1.0.0"
    moved = arns.relocated(f"arn:aws:{hub}", there)
    assert moved == f"arn:aws-cn:{hub.replace('us-west-2', TOKEN)}"


def test_a_resource_is_split_at_its_type() -> None:
    assert arns.split_resource(CONTENT, "hub-content") == (SAGEMAKER, "hub/Model/name")
    assert arns.split_resource(CONTENT, "hub") is None
    assert arns.split_resource(TOKEN, "hub-content") is None


def test_names_are_the_last_part() -> None:
    assert arns.last_name("name") == arns.last_name(CONTENT) == "name"


@pytest.mark.parametrize(
    ("package", "group"),
    [
        ("g/1", ("g", f"{SAGEMAKER}:model-package-group/g")),
        (f"{TOKEN}/1", (TOKEN, f"{SAGEMAKER}:model-package-group/{TOKEN}")),
        (TOKEN, None),
    ],
)
def test_a_package_is_in_a_group(package: str, group: tuple[str, str] | None) -> None:
    assert arns.package_group(f"{SAGEMAKER}:model-package/{package}") == group
    assert arns.package_group(TOKEN) is None


def test_a_group_has_packages() -> None:
    group = f"{SAGEMAKER}:model-package-group/g"
    assert (arns.group_name(group), arns.group_name(TOKEN)) == ("g", None)
    assert arns.packages_of(group) == f"{SAGEMAKER}:model-package/g/*"
    assert arns.packages_of(TOKEN) is None


def test_a_content_is_in_a_hub() -> None:
    assert arns.hub_of(CONTENT) == f"{SAGEMAKER}:hub/hub"
    assert arns.hub_of(TOKEN) is None


@pytest.mark.parametrize(
    ("arn", "whether"),
    [
        (CONTENT, True),
        (f"{CONTENT}/1.0.0", False),
        (f"{CONTENT}/{TOKEN}", False),
        (f"{SAGEMAKER}:hub-content/{TOKEN}", False),
        (TOKEN, False),
    ],
)
def test_a_content_without_a_version_is_all_of_them(arn: str, whether: bool) -> None:  # noqa: FBT001
    assert arns.names_all_versions(arn) is whether


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (f"{SAGEMAKER}:hub-content/h/JsonDoc/n/1.0.0", arns.EVALUATOR),
        (f"{SAGEMAKER}:anything", arns.EVALUATOR),
        (LAMBDA, arns.LAMBDA_FUNCTION),
        (LAMBDA.replace("lambda", TOKEN), arns.LAMBDA_FUNCTION),
        (f"{TOKEN}/JsonDoc/n", arns.EVALUATOR),
        ("arn:aws:s3:::b", None),
        (f"arn:aws:{TOKEN}", None),
        (TOKEN, None),
        ("", None),
    ],
)
def test_the_form_that_an_arn_is_meant_to_have(value: str, form: arns.ArnForm | None) -> None:
    assert arns.form_of(value, FORMS) is form


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    for value in (text, f"arn:{text}", f"{CONTENT}/{text}", f"{TOKEN}{text}"):
        arns.arn_region(value)
        arns.form_of(value, FORMS)
        arns.names_all_versions(value)
        assert arns.last_name(value) in value
