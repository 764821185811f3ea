"""The workflow variables that states hand to each other, with their leading ``$``."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

# Developer guide, "Passing data between states with variables".
_LONGEST_NAME: Final = 80
_DIGITS: Final = 8

REQUEST = "$request"
"""The CreateTrainingJob request without TrainingJobName, as reviewed."""

VIOLATIONS = "$violations"
"""What is wrong with the execution's input: an array of texts."""

STEM = "$stem"
"""What job names begin with, as the trainer was given it: the stopper reads it there."""

ATTEMPT = "$attempt"
"""Number of the job within the execution, from 1."""

MOST_JOBS = "$maxAttempts"
"""How many jobs the execution starts at most: the stopper reads it there, like the stem."""

REDRIVES = "$redrives"
"""How often the execution had been redriven when its job was created."""

THROTTLED = "$throttled"
"""How often in a row the request was throttled."""

REJECTION = "$rejection"
"""The error output of the last CreateTrainingJob that was refused."""

JOB_NAME = "$jobName"
"""The name of the job that was created."""

JOB = "$job"
"""What DescribeTrainingJob said last."""

EXECUTION_INPUT = "$states.context.Execution.Input"
"""The execution's input, in any state."""

STARTED_BY = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
"""The member of an execution's input by which the console links it to the one around it."""

UNREAD = ("Comment", STARTED_BY)
"""Members of an execution's input that the console and other workflows put there."""


def variable_of_state(start: str, state_name: str, *, owner: str = "") -> str:
    """The name, without ``$``, of a variable that belongs to one state.

    No two states share it, whatever their names have in place of letters: a name that cannot hold
    the whole of a state's name, or of its owner's, ends with digits of both.

    Args:
        start: What the variable holds.
        state_name: The state's name.
        owner: What tells states of the same name apart, such as a construct's path.
    """
    readable = start + re.sub(r"\W", "_", state_name, flags=re.ASCII)
    is_whole = not owner and readable == start + state_name
    if is_whole and len(readable) <= _LONGEST_NAME:
        return readable
    digits = sha256(f"{owner}/{state_name}".encode()).hexdigest()[:_DIGITS]
    return f"{readable[: _LONGEST_NAME - _DIGITS - 1]}_{digits}"
