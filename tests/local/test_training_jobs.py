from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.plan import Outcome, Plan, Rejection
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from constructs_trainers.local.service import SageMaker

GROUP = "arn:aws:sagemaker:us-west-2:123456789012:model-package-group/models"


def describe(sagemaker: SageMaker, place: Environment, name: str = "sft-1") -> dict[str, Any]:
    return sagemaker.call("DescribeTrainingJob", place, {"TrainingJobName": name})


def run_to_end(
    sagemaker: SageMaker, place: Environment, request: dict[str, Any]
) -> list[dict[str, Any]]:
    sagemaker.call("CreateTrainingJob", place, request)
    descriptions = [describe(sagemaker, place, request["TrainingJobName"])]
    while descriptions[-1]["TrainingJobStatus"] == "InProgress":
        descriptions.append(describe(sagemaker, place, request["TrainingJobName"]))
    return descriptions


def test_a_job_is_in_progress_for_a_few_looks_and_then_completes(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    descriptions = run_to_end(sagemaker, oregon, training_request)
    phases = [job["SecondaryStatus"] for job in descriptions]
    assert phases == ["Starting", "Downloading", "Training", "Completed"]
    end = descriptions[-1]
    assert end["TrainingJobStatus"] == "Completed"
    assert end["ModelArtifacts"] == {
        "S3ModelArtifacts": "s3://bucket/out/sft-1/output/model.tar.gz"
    }
    assert end["BillableTimeInSeconds"] >= 1
    assert end["TrainingEndTime"] >= end["TrainingStartTime"]


def test_a_description_repeats_the_request_without_its_tags(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    *_, end = run_to_end(sagemaker, oregon, training_request)
    sent = {member: value for member, value in training_request.items() if member != "Tags"}
    assert {member: end[member] for member in sent} == sent
    assert "Tags" not in end


def test_every_answer_has_the_shape_of_the_api(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    training_request["ModelPackageConfig"] = {"ModelPackageGroupArn": GROUP}
    training_request["MlflowConfig"] = {
        "MlflowResourceArn": (
            "arn:aws:sagemaker:us-west-2:123456789012:mlflow-tracking-server/tracking"
        )
    }
    shape = (
        botocore.session.get_session()
        .get_service_model("sagemaker")
        .operation_model("DescribeTrainingJob")
        .output_shape
    )
    for description in run_to_end(sagemaker, oregon, training_request):
        assert description.keys() <= shape.members.keys()
        # Required by the model, but left out by the service until there are any.
        artifacts = {"ModelArtifacts": {"S3ModelArtifacts": "s3://bucket/model.tar.gz"}}
        report = ParamValidator().validate(artifacts | description, shape)
        assert not report.has_errors(), report.generate_report()


def test_a_failed_job_says_why(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    sagemaker.follow(Plan(outcomes=[Outcome.parse("Failed:ClientError: bad data")]))
    *_, end = run_to_end(sagemaker, oregon, training_request)
    assert (end["TrainingJobStatus"], end["FailureReason"]) == ("Failed", "ClientError: bad data")
    assert "ModelArtifacts" not in end


def test_a_job_that_ran_too_long_is_stopped_and_says_so_in_its_secondary_status(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    sagemaker.follow(Plan(outcomes=[Outcome.parse("Stopped:MaxRuntimeExceeded")]))
    *_, end = run_to_end(sagemaker, oregon, training_request)
    assert (end["TrainingJobStatus"], end["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_several_outcomes_are_for_one_attempt_each_and_the_last_for_all_that_follow(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    sagemaker.follow(Plan(outcomes=[Outcome.parse("Failed:CapacityError"), Outcome()]))
    ends = [
        run_to_end(sagemaker, oregon, training_request | {"TrainingJobName": f"sft-{attempt}"})[-1]
        for attempt in (1, 2, 3)
    ]
    statuses = [end["TrainingJobStatus"] for end in ends]
    assert statuses == ["Failed", "Completed", "Completed"]


def test_a_job_with_a_model_package_group_adds_a_version_to_it(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    training_request["ModelPackageConfig"] = {"ModelPackageGroupArn": GROUP}
    *_, first = run_to_end(sagemaker, oregon, training_request)
    training_request["TrainingJobName"] = "sft-2"
    *_, second = run_to_end(sagemaker, oregon, training_request)
    prefix = "arn:aws:sagemaker:us-west-2:123456789012:model-package/models"
    assert first["OutputModelPackageArn"] == f"{prefix}/1"
    assert second["OutputModelPackageArn"] == f"{prefix}/2"
    assert describe(sagemaker, oregon)["OutputModelPackageArn"] == f"{prefix}/1"


def test_an_uncompressed_model_is_a_folder(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    training_request["OutputDataConfig"]["CompressionType"] = "NONE"
    *_, end = run_to_end(sagemaker, oregon, training_request)
    assert end["ModelArtifacts"] == {"S3ModelArtifacts": "s3://bucket/out/sft-1/output/model/"}


@pytest.mark.parametrize(("count", "refused"), [(2, 2), (None, 4)])
def test_submissions_are_rejected_as_often_as_planned(
    sagemaker: SageMaker,
    oregon: Environment,
    training_request: dict[str, Any],
    count: int | None,
    refused: int,
) -> None:
    sagemaker.follow(Plan(rejections=[Rejection(code="ResourceLimitExceeded", count=count)]))
    codes = []
    for attempt in range(4):
        request = training_request | {"TrainingJobName": f"sft-{attempt}"}
        try:
            sagemaker.call("CreateTrainingJob", oregon, request)
        except ApiError as error:
            codes.append(error.code)
    assert codes == ["ResourceLimitExceeded"] * refused


def test_a_job_whose_creation_was_answered_with_an_error_may_exist_all_the_same(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    sagemaker.follow(
        Plan(rejections=[Rejection(code="ServiceUnavailable", count=1, job_created=True)])
    )
    with pytest.raises(ApiError, match="ServiceUnavailable"):
        sagemaker.call("CreateTrainingJob", oregon, training_request)
    with pytest.raises(ApiError, match="ResourceInUse"):
        sagemaker.call("CreateTrainingJob", oregon, training_request)
    assert describe(sagemaker, oregon)["TrainingJobStatus"] == "InProgress"


def test_a_stopped_job_is_stopping_and_then_stopped(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    sagemaker.call("CreateTrainingJob", oregon, training_request)
    sagemaker.call("StopTrainingJob", oregon, {"TrainingJobName": "sft-1"})
    sagemaker.call("StopTrainingJob", oregon, {"TrainingJobName": "sft-1"})
    statuses = [describe(sagemaker, oregon)["TrainingJobStatus"] for _ in range(2)]
    assert statuses == ["Stopping", "Stopped"]
    with pytest.raises(ApiError, match="in status Stopped"):
        sagemaker.call("StopTrainingJob", oregon, {"TrainingJobName": "sft-1"})


@pytest.mark.parametrize("operation", ["DescribeTrainingJob", "StopTrainingJob"])
def test_an_unknown_job_is_a_validation_error_as_with_the_real_service(
    sagemaker: SageMaker, oregon: Environment, operation: str
) -> None:
    with pytest.raises(ApiError) as refused:
        sagemaker.call(operation, oregon, {"TrainingJobName": "nobody"})
    assert refused.value.wire() == {
        "__type": "ValidationException",
        "message": "Requested resource not found.",
    }


def test_jobs_are_listed_newest_first_by_name_and_status(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    run_to_end(sagemaker, oregon, training_request)
    for name in ("sft-2", "dpo-1"):
        sagemaker.call("CreateTrainingJob", oregon, training_request | {"TrainingJobName": name})

    def names(**filters: str) -> list[str]:
        answer = sagemaker.call("ListTrainingJobs", oregon, filters)
        return [job["TrainingJobName"] for job in answer["TrainingJobSummaries"]]

    assert names() == ["dpo-1", "sft-2", "sft-1"]
    assert names(NameContains="sft") == ["sft-2", "sft-1"]
    assert names(StatusEquals="Completed") == ["sft-1"]


def test_regions_are_kept_apart(
    sagemaker: SageMaker, oregon: Environment, training_request: dict[str, Any]
) -> None:
    ireland = Environment(partition="aws", region="eu-west-1", account="123456789012")
    arns = [
        sagemaker.call("CreateTrainingJob", place, training_request)["TrainingJobArn"]
        for place in (oregon, ireland)
    ]
    assert arns == [
        "arn:aws:sagemaker:us-west-2:123456789012:training-job/sft-1",
        "arn:aws:sagemaker:eu-west-1:123456789012:training-job/sft-1",
    ]
