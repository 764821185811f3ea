"""Which failed jobs are tried again, how often and after what time."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.jobs.job_retry import JobRetry
from constructs_trainers.workflows.attempts import attempt_states, state_after_failure
from tests.support.jsonata_states import evaluate


def states(**retry: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - members of JobRetry
    return attempt_states(JobRetry(**retry), next_state="Create")


def follows(job: dict[str, object], attempt: int, **retry: Any) -> str:  # noqa: ANN401
    known = JobRetry(**retry)
    state = states(**retry)[state_after_failure(known)]
    (choice,) = state["Choices"]
    worth_it = evaluate(
        choice["Condition"], job=job, attempt=attempt, maxAttempts=known.max_attempts
    )
    return str(choice["Next"] if worth_it else state["Default"])


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("CapacityError: Unable to provision requested ML compute", "WaitForNextAttempt"),
        ("InternalServerError: We encountered an internal error", "WaitForNextAttempt"),
        ("ClientError: bad data", "TrainingJobFailed"),
        ("AlgorithmError: exit code 1, CapacityError", "TrainingJobFailed"),
        ("", "TrainingJobFailed"),
    ],
)
def test_the_reasons_beginning_decides(reason: str, state: str) -> None:
    assert follows({"FailureReason": reason}, attempt=1) == state


def test_a_failure_without_a_reason_ends_the_execution() -> None:
    assert follows({}, attempt=1) == "TrainingJobFailed"


@pytest.mark.parametrize(("attempt", "again"), [(1, True), (2, True), (3, False)])
def test_attempts_are_bounded(attempt: int, *, again: bool) -> None:
    found = follows({"FailureReason": "CapacityError"}, attempt=attempt)
    assert (found == "WaitForNextAttempt") == again


def test_without_retries_a_failed_job_ends_the_execution_at_once() -> None:
    assert state_after_failure(JobRetry(max_attempts=1)) == "TrainingJobFailed"
    assert states(max_attempts=1) == {}


def test_attempts_are_spaced_more_and_more_up_to_a_day() -> None:
    wait = states(interval_in_seconds=60, backoff_rate=10)["WaitForNextAttempt"]
    seconds = [evaluate(wait["Seconds"], attempt=n) for n in (1, 2, 3, 4, 5)]
    assert seconds == [60, 600, 6000, 60_000, 86_400]
    assert wait["Next"] == "Create"
    assert evaluate(wait["Assign"]["attempt"], attempt=2) == 3


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("max_attempts", 0),
        ("max_attempts", 21),
        ("interval_in_seconds", 0),
        ("interval_in_seconds", 86_401),
        ("backoff_rate", 0.5),
        ("backoff_rate", float("nan")),
    ],
)
def test_what_is_no_retry_is_refused(member: str, value: Any) -> None:  # noqa: ANN401
    (problem,) = JobRetry(**{member: value}).problems("retry")
    assert problem.path == f"retry.{member}"
    assert "from" in str(problem.allowed)


def test_the_default_is_fine() -> None:
    assert JobRetry().problems("retry") == []
