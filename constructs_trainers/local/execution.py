"""One execution of a deployed state machine: how it may start, and watched until it ends."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from constructs_trainers.workflows.sizes import MOST_PAYLOAD_BYTES
from constructs_trainers.workflows.training_failure import training_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_trainers.local.cdk_cli import Progress

_POLL_SECONDS: Final = 0.1
# API reference, StartExecution: name.
_LONGEST_NAME: Final = 80
_ILLEGAL: Final = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What came of an execution.

    Attributes:
        status: ``SUCCEEDED``, ``FAILED``, ``ABORTED``, or ``TIMED_OUT`` when it was given up.
        error: The error's name, or None.
        cause: What led to the error, or None.
        output: The execution's output, or None.
        requests: Every CreateTrainingJob that SageMaker received, rejected ones included.
        execution_arn: The execution.
    """

    status: str
    error: str | None = None
    cause: str | None = None
    output: Any = None
    requests: Sequence[Mapping[str, Any]] = ()
    execution_arn: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the execution succeeded."""
        return self.status == "SUCCEEDED"


def run_execution(
    client: Any,  # noqa: ANN401 - boto3 makes the classes of its clients at run time
    state_machine_arn: str,
    execution_input: Mapping[str, object],
    *,
    timeout: float,
    progress: Progress,
) -> RunResult:
    """Start an execution and follow it to its end.

    Args:
        client: A Step Functions client of boto3.
        state_machine_arn: What to run.
        execution_input: Its input.
        timeout: Seconds after which the execution is stopped.
        progress: Is given a line for each state and each change of the job's status.

    Returns:
        How it ended, without the requests.
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
        if execution["status"] != "RUNNING":
            succeeded = execution["status"] == "SUCCEEDED"
            return RunResult(
                status=execution["status"],
                error=execution.get("error"),
                cause=execution.get("cause"),
                # The engine repeats the error of a failed execution as its output; AWS gives none.
                output=json.loads(execution["output"]) if succeeded else None,
                execution_arn=arn,
            )
        if time.monotonic() > deadline:
            cause = f"The execution did not end within {timeout:g} s"
            client.stop_execution(executionArn=arn, error="States.Timeout", cause=cause)
            return RunResult(
                status="TIMED_OUT", error="States.Timeout", cause=cause, execution_arn=arn
            )
        time.sleep(_POLL_SECONDS)


def refusal(request: Mapping[str, Any]) -> tuple[str, str] | None:
    """What StartExecution refuses, where ministack takes it: error and message, or None."""
    name = request.get("name")
    if name is not None and (not 1 <= len(name) <= _LONGEST_NAME or _ILLEGAL.search(name)):
        return "InvalidName", f"Invalid Name: '{name}'"
    given = request.get("input", "{}")
    try:
        read_json(given)
    except ValueError as error:
        return "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
    if len(given.encode()) > MOST_PAYLOAD_BYTES:
        message = f"the input has more than {MOST_PAYLOAD_BYTES:,} bytes"
        return "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{message}'"
    return None


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value of JSON as the standard has it: without NaN and infinities.

    Raises:
        ValueError: It is none, or is nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def failure_in_words(error: str | None, cause: str | None) -> str:
    """Error and Cause; of an execution that was waited for, its own."""
    with suppress(ValueError):
        inner = training_failure(cause or "")
        return f"{error} in {inner.execution_arn}: {inner.error}: {inner.cause}"
    return f"{error}: {cause}"


@dataclass
class _HistoryWatch:
    """Turns what is new in an execution's history into lines."""

    client: Any
    arn: str
    seen: int = 0
    job_status: str | None = None

    def new_lines(self) -> Iterator[str]:
        history = self.client.get_paginator("get_execution_history")
        for page in history.paginate(executionArn=self.arn, includeExecutionData=True):
            for event in page["events"]:
                if event["id"] > self.seen:
                    self.seen = event["id"]
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
            if status is not None and status != self.job_status:
                self.job_status = status
                yield f"    job {status}"


def _job_status(result: object) -> str | None:
    if not isinstance(result, dict) or "TrainingJobStatus" not in result:
        return None
    status, phase = result["TrainingJobStatus"], result.get("SecondaryStatus")
    text = status if phase in {None, status} else f"{status}: {phase}"
    reason = result.get("FailureReason")
    return f"{text} ({reason})" if reason else text
