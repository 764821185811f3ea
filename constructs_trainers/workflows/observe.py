"""The states that follow a job to its end."""

from __future__ import annotations

import math

from constructs_trainers.values.tokens import is_number_token
from constructs_trainers.workflows import error_names
from constructs_trainers.workflows.attempts import FIRST_STATE as ATTEMPTS
from constructs_trainers.workflows.job_name import redrive_count
from constructs_trainers.workflows.jsonata import expression
from constructs_trainers.workflows.variables import JOB, JOB_NAME, REDRIVES

State = dict[str, object]

_SHORTEST_INTERVAL = 30
# API reference, StoppingCondition: a job without MaxRuntimeInSeconds runs for a day at most.
_DEFAULT_MAX_RUNTIME = 86_400
# API reference, StoppingCondition: 28 days for each of its times.
_LONGEST_TIME = 28 * 86_400
# An execution has at most 25,000 history events, and one round of wait, describe and choice
# writes about 9. A fifth of them is kept for retries and for the time before a job starts.
_MOST_ROUNDS = 25_000 // 9 * 4 // 5

_DESCRIBE_RETRY: State = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 10,
    "BackoffRate": 2,
    "MaxDelaySeconds": 300,
    "MaxAttempts": 12,
    "JitterStrategy": "FULL",
}


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
    runtime = _longest(max_runtime_in_seconds or _DEFAULT_MAX_RUNTIME)
    a_job = max(runtime, _longest(max_wait_time_in_seconds or 0))
    a_job += _longest(max_pending_time_in_seconds or 0)
    return max(_SHORTEST_INTERVAL, math.ceil(a_job * (attempts + 1) / _MOST_ROUNDS))


def _longest(time: float) -> float:
    return _LONGEST_TIME if is_number_token(time) else time


def wait_for_training_job(interval: int) -> State:
    """Wait between two looks at the job."""
    return {"Type": "Wait", "Seconds": interval, "Next": "DescribeTrainingJob"}


def describe_training_job(partition: str) -> State:
    """Look at the job."""
    return {
        "Type": "Task",
        "Resource": f"arn:{partition}:states:::aws-sdk:sagemaker:describeTrainingJob",
        "Arguments": {"TrainingJobName": expression(JOB_NAME)},
        "Assign": {"job": expression("$states.result")},
        "Retry": [_DESCRIBE_RETRY],
        "Catch": [
            {
                "ErrorEquals": ["States.ALL"],
                "Assign": {"rejection": expression("$states.errorOutput")},
                "Next": "TrainingJobLost",
            }
        ],
        "Next": "IsTrainingJobDone",
    }


def is_training_job_done() -> State:
    """Branch by the job's status."""
    status, secondary = f"{JOB}.TrainingJobStatus", f"{JOB}.SecondaryStatus"
    timed_out = (
        f"{status} = 'Stopped' and {secondary} in ['MaxRuntimeExceeded', 'MaxWaitTimeExceeded']"
    )
    # The job was stopped because its execution was, and the execution has been redriven since.
    stopped_by_us = f"{status} = 'Stopped' and {redrive_count()} > {REDRIVES}"
    branches = [
        (f"{status} = 'Completed'", "TrainingJobCompleted"),
        (f"{status} = 'Failed'", ATTEMPTS),
        (timed_out, error_names.TRAINING_JOB_TIMED_OUT),
        (stopped_by_us, "CreateTrainingJob"),
        (f"{status} = 'Stopped'", error_names.TRAINING_JOB_STOPPED),
    ]
    return {
        "Type": "Choice",
        "Choices": [
            {"Condition": expression(condition), "Next": state} for condition, state in branches
        ],
        "Default": "WaitForTrainingJob",
    }


def observe_states(*, interval: int, partition: str) -> dict[str, State]:
    """All states from a job that exists to the branch by its outcome."""
    return {
        "WaitForTrainingJob": wait_for_training_job(interval),
        "DescribeTrainingJob": describe_training_job(partition),
        "IsTrainingJobDone": is_training_job_done(),
    }
