"""What an execution that failed says: its Error, and a Cause as long as Step Functions takes it."""

from __future__ import annotations

from typing import Final

from constructs_trainers.workflows.jsonata import expression

# The errors an execution can end with. Fixed: users' own workflows catch them by name.
INVALID_EXECUTION_INPUT = "InvalidExecutionInput"
TRAINING_JOB_REJECTED = "TrainingJobRejected"
TRAINING_JOB_FAILED = "TrainingJobFailed"
TRAINING_JOB_STOPPED = "TrainingJobStopped"
TRAINING_JOB_TIMED_OUT = "TrainingJobTimedOut"

# API reference, ExecutionFailedEventDetails: 32,768 characters. What is in them may count twice.
_LONGEST_CAUSE: Final = 32_000
_MOST_TEXTS: Final = 20
_LONGEST_TEXT: Final = 1000


def cause(code: str) -> str:
    """A Cause as it stands in a Fail state, cut where it is too long."""
    return expression(f"$substring({code}, 0, {_LONGEST_CAUSE})")


def at_most_some(found: str) -> str:
    """JSONata for a list of texts that is short enough for a Cause.

    Of more than 20 texts only the number of the others is told.

    Args:
        found: JSONata, in parentheses or a variable, for a list of texts.
    """
    cut = f"function($text) {{ $substring($text, 0, {_LONGEST_TEXT}) }}"
    texts = f"$map({found}[[0..{_MOST_TEXTS - 1}]], {cut})"
    others = f"'and ' & $string($count({found}) - {_MOST_TEXTS}) & ' more'"
    return f"[{texts}, $count({found}) > {_MOST_TEXTS} ? {others} : ()]"
