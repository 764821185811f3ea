"""A job of our own name that is there already."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.workflows.existing_job import FIRST_STATE, existing_job_states
from tests.support.jsonata_states import EXECUTION, evaluate


def goes_on_with(created: object) -> str:
    """The state after a look at a job that was created at some time."""
    states: dict[str, Any] = existing_job_states({"Type": "Task"}, next_state="Follow")
    branch = states[states[FIRST_STATE]["Next"]]
    (choice,) = branch["Choices"]
    is_ours = evaluate(choice["Condition"], job={"CreationTime": created})
    return str(choice["Next"] if is_ours else branch["Default"])


@pytest.mark.parametrize(
    ("created", "state"),
    [
        ("2026-01-02T03:04:06Z", "Follow"),
        ("2026-01-02T03:04:05Z", "Follow"),  # in the second in which the execution started
        (1767323045.9, "Follow"),
        ("2026-01-02T03:04:04.999Z", "TrainingJobNameTaken"),
        ("2025-10-01T00:00:00Z", "TrainingJobNameTaken"),
        (1700000000, "TrainingJobNameTaken"),
    ],
)
def test_only_a_job_that_is_no_older_than_the_execution_is_ours(
    created: object, state: str
) -> None:
    assert EXECUTION["StartTime"] == "2026-01-02T03:04:05.678Z"
    assert goes_on_with(created) == state
