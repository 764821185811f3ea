"""The name of a training job: ``<stem>-<12 hex digits>-<attempt>``.

The digits are of a hash over the execution's ARN, its start, its redrive count and the attempt.
So a name is new for each attempt, and anyone who knows the execution can compute it again. Start
is in milliseconds since 1970, the form in which EventBridge gives it.
"""

from __future__ import annotations

from constructs_trainers.values.job_names import MAX_STEM
from constructs_trainers.values.tokens import is_token
from constructs_trainers.workflows.jsonata import text
from constructs_trainers.workflows.variables import ATTEMPT

_EXECUTION = "$states.context.Execution"


def job_name(stem: str) -> str:
    """The JSONata for the name of the job of this execution and attempt.

    Args:
        stem: What the name begins with. A literal must be valid as it is; one that holds a CDK
            token is made valid when the machine runs.
    """
    parts = [
        f"{_EXECUTION}.Id",
        f"$string($toMillis({_EXECUTION}.StartTime))",
        f"$string({redrive_count()})",
        f"$string({ATTEMPT})",
    ]
    identity = f"$join([{', '.join(parts)}], '/')"
    digits = f"$substring($hash({identity}, 'SHA-256'), 0, 12)"
    return f"{_stem(stem)} & '-' & {digits} & '-' & $string({ATTEMPT})"


def redrive_count() -> str:
    """The JSONata for how often the execution was redriven."""
    return f"($exists({_EXECUTION}.RedriveCount) ? {_EXECUTION}.RedriveCount : 0)"


def _stem(stem: str) -> str:
    if not is_token(stem):
        return text(stem)
    # SageMaker takes letters, digits and inner hyphens; a leading 'job-' keeps any text valid.
    cleaned = f"$lowercase($replace({text(stem)}, /[^a-zA-Z0-9]+/, '-'))"
    cut = f"$replace($substring($replace({cleaned}, /^-+/, 'job-'), 0, {MAX_STEM}), /-+$/, '')"
    return f"($stem := {cut}; $stem = '' ? 'job' : $stem)"
