"""What is told of an execution while it runs."""

from __future__ import annotations

import json

from constructs_trainers.local.execution import failure_in_words


def test_a_failure_is_told_with_its_cause() -> None:
    assert failure_in_words("SageMaker.ResourceInUse", "taken") == "SageMaker.ResourceInUse: taken"
    assert failure_in_words("States.Timeout", None) == "States.Timeout: None"


def test_of_an_execution_that_was_waited_for_its_own_failure_is_told() -> None:
    child = {
        "ExecutionArn": "arn:child",
        "Status": "FAILED",
        "Error": "TrainingJobFailed",
        "Cause": "ClientError: bad data",
    }
    told = failure_in_words("States.TaskFailed", json.dumps(child))
    assert told == "States.TaskFailed in arn:child: TrainingJobFailed: ClientError: bad data"
