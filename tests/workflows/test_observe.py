"""Following a job to its end."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.workflows.observe import (
    describe_training_job,
    is_training_job_done,
    poll_interval,
    wait_for_training_job,
)
from tests.support.jsonata_states import EXECUTION, evaluate

# Entered and exited for each of three states; scheduled, started and succeeded for the task.
EVENTS_A_ROUND = 9
LONGEST_HISTORY = 25_000
DAY = 86_400


@pytest.mark.parametrize("runtime", [None, 1, 60, 3600, DAY, 5 * DAY, 28 * DAY])
@pytest.mark.parametrize("attempts", [1, 3])
def test_the_longest_jobs_fit_into_an_executions_history(
    runtime: int | None, attempts: int
) -> None:
    rounds = attempts * (runtime or DAY) / poll_interval(runtime, attempts=attempts)
    assert rounds * EVENTS_A_ROUND < LONGEST_HISTORY * 0.85


def test_a_short_job_is_not_looked_at_more_often_than_needed() -> None:
    assert poll_interval(60) == poll_interval(3600) == 30
    assert poll_interval(28 * DAY) < 1800
    assert wait_for_training_job(45)["Seconds"] == 45


def branch(*, redriven: int = 0, **job: object) -> str:
    state: dict[str, Any] = is_training_job_done()
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
    state: dict[str, Any] = describe_training_job("aws")
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
