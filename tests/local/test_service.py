from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.hubs import HubContents
from constructs_trainers.local.service import SageMaker

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_trainers.values.arns import Environment


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"HyperParams": {}}, "HyperParameters"),
        ({"RoleArn": 5}, "RoleArn"),
        ({"TrainingJobName": "no spaces allowed"}, "TrainingJobName"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, "MaxRuntimeInSeconds"),
        ({"OutputDataConfig": {}}, "S3OutputPath"),
    ],
)
def test_what_the_api_refuses_is_refused(
    sagemaker: SageMaker,
    oregon: Environment,
    training_request: dict[str, Any],
    change: dict[str, Any],
    named: str,
) -> None:
    with pytest.raises(ApiError, match=named) as refused:
        sagemaker.call("CreateTrainingJob", oregon, training_request | change)
    assert refused.value.code == "ValidationException"


def test_an_operation_that_is_not_there_is_an_unknown_operation(
    sagemaker: SageMaker, oregon: Environment
) -> None:
    with pytest.raises(ApiError, match="CreatePipeline") as refused:
        sagemaker.call("CreatePipeline", oregon, {})
    assert refused.value.code == "UnknownOperationException"


def test_every_call_is_recorded_as_it_was_sent(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    sagemaker.call("CreateTrainingJob", oregon, training_request)
    training_request["HyperParameters"]["learning_rate"] = "changed afterwards"
    with pytest.raises(ApiError):
        sagemaker.call("DescribeTrainingJob", oregon, {"TrainingJobName": "nobody"})
    created, described = sagemaker.calls()
    assert (created.operation, created.region, created.error) == (
        "CreateTrainingJob",
        "us-west-2",
        None,
    )
    assert created.request["HyperParameters"] == {"learning_rate": "0.0001"}
    assert (described.operation, described.error) == ("DescribeTrainingJob", "ValidationException")
    assert created.time <= described.time
    assert sagemaker.calls(since=1) == [described]


def test_model_package_groups_are_described_by_name_or_arn_and_listed(
    sagemaker: SageMaker, oregon: Environment
) -> None:
    arn = sagemaker.groups.create(
        oregon, {"ModelPackageGroupName": "models", "ModelPackageGroupDescription": "ours"}
    )
    for name in ("models", arn):
        group = sagemaker.call("DescribeModelPackageGroup", oregon, {"ModelPackageGroupName": name})
        assert group["ModelPackageGroupArn"] == arn
        assert group["ModelPackageGroupDescription"] == "ours"
    listed = sagemaker.call("ListModelPackageGroups", oregon, {"NameContains": "mod"})
    (summary,) = listed["ModelPackageGroupSummaryList"]
    assert summary["ModelPackageGroupName"] == "models"
    sagemaker.groups.delete(oregon, arn)
    with pytest.raises(ApiError, match="does not exist"):
        sagemaker.call("DescribeModelPackageGroup", oregon, {"ModelPackageGroupName": "models"})


def test_a_second_model_package_group_of_a_name_is_refused(
    sagemaker: SageMaker, oregon: Environment
) -> None:
    sagemaker.groups.create(oregon, {"ModelPackageGroupName": "models"})
    with pytest.raises(ApiError, match="already exists"):
        sagemaker.groups.create(oregon, {"ModelPackageGroupName": "models"})


def test_hub_content_is_what_the_file_says(tmp_path: Path, oregon: Environment) -> None:
    file = tmp_path / "hub.json"
    file.write_text(
        json.dumps(
            {
                "Public/Model/llama": {"HubContentVersion": "2.0.0"},
                "Public/Model/llama/1.0.0": {"HubContentVersion": "1.0.0"},
            }
        )
    )
    sagemaker = SageMaker(HubContents(file))
    content = {"HubName": "Public", "HubContentType": "Model", "HubContentName": "llama"}

    def version(**members: str) -> str:
        answer = sagemaker.call("DescribeHubContent", oregon, content | members)
        found: str = answer["HubContentVersion"]
        return found

    assert version() == "2.0.0"
    assert version(HubContentVersion="1.0.0") == "1.0.0"
    with pytest.raises(ApiError) as refused:
        version(HubContentName="nobody")
    assert refused.value.code == "ResourceNotFound"


def test_hub_contents_are_listed_page_by_page_and_read_anew(
    tmp_path: Path, oregon: Environment
) -> None:
    file = tmp_path / "hub.json"
    names = [f"model-{number}" for number in range(3)]
    contents = {f"Public/Model/{name}": {"HubContentName": name} for name in names}
    file.write_text(json.dumps({**contents, "Public/Model/model-0/1.0.0": {}}))
    sagemaker = SageMaker(HubContents(file))
    listing = {"HubName": "Public", "HubContentType": "Model", "MaxResults": 2}

    first = sagemaker.call("ListHubContents", oregon, listing)
    second = sagemaker.call("ListHubContents", oregon, {**listing, "NextToken": first["NextToken"]})
    found = first["HubContentSummaries"] + second["HubContentSummaries"]
    assert [content["HubContentName"] for content in found] == names
    assert "NextToken" not in second

    file.write_text("{}")
    with pytest.raises(ApiError, match="Hub Public does not exist"):
        sagemaker.call("ListHubContents", oregon, listing)
