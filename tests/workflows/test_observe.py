"""Following a job to its end."""

from __future__ import annotations

import math
from typing import Any

import pytest

from constructs_trainers.workflows.observe import (
    describe_training_job,
    is_training_job_done,
    observe_states,
    poll_interval,
    wait_for_training_job,
)
from tests.support.jsonata_states import EXECUTION, evaluate

# Entered and exited; for a task scheduled, started and succeeded too.
EVENTS = {"Wait": 2, "Choice": 2, "Task": 5}
LONGEST_HISTORY = 25_000
DAY = 86_400
# SageMaker ends a job two days after its time, however long it takes to upload what it made.
MOST_OVERTIME = 2 * DAY


def events_a_round() -> int:
    """What an execution's history grows by with each look at a job."""
    states: dict[str, Any] = observe_states(interval=60, failed="DeservesAnotherAttempt")
    assert list(states) == ["WaitForTrainingJob", "DescribeTrainingJob", "IsTrainingJobDone"]
    return sum(EVENTS[state["Type"]] for state in states.values())


@pytest.mark.parametrize("runtime", [None, 1, 60, 3600, DAY, 5 * DAY, 28 * DAY])
@pytest.mark.parametrize("attempts", [1, 3, 20])
def test_the_longest_jobs_and_one_after_a_redrive_fit_into_an_executions_history(
    runtime: int | None, attempts: int
) -> None:
    interval = poll_interval(runtime, attempts=attempts)
    jobs = attempts + 1
    rounds = jobs * math.ceil((runtime or DAY) / interval)
    assert rounds * events_a_round() < LONGEST_HISTORY * 0.85


def test_there_is_room_for_what_the_longest_jobs_take_beyond_their_time() -> None:
    interval = poll_interval(28 * DAY, attempts=3)
    rounds = 4 * math.ceil((28 * DAY + MOST_OVERTIME) / interval)
    assert rounds * events_a_round() < LONGEST_HISTORY * 0.9


@pytest.mark.parametrize("runtime", [60, DAY])
def test_a_job_that_waits_for_spot_instances_or_capacity_fits_too(runtime: int) -> None:
    waiting = poll_interval(runtime, None, 28 * DAY)
    assert waiting == poll_interval(28 * DAY)
    assert poll_interval(runtime, 28 * DAY) >= waiting


def test_a_short_job_is_not_looked_at_more_often_than_needed() -> None:
    assert poll_interval(60) == poll_interval(3600) == 30
    assert poll_interval(28 * DAY) < 2400
    assert wait_for_training_job(45)["Seconds"] == 45


def branch(*, redriven: int = 0, **job: object) -> str:
    state: dict[str, Any] = is_training_job_done("DeservesAnotherAttempt")
    execution = {**EXECUTION, "RedriveCount": redriven}
    for choice in state["Choices"]:
        if evaluate(choice["Condition"], job=job, redrives=0, execution=execution):
            return str(choice["Next"])
    return str(state["Default"])


@pytest.mark.parametrize(
    ("status", "secondary", "state"),
    [
        ("InProgress", "Training", "WaitForTrainingJob"),
        ("Stopping", "Stopping", "WaitForTrainingJob"),
        ("Completed", "Completed", "TrainingJobCompleted"),
        ("Failed", "Failed", "DeservesAnotherAttempt"),
        ("Stopped", "Stopped", "TrainingJobStopped"),
        ("Stopped", "MaxRuntimeExceeded", "TrainingJobTimedOut"),
        ("Stopped", "MaxWaitTimeExceeded", "TrainingJobTimedOut"),
        ("Completed", "MaxRuntimeExceeded", "TrainingJobCompleted"),
    ],
)
def test_a_jobs_status_decides_how_it_goes_on(status: str, secondary: str, state: str) -> None:
    assert branch(TrainingJobStatus=status, SecondaryStatus=secondary) == state


def test_looking_at_a_job_is_tried_for_long_before_the_job_counts_as_lost() -> None:
    state: dict[str, Any] = describe_training_job()
    assert evaluate(state["Arguments"]["TrainingJobName"], jobName="sft-1") == "sft-1"
    assert evaluate(state["Assign"]["job"], result={"TrainingJobStatus": "x"}) == {
        "TrainingJobStatus": "x"
    }
    (retry,) = state["Retry"]
    assert retry["ErrorEquals"] == ["States.ALL"]
    waits = [
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** i, retry["MaxDelaySeconds"])
        for i in range(retry["MaxAttempts"])
    ]
    assert sum(waits) > 1800
    (catch,) = state["Catch"]
    assert catch["Next"] == "TrainingJobLost"


def test_a_job_that_was_stopped_with_its_execution_is_run_again_after_a_redrive() -> None:
    job = {"TrainingJobStatus": "Stopped", "SecondaryStatus": "Stopped"}
    assert branch(redriven=1, **job) == "CreateTrainingJob"
    assert branch(redriven=0, **job) == "TrainingJobStopped"


def test_a_job_that_ran_too_long_is_not_run_again_after_a_redrive() -> None:
    job = {"TrainingJobStatus": "Stopped", "SecondaryStatus": "MaxRuntimeExceeded"}
    assert branch(redriven=1, **job) == "TrainingJobTimedOut"
