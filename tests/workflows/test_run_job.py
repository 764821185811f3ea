"""Jobs that Step Functions waits for, whatever it says of them.

How ``createTrainingJob.sync`` reports a job that did not complete is not documented, so each of
its conceivable answers is tried with each true state of a job.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from constructs_trainers.jobs.job_retry import JobRetry
from constructs_trainers.workflows.allowed_input import AllowedInput
from constructs_trainers.workflows.asl import with_partition
from constructs_trainers.workflows.definition import training_definition
from tests.support.walked_states import TaskError, Walk, walk

REQUEST = {"RoleArn": "arn:role", "HyperParameters": {}, "Tags": [{"Key": "a", "Value": "b"}]}
ARN = "arn:aws:sagemaker:us-west-2:123456789012:training-job/"
# The execution of the support module starts a second before.
CREATED, LONG_BEFORE = "2026-01-02T03:04:06.000Z", "2025-01-02T03:04:05.000Z"
NOT_FOUND = [
    ("SageMaker.ResourceNotFoundException", "Requested resource not found."),
    ("SageMaker.SageMakerException", "Requested resource not found. (Status Code: 400)"),
]
REFUSED = TaskError("SageMaker.AmazonSageMakerException", "ValidationException: 1 error")
UNAVAILABLE = TaskError("SageMaker.SageMakerException", "Service Unavailable (Status Code: 503)")

DEFINITION = training_definition(
    REQUEST,
    stem="sft",
    allowed=AllowedInput(),
    s3_data_type="S3Prefix",
    max_runtime_in_seconds=None,
    retry=JobRetry(),
    run_job=True,
)
MACHINE: Any = with_partition(DEFINITION, "aws")


def job(status: str, secondary: str | None = None, reason: str | None = None) -> dict[str, Any]:
    described = {
        "TrainingJobStatus": status,
        "SecondaryStatus": secondary or status,
        "CreationTime": CREATED,
    }
    return described if reason is None else {**described, "FailureReason": reason}


COMPLETED = job("Completed")


@dataclass
class Service:
    """SageMaker and what waits for its jobs.

    Attributes:
        jobs: What the first job ends as, the second and so on; the last one holds for the rest.
        answers: How the calls that create jobs are answered, in order; the last one holds for the
            rest. A text is the name of the error by which a task tells of the job it created, a
            TaskError one with no job, None a result.
        describe_errors: The first answers to a look at a job.
        missing: The answer to a look at a job that is not there.
    """

    jobs: list[dict[str, Any]] = field(default_factory=lambda: [COMPLETED])
    answers: list[str | TaskError | None] = field(default_factory=lambda: [None])
    describe_errors: list[TaskError] = field(default_factory=list)
    missing: tuple[str, str] = NOT_FOUND[0]
    created: dict[str, dict[str, Any]] = field(default_factory=dict)
    looks: int = 0

    def __call__(self, resource: str, arguments: dict[str, Any]) -> object:
        name = arguments["TrainingJobName"]
        if resource == "arn:aws:states:::sagemaker:createTrainingJob.sync":
            return self._create(name)
        assert resource == "arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob"
        self.looks += 1
        if self.describe_errors:
            raise self.describe_errors.pop(0)
        if name not in self.created:
            raise TaskError(*self.missing)
        described = self.created[name]
        if described.get("then"):
            self.created[name] = {**described["then"]}
        return {"TrainingJobArn": ARN + name, **described}

    def _create(self, name: str) -> object:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, TaskError):
            raise answer
        if name in self.created:
            raise TaskError("SageMaker.ResourceInUseException", "exists")
        self.created[name] = self.jobs[min(len(self.created), len(self.jobs) - 1)]
        if answer is not None:
            raise TaskError(answer, '{"TrainingJobStatus": "whatever"}')
        return {"TrainingJobArn": ARN + name}


def run(service: Service) -> Walk:
    return walk(MACHINE, service)


@pytest.mark.parametrize(
    "told",
    [
        None,
        "States.TaskFailed",
        "States.Timeout",
        "SageMaker.AmazonSageMakerException",
        "SageMaker.SageMakerException",
        "SomethingNew",
    ],
)
@pytest.mark.parametrize(
    ("jobs", "error", "attempts"),
    [
        ([COMPLETED], None, 1),
        ([job("Failed", reason="ClientError: bad data")], "TrainingJobFailed", 1),
        ([job("Failed", reason="CapacityError: none"), COMPLETED], None, 2),
        ([job("Failed", reason="InternalServerError: oh"), COMPLETED], None, 2),
        ([job("Failed", reason="CapacityError: none")], "TrainingJobFailed", 3),
        ([job("Stopped")], "TrainingJobStopped", 1),
        ([job("Stopped", "MaxRuntimeExceeded")], "TrainingJobTimedOut", 1),
        ([job("Stopped", "MaxWaitTimeExceeded")], "TrainingJobTimedOut", 1),
        ([{**job("InProgress"), "then": COMPLETED}], None, 1),
        ([{**job("Stopping"), "then": job("Stopped")}], "TrainingJobStopped", 1),
    ],
)
def test_a_job_is_judged_by_its_status_however_its_end_is_told(
    told: str | None, jobs: list[dict[str, Any]], error: str | None, attempts: int
) -> None:
    service = Service(jobs=jobs, answers=[told])
    end = run(service)
    assert end.error == error
    assert len(service.created) == attempts
    if error is None:
        assert end.output["TrainingJobStatus"] == "Completed"
        assert end.output["Attempts"] == attempts
        assert end.output["TrainingJobName"] == list(service.created)[-1]


@pytest.mark.parametrize("missing", NOT_FOUND)
def test_a_request_that_made_no_job_was_refused(missing: tuple[str, str]) -> None:
    service = Service(answers=[REFUSED], missing=missing)
    end = run(service)
    assert end.error == "TrainingJobRejected"
    assert "ValidationException: 1 error" in str(end.cause)
    assert (service.created, service.looks, end.waited) == ({}, 1, 0)


def test_a_refusal_is_told_from_a_job_once_jobs_can_be_looked_at_again() -> None:
    service = Service(answers=[REFUSED], describe_errors=[UNAVAILABLE] * 5)
    end = run(service)
    assert end.error == "TrainingJobRejected"
    assert "ValidationException: 1 error" in str(end.cause)
    assert service.looks == 6


def test_a_job_is_found_once_jobs_can_be_looked_at_again() -> None:
    service = Service(answers=["SomethingNew"], describe_errors=[UNAVAILABLE] * 5)
    assert run(service).error is None
    assert len(service.created) == 1


def test_a_job_that_can_never_be_looked_at_may_still_be_running() -> None:
    service = Service(answers=["SomethingNew"], describe_errors=[UNAVAILABLE] * 100)
    end = run(service)
    assert end.error == "TrainingJobFailed"
    assert "may still be running" in str(end.cause)
    assert "Service Unavailable" in str(end.cause)
    assert end.waited > 1800


@pytest.mark.parametrize(
    "busy",
    [
        TaskError("SageMaker.AmazonSageMakerException", "ThrottlingException: Rate exceeded"),
        TaskError("SageMaker.SageMakerException", "Rate exceeded (Status Code: 400)"),
        TaskError("SageMaker.AmazonSageMakerException", "ResourceLimitExceeded: 0 instances"),
        TaskError("SageMaker.ResourceLimitExceededException", "0 instances"),
        TaskError("SageMaker.ResourceLimitExceeded", "0 instances"),
    ],
)
def test_a_request_that_came_too_fast_or_beyond_a_limit_is_sent_again(busy: TaskError) -> None:
    service = Service(answers=[busy, busy, busy, None])
    end = run(service)
    assert end.error is None
    assert end.output["Attempts"] == len(service.created) == 1


@pytest.mark.parametrize(
    "in_use",
    [
        TaskError("SageMaker.ResourceInUseException", "exists"),
        TaskError("SageMaker.ResourceInUse", "exists"),
        TaskError("SageMaker.AmazonSageMakerException", "ResourceInUse: exists"),
    ],
)
@pytest.mark.parametrize(("age", "error"), [(CREATED, None), (LONG_BEFORE, "TrainingJobRejected")])
def test_a_job_of_our_name_is_gone_on_with_when_it_is_ours(
    in_use: TaskError, age: str, error: str | None
) -> None:
    service = Service(answers=[in_use])
    # Another walk's job has the name that this one's would have.
    other = Service(jobs=[{**COMPLETED, "CreationTime": age}])
    run(other)
    service.created = other.created
    end = run(service)
    assert end.error == error
    assert "from before this execution" in str(end.cause or "from before this execution")


def test_what_no_machine_can_catch_ends_the_execution_without_a_job() -> None:
    service = Service(answers=[TaskError("States.Runtime", 'The field "X" is not supported')])
    assert run(service).error == "States.Runtime"
    assert service.created == {}
