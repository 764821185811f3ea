"""Jobs that failed through no fault of their own: the states that start another attempt.

Source: SageMaker's developer guide on troubleshooting training jobs, for what FailureReason begins
with. The job's own retries (RetryStrategy) are for internal errors only, and own instances only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.jobs.job_retry import LONGEST_INTERVAL
from constructs_trainers.workflows.asl import choice, wait
from constructs_trainers.workflows.cause import TRAINING_JOB_FAILED
from constructs_trainers.workflows.jsonata import expression
from constructs_trainers.workflows.variables import ATTEMPT, JOB, MOST_JOBS

if TYPE_CHECKING:
    from constructs_trainers.jobs.job_retry import JobRetry
    from constructs_trainers.workflows.asl import State

_DECIDE = "DeservesAnotherAttempt"
_WAIT = "WaitForNextAttempt"
_TRANSIENT = "/^(CapacityError|InternalServerError)/"


def attempt_states(retry: JobRetry, *, next_state: str) -> dict[str, State]:
    """The states between a failed job and the next one."""
    if retry.max_attempts == 1:
        return {}
    return {_DECIDE: _deserves_another_attempt(), _WAIT: _wait(retry, next_state)}


def state_after_failure(retry: JobRetry) -> str:
    """The state that a failed job leads to."""
    return TRAINING_JOB_FAILED if retry.max_attempts == 1 else _DECIDE


def _deserves_another_attempt() -> State:
    # A failed job without a reason is a riddle for a person.
    reason = f"$string({JOB}.FailureReason)"
    worth_it = (
        f"{ATTEMPT} < {MOST_JOBS} and $exists({JOB}.FailureReason) "
        f"and $contains({reason}, {_TRANSIENT})"
    )
    return choice((worth_it, _WAIT), default=TRAINING_JOB_FAILED)


def _wait(retry: JobRetry, next_state: str) -> State:
    # The attempt is counted when the wait is over: one that is cut short starts no job.
    grown = f"{retry.interval_in_seconds} * $power({retry.backoff_rate}, {ATTEMPT} - 1)"
    return wait(
        expression(f"$floor($min([{LONGEST_INTERVAL}, {grown}]))"),
        Assign={"attempt": expression(f"{ATTEMPT} + 1"), "throttled": 0},
        Next=next_state,
    )
