"""The states that follow a job to its end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from constructs_trainers.jobs.stopping_condition import DEFAULT_RUNTIME, LONGEST_RUNTIME
from constructs_trainers.values.tokens import is_number_token
from constructs_trainers.workflows.asl import ERROR_OUTPUT, catch_all, choice, retry, task, wait
from constructs_trainers.workflows.cause import TRAINING_JOB_STOPPED, TRAINING_JOB_TIMED_OUT
from constructs_trainers.workflows.job_name import redrive_count
from constructs_trainers.workflows.jsonata import expression
from constructs_trainers.workflows.variables import JOB, JOB_NAME, REDRIVES

if TYPE_CHECKING:
    from constructs_trainers.workflows.asl import State

_SHORTEST_INTERVAL = 30
# An execution has at most 25,000 history events, and one round of wait, describe and choice
# writes about 9. A fifth of them is kept for retries and for the time before a job starts.
_MOST_ROUNDS = 25_000 // 9 * 4 // 5
# The service has an error name for what is not there, and its answers for jobs have only the text.
NOT_THERE = "ResourceNotFound|not found"
"""What SageMaker says of a job that is not there, as a regular expression without its slashes."""


def poll_interval(
    max_runtime_in_seconds: float | None,
    max_pending_time_in_seconds: float | None = None,
    max_wait_time_in_seconds: float | None = None,
    *,
    attempts: int = 1,
) -> int:
    """Seconds between two looks at a job, so that the longest jobs fit an execution's history.

    Args:
        max_runtime_in_seconds: The job's MaxRuntimeInSeconds, or None when it has none.
        max_pending_time_in_seconds: The job's MaxPendingTimeInSeconds, or None likewise. Of a
            number that is a CDK token the longest that the service takes is assumed.
        max_wait_time_in_seconds: The job's MaxWaitTimeInSeconds, or None likewise: on spot
            instances a job takes that long with its waiting for capacity.
        attempts: How many such jobs an execution starts at most. There is room for one more, which
            a redrive starts: its events are added to the execution's.
    """
    runtime = _longest(max_runtime_in_seconds or DEFAULT_RUNTIME)
    a_job = max(runtime, _longest(max_wait_time_in_seconds or 0))
    a_job += _longest(max_pending_time_in_seconds or 0)
    return max(_SHORTEST_INTERVAL, math.ceil(a_job * (attempts + 1) / _MOST_ROUNDS))


def _longest(time: float) -> float:
    return LONGEST_RUNTIME if is_number_token(time) else time


def wait_for_training_job(interval: int) -> State:
    """Wait between two looks at the job."""
    return wait(interval, Next="DescribeTrainingJob")


def look_at_training_job(**members: object) -> State:
    """The state that asks for the job's description."""
    return task(
        "aws-sdk:sagemaker:describeTrainingJob",
        {"TrainingJobName": expression(JOB_NAME)},
        Assign={"job": expression("$states.result")},
        **members,
    )


def describe_training_job() -> State:
    """Look at the job."""
    return look_at_training_job(
        Retry=[retry(["States.ALL"], seconds=10, attempts=12, longest=300)],
        Catch=[catch_all(Assign={"rejection": ERROR_OUTPUT}, Next="TrainingJobLost")],
        Next="IsTrainingJobDone",
    )


def is_training_job_done(failed: str) -> State:
    """Branch by the job's status.

    Args:
        failed: The state that a failed job leads to.
    """
    status, secondary = f"{JOB}.TrainingJobStatus", f"{JOB}.SecondaryStatus"
    timed_out = (
        f"{status} = 'Stopped' and {secondary} in ['MaxRuntimeExceeded', 'MaxWaitTimeExceeded']"
    )
    # The job was stopped because its execution was, and the execution has been redriven since.
    stopped_by_us = f"{status} = 'Stopped' and {redrive_count()} > {REDRIVES}"
    return choice(
        (f"{status} = 'Completed'", "TrainingJobCompleted"),
        (f"{status} = 'Failed'", failed),
        (timed_out, TRAINING_JOB_TIMED_OUT),
        (stopped_by_us, "CreateTrainingJob"),
        (f"{status} = 'Stopped'", TRAINING_JOB_STOPPED),
        default="WaitForTrainingJob",
    )


def observe_states(*, interval: int, failed: str) -> dict[str, State]:
    """All states from a job that exists to the branch by its outcome.

    Args:
        interval: Seconds between two looks at the job.
        failed: The state that a failed job leads to.
    """
    return {
        "WaitForTrainingJob": wait_for_training_job(interval),
        "DescribeTrainingJob": describe_training_job(),
        "IsTrainingJobDone": is_training_job_done(failed),
    }
