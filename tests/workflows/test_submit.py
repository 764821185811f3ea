"""From the execution's start to a job that exists."""

from __future__ import annotations

import re
from typing import Any

import pytest

from constructs_trainers.workflows.allowed_input import AllowedInput
from constructs_trainers.workflows.submit import (
    back_off,
    create_training_job,
    invalid_execution_input,
    is_input_valid,
    is_throttled,
    prepare_request,
    training_job_rejected,
)
from tests.support.jsonata_states import evaluate

REQUEST = {
    "RoleArn": "arn:role",
    "HyperParameters": {"lr": "0.1"},
    "InputDataConfig": [{"ChannelName": "train", "DataSource": {}}],
    "Tags": [{"Key": "k", "Value": "v"}],
}


def create_state() -> dict[str, Any]:
    return create_training_job(stem="sft", s3_data_type="S3Prefix")


def test_an_execution_without_input_sends_the_reviewed_request_under_a_name() -> None:
    state = create_state()
    sent = evaluate(state["Arguments"], {}, request=REQUEST, stem="sft", attempt=1)
    assert re.fullmatch(r"sft-[0-9a-f]{12}-1", sent.pop("TrainingJobName"))
    assert sent == REQUEST


def test_an_executions_overrides_are_sent_in_place() -> None:
    state = create_state()
    given = {"HyperParameters": {"lr": 0.5}, "TrainingDataset": "s3://mine/x"}
    sent = evaluate(state["Arguments"], given, request=REQUEST, stem="sft", attempt=1)
    assert sent["HyperParameters"] == {"lr": "0.5"}
    assert sent["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://mine/x"
    assert sent["Tags"] == REQUEST["Tags"]


def test_the_jobs_name_is_taken_from_the_answer() -> None:
    state = create_state()
    arn = "arn:aws:sagemaker:us-west-2:123456789012:training-job/sft-abc-1"
    assert evaluate(state["Assign"]["jobName"], result={"TrainingJobArn": arn}) == "sft-abc-1"


@pytest.mark.parametrize(
    ("given", "valid"), [({}, True), ({"X": 1}, False), ({"X": 1, "Y": 2}, False)]
)
def test_a_bad_input_ends_the_execution_before_a_job_is_made(given: object, *, valid: bool) -> None:
    assign: Any = prepare_request(
        REQUEST, stem="sft", max_attempts=3, allowed=AllowedInput(), counters={}
    )["Assign"]
    violations = evaluate(assign["violations"], given)
    state: dict[str, Any] = is_input_valid("CreateTrainingJob")
    (choice,) = state["Choices"]
    assert evaluate(choice["Condition"], violations=violations) is valid
    assert choice["Next"] == "CreateTrainingJob"
    assert state["Default"] == "InvalidExecutionInput"
    if not valid:
        cause = evaluate(str(invalid_execution_input()["Cause"]), violations=violations)
        assert cause.startswith("No job was created. X: unknown member")


@pytest.mark.parametrize(
    ("error", "cause", "throttled", "again"),
    [
        ("SageMaker.SageMakerException", "Rate exceeded (Service: SageMaker)", 1, True),
        ("SageMaker.ThrottlingException", "slow down", 8, True),
        ("SageMaker.ThrottlingException", "slow down", 9, False),
        ("SageMaker.SageMakerException", "(Service: SageMaker, Status Code: 503)", 1, True),
        ("SageMaker.SageMakerException", "ValidationException: 1 error", 1, False),
        ("SageMaker.ResourceInUseException", "exists", 1, False),
    ],
)
def test_only_throttling_is_tried_again_and_not_for_ever(
    error: str, cause: str, throttled: int, *, again: bool
) -> None:
    state: dict[str, Any] = is_throttled()
    (choice,) = state["Choices"]
    rejection = {"Error": error, "Cause": cause}
    assert evaluate(choice["Condition"], rejection=rejection, throttled=throttled) is again


@pytest.mark.parametrize(("throttled", "most"), [(1, 10), (3, 40), (8, 300), (50, 300)])
def test_the_wait_between_two_tries_grows_up_to_a_cap(throttled: int, most: int) -> None:
    code = str(back_off()["Seconds"])
    waits = [evaluate(code, throttled=throttled) for _ in range(50)]
    assert all(isinstance(seconds, int) and 1 <= seconds <= most for seconds in waits)
    assert max(waits) > most / 3


def test_a_refusal_is_passed_on_in_the_services_words() -> None:
    cause = evaluate(
        str(training_job_rejected()["Cause"]), rejection={"Error": "Some.Error", "Cause": "why"}
    )
    assert cause.endswith("Some.Error: why")
    assert "no job was created" in cause


def test_quota_errors_are_waited_out_under_both_of_their_names() -> None:
    state = create_state()
    retry, lost = state["Retry"]
    assert lost["ErrorEquals"] == ["SageMaker.SdkClientException"]
    assert {"SageMaker.ResourceLimitExceededException", "SageMaker.ResourceLimitExceeded"} == set(
        retry["ErrorEquals"]
    )
    assert retry["MaxDelaySeconds"] * retry["MaxAttempts"] > 7200
    in_use, catch = state["Catch"]
    assert in_use["Next"] == "DescribeExistingJob"
    assert set(in_use["ErrorEquals"]) == {
        "SageMaker.ResourceInUseException",
        "SageMaker.ResourceInUse",
    }
    assert catch["ErrorEquals"] == ["States.ALL"]
    assert evaluate(catch["Assign"]["throttled"], throttled=2) == 3


def test_throttles_are_counted_anew_once_there_is_a_job() -> None:
    state = create_state()
    in_use, _ = state["Catch"]
    assert state["Assign"]["throttled"] == in_use["Assign"]["throttled"] == 0
