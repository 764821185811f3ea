"""One execution of a deployed state machine, watched until it ends."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.workflows.training_failure import training_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_trainers.local.cdk_cli import Progress

_POLL_SECONDS: Final = 0.1
_RUNNING: Final = "RUNNING"
TIMED_OUT: Final = "TIMED_OUT"


@dataclass(frozen=True, kw_only=True)
class ExecutionEnd:
    """How an execution ended.

    Attributes:
        arn: The execution.
        status: ``SUCCEEDED``, ``FAILED``, ``ABORTED``, or ``TIMED_OUT`` when it was given up.
        error: The error's name, unless it succeeded.
        cause: What led to it.
        output: The output, unless it failed.
    """

    arn: str
    status: str
    error: str | None = None
    cause: str | None = None
    output: Any = None


def run_execution(
    client: Any,  # noqa: ANN401 - boto3 makes the classes of its clients at run time
    state_machine_arn: str,
    execution_input: Mapping[str, object],
    *,
    timeout: float,
    progress: Progress,
) -> ExecutionEnd:
    """Start an execution and follow it to its end.

    Args:
        client: A Step Functions client of boto3.
        state_machine_arn: What to run.
        execution_input: Its input.
        timeout: Seconds after which the execution is stopped.
        progress: Is given a line for each state and each change of the job's status.
    """
    started = client.start_execution(
        stateMachineArn=state_machine_arn, input=json.dumps(execution_input)
    )
    arn = started["executionArn"]
    deadline = time.monotonic() + timeout
    watch = _HistoryWatch(client, arn)
    while True:
        # Asked before the history is read: nothing can be added to it after the end.
        execution = client.describe_execution(executionArn=arn)
        for line in watch.new_lines():
            progress(line)
        if execution["status"] != _RUNNING:
            return _end(arn, execution)
        if time.monotonic() > deadline:
            cause = f"The execution did not end within {timeout:g} s"
            client.stop_execution(executionArn=arn, error="States.Timeout", cause=cause)
            return ExecutionEnd(arn=arn, status=TIMED_OUT, error="States.Timeout", cause=cause)
        time.sleep(_POLL_SECONDS)


def failure_in_words(error: str | None, cause: str | None) -> str:
    """Error and Cause; of an execution that was waited for, its own.

    Args:
        error: The error's name.
        cause: What led to it.
    """
    with suppress(ValueError):
        inner = training_failure(cause or "")
        return f"{error} in {inner.execution_arn}: {inner.error}: {inner.cause}"
    return f"{error}: {cause}"


class _HistoryWatch:
    """Turns what is new in an execution's history into lines."""

    def __init__(self, client: Any, arn: str) -> None:  # noqa: ANN401 - as above
        self._client = client
        self._arn = arn
        self._seen = 0
        self._job_status: str | None = None

    def new_lines(self) -> Iterator[str]:
        history = self._client.get_paginator("get_execution_history")
        for page in history.paginate(executionArn=self._arn, includeExecutionData=True):
            for event in page["events"]:
                if event["id"] > self._seen:
                    self._seen = event["id"]
                    yield from self._lines(event)

    def _lines(self, event: Mapping[str, Any]) -> Iterator[str]:
        if event["type"].endswith("StateEntered"):
            yield f"  {event['stateEnteredEventDetails']['name']}"
        elif event["type"] == "TaskFailed":
            details = event["taskFailedEventDetails"]
            yield f"    {failure_in_words(details.get('error'), details.get('cause'))}"
        elif event["type"] == "TaskSucceeded":
            result = json.loads(event["taskSucceededEventDetails"].get("output") or "null")
            status = _job_status(result)
            if status is not None and status != self._job_status:
                self._job_status = status
                yield f"    job {status}"


def _job_status(result: object) -> str | None:
    if not isinstance(result, dict) or "TrainingJobStatus" not in result:
        return None
    status, phase = result["TrainingJobStatus"], result.get("SecondaryStatus")
    text = status if phase in {None, status} else f"{status}: {phase}"
    reason = result.get("FailureReason")
    return f"{text} ({reason})" if reason else text


def _end(arn: str, execution: Mapping[str, Any]) -> ExecutionEnd:
    succeeded = execution["status"] == "SUCCEEDED"
    return ExecutionEnd(
        arn=arn,
        status=execution["status"],
        error=execution.get("error"),
        cause=execution.get("cause"),
        # The engine repeats the error of a failed execution as its output; AWS gives none.
        output=json.loads(execution["output"]) if succeeded else None,
    )
