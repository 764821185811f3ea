"""A job of our name that is there already: ours, whose answer was lost, or another's.

Execution names may be used again after 90 days, and with them job names: a job from before the
execution's start is not ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.workflows.asl import choice, fail
from constructs_trainers.workflows.cause import TRAINING_JOB_REJECTED
from constructs_trainers.workflows.jsonata import expression
from constructs_trainers.workflows.variables import JOB, JOB_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.workflows.asl import State

FIRST_STATE = "DescribeExistingJob"
IS_OURS = "IsExistingJobOurs"
_TAKEN = "TrainingJobNameTaken"


def existing_job_states(describe: Mapping[str, object], *, next_state: str) -> dict[str, State]:
    """The states after a name was found in use.

    Args:
        describe: The state that describes the job of that name.
        next_state: The state that goes on with a job of ours.
    """
    return {
        FIRST_STATE: {**describe, "Next": IS_OURS},
        IS_OURS: choice((_is_ours(), next_state), default=_TAKEN),
        _TAKEN: fail(
            TRAINING_JOB_REJECTED,
            expression(
                f"'There is a training job ' & {JOB_NAME} & ' from before this execution, and no "
                "job was created. Start a new execution: its job has another name.'"
            ),
        ),
    }


def _is_ours() -> str:
    # The integration gives times as text, and its documentation as numbers of seconds.
    created = f"{JOB}.CreationTime"
    created_at = f"($type({created}) = 'number' ? {created} * 1000 : $toMillis({created}))"
    # Creation times may be cut to seconds.
    started_at = "$floor($toMillis($states.context.Execution.StartTime) / 1000) * 1000"
    return f"{created_at} >= {started_at}"
