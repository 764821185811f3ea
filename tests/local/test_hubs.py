from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
import pytest

from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.plan import Plan, Rejection
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from constructs_trainers.local.service import SageMaker

HUB = {"HubName": "registry", "HubDescription": "AI Registry Hub"}
CONTENT = {"HubName": "registry", "HubContentType": "JsonDoc", "HubContentName": "score"}
IMPORT = CONTENT | {
    "HubContentVersion": "1.0.0",
    "DocumentSchemaVersion": "2.0.0",
    "HubContentDocument": "{}",
}
ARN = "arn:aws:sagemaker:us-west-2:123456789012"


@pytest.fixture
def with_hub(sagemaker: SageMaker, oregon: Environment) -> SageMaker:
    """A service with a hub in service."""
    sagemaker.call("CreateHub", oregon, HUB)
    sagemaker.call("DescribeHub", oregon, {"HubName": "registry"})
    return sagemaker


def required_members(operation: str) -> set[str]:
    model = botocore.session.get_session().get_service_model("sagemaker")
    required: list[str] = model.operation_model(operation).output_shape.required_members
    return set(required)


def test_a_hub_is_in_service_after_a_moment(sagemaker: SageMaker, oregon: Environment) -> None:
    created = sagemaker.call("CreateHub", oregon, HUB)
    assert created == {"HubArn": f"{ARN}:hub/registry"}
    first, second = (
        sagemaker.call("DescribeHub", oregon, {"HubName": name})
        for name in ("registry", f"{ARN}:hub/registry")
    )
    assert (first["HubStatus"], second["HubStatus"]) == ("Creating", "InService")
    assert first["HubDescription"] == "AI Registry Hub"
    assert required_members("DescribeHub") <= first.keys()


def test_a_content_is_available_after_a_moment(with_hub: SageMaker, oregon: Environment) -> None:
    imported = with_hub.call("ImportHubContent", oregon, IMPORT)
    assert imported == {
        "HubArn": f"{ARN}:hub/registry",
        "HubContentArn": f"{ARN}:hub-content/registry/JsonDoc/score/1.0.0",
    }
    first, second = (with_hub.call("DescribeHubContent", oregon, CONTENT) for _ in range(2))
    assert (first["HubContentStatus"], second["HubContentStatus"]) == ("Importing", "Available")
    assert first["HubContentDocument"] == "{}"
    assert required_members("DescribeHubContent") <= first.keys()


def test_an_import_that_fails_says_why(with_hub: SageMaker, oregon: Environment) -> None:
    with_hub.follow(Plan(import_failure="the document is no evaluator"))
    with_hub.call("ImportHubContent", oregon, IMPORT)
    first, second = (with_hub.call("DescribeHubContent", oregon, CONTENT) for _ in range(2))
    assert "FailureReason" not in first
    assert (second["HubContentStatus"], second["FailureReason"]) == (
        "ImportFailed",
        "the document is no evaluator",
    )


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("CreateHub", HUB, "ResourceInUse"),
        ("DescribeHub", {"HubName": "nobody"}, "ResourceNotFound"),
        ("ImportHubContent", IMPORT | {"HubName": "nobody"}, "ResourceNotFound"),
        ("DescribeHubContent", CONTENT | {"HubName": "nobody"}, "ResourceNotFound"),
        ("DescribeHubContent", CONTENT, "ResourceNotFound"),
        ("CreateHub", {"HubName": "other"}, "ValidationException"),
        ("ImportHubContent", IMPORT | {"HubContentType": "Json"}, "ValidationException"),
    ],
)
def test_what_cannot_be_is_refused(
    with_hub: SageMaker, oregon: Environment, operation: str, request_: dict[str, Any], code: str
) -> None:
    with pytest.raises(ApiError) as refused:
        with_hub.call(operation, oregon, request_)
    assert refused.value.code == code


def test_a_content_is_imported_once(with_hub: SageMaker, oregon: Environment) -> None:
    with_hub.call("ImportHubContent", oregon, IMPORT)
    with pytest.raises(ApiError) as refused:
        with_hub.call("ImportHubContent", oregon, IMPORT)
    assert refused.value.code == "ResourceInUse"
    with pytest.raises(ApiError, match="does not exist"):
        with_hub.call("DescribeHubContent", oregon, CONTENT | {"HubContentVersion": "2.0.0"})


def test_nothing_is_imported_before_the_hub_is_in_service(
    sagemaker: SageMaker, oregon: Environment
) -> None:
    sagemaker.call("CreateHub", oregon, HUB)
    with pytest.raises(ApiError, match="Creating"):
        sagemaker.call("ImportHubContent", oregon, IMPORT)


def test_each_region_has_its_own_hubs(with_hub: SageMaker) -> None:
    with pytest.raises(ApiError, match="does not exist"):
        with_hub.call(
            "DescribeHub",
            Environment(partition="aws", region="eu-west-1", account="123456789012"),
            {"HubName": "registry"},
        )


def test_a_rejection_is_of_its_operation_only(sagemaker: SageMaker, oregon: Environment) -> None:
    sagemaker.follow(
        Plan(
            rejections=[
                Rejection(code="AccessDeniedException", operation="ImportHubContent"),
                Rejection(code="ResourceInUse", count=1, job_created=True, operation="CreateHub"),
            ]
        )
    )
    with pytest.raises(ApiError) as lost:
        sagemaker.call("CreateHub", oregon, HUB)
    assert lost.value.code == "ResourceInUse"
    sagemaker.call("DescribeHub", oregon, {"HubName": "registry"})
    for _ in range(2):
        with pytest.raises(ApiError) as refused:
            sagemaker.call("ImportHubContent", oregon, IMPORT)
        assert refused.value.code == "AccessDeniedException"
