"""The name of a training job: ``<stem>-<12 hex digits>-<attempt>``.

The digits are of a hash over the execution's ARN, its start, its redrive count and the attempt.
So a name is new for each attempt, and anyone who knows the execution can compute it again. Start
is in milliseconds since 1970, the form in which EventBridge gives it.
"""

from __future__ import annotations

from constructs_trainers.values.job_names import MAX_STEM, NAME_DIGITS
from constructs_trainers.values.tokens import is_token
from constructs_trainers.workflows.variables import ATTEMPT, STEM

_EXECUTION = "$states.context.Execution"


def job_name(stem: str) -> str:
    """The JSONata for the name of the job of this execution and attempt.

    Args:
        stem: What the variable ``STEM`` holds. A literal must be valid as it is; one that holds a
            CDK token is made valid when the machine runs.
    """
    return name_of_attempt(
        stem_in_form(STEM) if is_token(stem) else STEM,
        execution_arn=f"{_EXECUTION}.Id",
        start=f"$toMillis({_EXECUTION}.StartTime)",
        redrive_count=redrive_count(),
        attempt=ATTEMPT,
    )


def name_of_attempt(
    stem: str, *, execution_arn: str, start: str, redrive_count: str, attempt: str
) -> str:
    """The JSONata for a job's name, for whoever knows the execution.

    Args:
        stem: JSONata for what the name begins with, in form.
        execution_arn: JSONata for the execution's ARN.
        start: JSONata for its start, in milliseconds since 1970.
        redrive_count: JSONata for how often it was redriven before the job was named.
        attempt: JSONata for the number of the attempt.
    """
    parts = [execution_arn, *(f"$string({part})" for part in (start, redrive_count, attempt))]
    identity = f"$join([{', '.join(parts)}], '/')"
    digits = f"$substring($hash({identity}, 'SHA-256'), 0, {NAME_DIGITS})"
    return f"{stem} & '-' & {digits} & '-' & $string({attempt})"


def stem_in_form(value: str) -> str:
    """The JSONata that brings any text into a form that names may begin with.

    SageMaker takes letters, digits and inner hyphens; a leading ``job-`` keeps any text valid. A
    stem that is valid already stays as it is, so that who is told a stem need not know whether it
    was a literal: sign by sign, because two hyphens in a row are valid.

    Args:
        value: JSONata for the text.
    """
    signs = f"$replace($lowercase({value}), /[^a-z0-9-]/, '-')"
    cut = f"$replace($substring($replace({signs}, /^-+/, 'job-'), 0, {MAX_STEM}), /-+$/, '')"
    return f"($legal := {cut}; $legal = '' ? 'job' : $legal)"


def redrive_count() -> str:
    """The JSONata for how often the execution was redriven."""
    return f"($exists({_EXECUTION}.RedriveCount) ? {_EXECUTION}.RedriveCount : 0)"
