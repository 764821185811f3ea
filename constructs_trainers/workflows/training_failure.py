"""What a workflow that runs trainers learns of a training that failed.

Step Functions reports a child execution that did not succeed as ``States.TaskFailed``, with the
child's DescribeExecution as JSON in the Cause. In it are the errors of ``cause``; of a child
that runs trainers itself, such as a pipeline, once more ``States.TaskFailed`` around them.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass

from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.cause import (
    TRAINING_JOB_FAILED,
    TRAINING_JOB_STOPPED,
    TRAINING_JOB_TIMED_OUT,
)
from constructs_trainers.workflows.jsonata import expression

# A child that was stopped, or ran too long, has no error of its own.
_BY_STATUS = {
    "FAILED": TRAINING_JOB_FAILED,
    "ABORTED": TRAINING_JOB_STOPPED,
    "TIMED_OUT": TRAINING_JOB_TIMED_OUT,
}
_TASK_FAILED = "States.TaskFailed"

# $parse of what is no JSON, such as a Cause that was cut off, would fail the workflow.
_IS_EXECUTION = r'/^\s*\{[\s\S]*"ExecutionArn"\s*:[\s\S]*\}\s*$/'
_READ = (
    "$read := function($error, $cause) {( "
    f"$child := $contains($string($cause), {_IS_EXECUTION}) ? $parse($cause) : {{}}; "
    f"$inner := $child.Error = '{_TASK_FAILED}' ? $read($child.Error, $child.Cause) : {{}}; "
    "$exists($inner.ExecutionArn) ? $inner "
    ": $exists($child.Status) and $exists($child.ExecutionArn) ? {"
    "'Error': $exists($child.Error) ? $child.Error "
    f": $lookup({json.dumps(_BY_STATUS)}, $child.Status), "
    "'Cause': $exists($child.Cause) ? $child.Cause : 'The execution is ' & $child.Status, "
    "'ExecutionArn': $child.ExecutionArn, 'Status': $child.Status} "
    ": {'Error': $error, 'Cause': $cause} )}; "
)
FAILURE_CODE = f"($caught := $states.errorOutput; {_READ}$read($caught.Error, $caught.Cause))"
"""JSONata, in a Catch, for the failure's ``Error``, ``Cause`` and, of a child, its execution."""

FAILURE = expression(FAILURE_CODE)
"""The same as it stands in a state."""


@dataclass(frozen=True, kw_only=True)
class TrainingFailure:
    """Why a training failed.

    Attributes:
        error: ``InvalidExecutionInput``, ``TrainingJobRejected``, ``TrainingJobFailed``,
            ``TrainingJobStopped`` or ``TrainingJobTimedOut``; or what Step Functions itself says
            of an execution, such as ``States.Runtime``.
        cause: What led to it, for a person.
        execution_arn: The execution of the trainer's machine.
        status: Its status: ``FAILED``, ``ABORTED`` or ``TIMED_OUT``.
    """

    error: str
    cause: str
    execution_arn: str
    status: str


def training_failure(cause: str) -> TrainingFailure:
    """Read the Cause of ``States.TaskFailed``, such as a Lambda function behind a Catch gets it.

    Of a pipeline that was run from another workflow it finds the training inside that failed.

    Args:
        cause: The Cause: the child's DescribeExecution as JSON.

    Raises:
        ValueError: It is something else.
    """
    try:
        child = json.loads(cause)
        status, execution_arn = child["Status"], child["ExecutionArn"]
    except (ValueError, TypeError, KeyError) as error:
        got = short_repr(cause)
        msg = f"expected the Cause of {_TASK_FAILED}, a child's execution as JSON; got {got}"
        raise ValueError(msg) from error
    if child.get("Error") == _TASK_FAILED:
        with suppress(ValueError):
            return training_failure(child.get("Cause"))
    return TrainingFailure(
        error=child.get("Error") or _BY_STATUS.get(status, TRAINING_JOB_FAILED),
        cause=child.get("Cause") or f"The execution is {status}",
        execution_arn=execution_arn,
        status=status,
    )
