"""The events that SageMaker sends about training jobs: which to match, and what to say of them.

Source of the events' form: SageMaker developer guide, "Events that Amazon SageMaker AI sends to
Amazon EventBridge", training job state change. Its ``TrainingJobName``, ``TrainingJobArn``,
``TrainingJobStatus`` and ``RoleArn`` are those of DescribeTrainingJob.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import Problem
from constructs_trainers.values.job_names import certain_start
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, mask_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

JOB_STATUSES = ("Completed", "Deleting", "Failed", "InProgress", "Stopped", "Stopping")
"""API reference: DescribeTrainingJob, TrainingJobStatus, which the event repeats. The SageMaker
Python SDK takes four of them: Completed, Failed, InProgress and Stopped."""

DETAIL_TYPE = "SageMaker Training Job State Change"
"""What EventBridge calls the events."""

MESSAGE_PATHS = {
    "job_name": "$.detail.TrainingJobName",
    "status": "$.detail.TrainingJobStatus",
    "time": "$.time",
    "region": "$.region",
    "account": "$.account",
    "failure_reason": "$.detail.FailureReason",
}
"""The input paths of :func:`message_template`: its variables, each with its place in an event."""

_CONSOLES = (("cn-", "console.amazonaws.cn"), ("us-gov-", "console.amazonaws-us-gov.com"))


def job_event_pattern(
    *,
    statuses: Sequence[str],
    stem: str,
    role_arn: str,
    job_arn_start: str,
    name_prefix: str | None = None,
) -> dict[str, Any]:
    """The event pattern for the jobs of one trainer.

    A job is named ``<stem>-<12 hex digits>-<attempt>``, so a prefix alone would take ``chat``'s
    jobs and those of ``chat-large`` for the same. EventBridge knows no single-character wildcard,
    and lists are alternatives, so the second condition stands on the job's ARN: no third hyphen
    after the stem. Where two trainers share a stem (it is model and technique by default), the
    jobs' role tells them apart. A stem that is only known at deployment is brought into form by
    the state machine and no pattern can follow it: there the role decides, and what is literal
    at the stem's start.

    Args:
        statuses: The states that are of interest, in the API's spelling, or CDK tokens.
        stem: What the names of the jobs begin with, as the state machine is given it.
        role_arn: The role that the jobs work under.
        job_arn_start: The ARN of a job up to its name.
        name_prefix: A prefix that narrows the jobs further; see :func:`name_prefix_problems`.
    """
    detail: dict[str, Any] = {
        "TrainingJobStatus": list(statuses),
        "RoleArn": [role_arn],
    }
    pattern: dict[str, Any] = {
        "source": ["aws.sagemaker"],
        "detail-type": [DETAIL_TYPE],
        "detail": detail,
    }
    start = certain_start(stem)
    if UNKNOWN not in mask_tokens(stem):
        others = {"wildcard": f"{job_arn_start}{stem}-*-*-*"}
        detail["TrainingJobArn"] = [{"anything-but": others}]
    if name_prefix and UNKNOWN in mask_tokens(name_prefix):
        # A field takes one condition at a time; the ARN at the top of an event is the job's too.
        pattern["resources"] = [{"prefix": f"{job_arn_start}{name_prefix}"}]
    elif name_prefix and len(name_prefix) > len(start):
        start = name_prefix
    if start:
        detail["TrainingJobName"] = [{"prefix": start}]
    return pattern


def name_prefix_problems(path: str, prefix: str, stem: str) -> list[Problem]:
    """What is wrong with a prefix of job names, given what the names are.

    The SageMaker Python SDK has one rule for all jobs of an account, which a prefix narrows. The
    names of one trainer's jobs differ only in random digits, so a prefix takes all or none.

    Args:
        path: Where it was written.
        prefix: The prefix, or CDK tokens.
        stem: What the names of the jobs begin with, as the state machine is given it.
    """
    start = certain_start(stem)
    has_token = UNKNOWN in mask_tokens(stem)
    if UNKNOWN in mask_tokens(prefix) or start.startswith(prefix):
        return []
    if has_token and prefix.startswith(start):
        return []
    names = f"{start}..." if has_token else f"{stem}-<12 hex digits>-<attempt>"
    folded = prefix.lower()
    return [
        Problem(
            path=path,
            message="matches no job of this trainer, or only some by chance",
            got=short_repr(prefix),
            allowed=f"the start of what its jobs are named: {names}",
            fix=f"write '{folded}'"
            if start.startswith(folded)
            else "leave it out: only this trainer's jobs are notified of; "
            "base_job_name sets what their names begin with",
        )
    ]


def message_template(region: str) -> str:
    """The message about an event, with the variables of :data:`MESSAGE_PATHS` in angle brackets.

    Its keys are those of the SageMaker Python SDK. Every variable stands in quotes: only a failed
    job's event has a FailureReason, and EventBridge puts nothing for what an event does not have.

    Args:
        region: The region of the jobs, or a CDK token.
    """
    console = next((c for start, c in _CONSOLES if region.startswith(start)), None)
    host = f"<region>.{console or 'console.aws.amazon.com'}"
    return json.dumps(
        {
            "Job": "<job_name>",
            "Status": "<status>",
            "Time": "<time>",
            "Region": "<region>",
            "Account": "<account>",
            "Failure Reason": "<failure_reason>",
            "Console": f"https://{host}/sagemaker/home?region=<region>#/jobs/<job_name>",
        }
    )
