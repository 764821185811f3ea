"""Executions as Step Functions documents them, where ministack does otherwise.

An execution that was stopped makes no further call; it can be redriven; and its status events tell
how often it was (Step Functions developer guide, "Redriving executions"). What may be stopped is
told by scopes, one inside the other: an execution, a task's time, the branches of a state. Threads
that ministack starts take the scope along that they were started in. Like :mod:`hooks` this
reaches into ministack's private names, which a test holds against the pinned version.
"""

from __future__ import annotations

import contextvars
import copy
import json
import threading
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ministack import app
from ministack.core.responses import error_response_json, json_response, now_iso
from ministack.services import eventbridge, stepfunctions

from constructs_trainers.local.deletion_hooks import (
    SILENT,
    definition_of_execution,
    is_being_deleted,
)
from constructs_trainers.local.execution import refusal
from constructs_trainers.workflows.sizes import MOST_PAYLOAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Json = dict[str, Any]

_RUNNING: Final = "RUNNING"
_REDRIVES: Final = "redriveCount"
# How ministack runs the states of each type; those of the second group make calls.
_QUIET: Final = {"Pass": "_execute_pass", "Choice": "_execute_choice", "Wait": "_execute_wait"}
_CALLING: Final = {"Task": "_execute_task", "Parallel": "_execute_parallel", "Map": "_execute_map"}

_ministack_add_event = stepfunctions._add_event
_ministack_describe_for = stepfunctions._describe_state_machine_for_execution
_ministack_start = stepfunctions._start_execution
_ministack_handler = app.SERVICE_HANDLERS["states"]


class DeletedError(Exception):
    """Ends an execution whose machine is being deleted."""


class StoppedError(SystemExit):
    """Ends a thread, and nothing but the thread, when what it worked for was stopped."""


@dataclass(frozen=True)
class Scope:
    """Something that may be stopped while a thread works for it.

    Attributes:
        ended: Tells whether it was stopped, or is at its end.
        outer: What it is part of.
    """

    ended: Callable[[], bool]
    outer: Scope | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more may happen in it."""
        return self.ended() or (self.outer is not None and self.outer.over)


CURRENT: Final[ContextVar[Scope | None]] = ContextVar("CURRENT", default=None)
"""What the running thread works for."""


def stop_if_over() -> None:
    """End the thread when what it works for is over.

    Raises:
        StoppedError: It is.
    """
    scope = CURRENT.get()
    if scope is not None and scope.over:
        raise StoppedError


@dataclass(frozen=True)
class _Point:
    """Where an execution is: what a redrive goes on from."""

    state: str
    data: Any
    context: _Json


@dataclass(frozen=True)
class _Run:
    """An execution from its start or a redrive to its end or the next redrive."""

    execution: _Json
    redrives: int

    @property
    def over(self) -> bool:
        """Whether nothing more may happen in it."""
        status, redrives = self.execution["status"], self.execution.get(_REDRIVES, 0)
        return (status, redrives) != (_RUNNING, self.redrives)


_run: ContextVar[_Run | None] = ContextVar("run", default=None)
# By ARN: the definition that an execution began with, and the state that it entered last.
_definitions: Final[dict[str, _Json]] = {}
_points: Final[dict[str, _Point]] = {}


async def handle(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
) -> Any:  # noqa: ANN401 - ministack's own answers
    """Answer a call of Step Functions' API."""
    if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
        return stepfunctions._finalize_response(_redrive_execution(json.loads(body)))
    return await _ministack_handler(method, path, headers, body, query)


def _start_execution(request: _Json) -> Any:  # noqa: ANN401 - as above
    """Start an execution; the same request while it runs is answered as the first one was."""
    wrong = refusal(request)
    if wrong is not None:
        return error_response_json(*wrong, 400)
    answer = _ministack_start(request)
    code = json.loads(answer[2]).get("__type")
    if code != "ExecutionAlreadyExists":
        return answer
    machine = stepfunctions._resolve_state_machine_arn(request["stateMachineArn"])
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{request['name']}"
    execution = stepfunctions._executions.get(arn)
    same = execution is not None and execution["input"] == request.get("input", "{}")
    if not same or execution["status"] != _RUNNING:
        return answer
    return json_response({"executionArn": arn, "startDate": execution["startDate"]})


def _describe_state_machine_for_execution(request: _Json) -> Any:  # noqa: ANN401 - as above
    answer = _ministack_describe_for(request)
    return definition_of_execution(answer, _definitions.get(request.get("executionArn", "")))


def _redrive_execution(request: _Json) -> Any:  # noqa: ANN401 - as above
    arn = request.get("executionArn", "")
    execution = stepfunctions._executions.get(arn)
    if execution is None:
        return error_response_json("ExecutionDoesNotExist", f"Execution {arn} not found", 400)
    if execution["status"] in {_RUNNING, "SUCCEEDED"} or arn not in _points:
        message = f"Execution is {execution['status']} and cannot be redriven"
        return error_response_json("ExecutionNotRedrivable", message, 400)
    redriven = now_iso()
    redrives = execution.get(_REDRIVES, 0) + 1
    execution.update(dict.fromkeys(("stopDate", "error", "cause", "output")))
    execution.update({"redriveDate": redriven, _REDRIVES: redrives, "status": _RUNNING})
    details = {"executionRedrivenEventDetails": {_REDRIVES: redrives}}
    _ministack_add_event(execution, "ExecutionRedriven", details)
    _emit_status(execution)
    scope = contextvars.copy_context()
    threading.Thread(target=scope.run, args=(_run_execution, arn), daemon=True).start()
    return json_response({"redriveDate": redriven})


def _run_execution(arn: str) -> None:
    """Run an execution to its end, from where it was."""
    execution = stepfunctions._executions[arn]
    run = _Run(execution, execution.get(_REDRIVES, 0))
    _run.set(run)
    CURRENT.set(Scope(lambda: run.over))
    try:
        output = _walk(run, arn, _points.get(arn) or _beginning(arn, execution))
    except DeletedError:
        _end(run, "Aborted", is_told=not SILENT.is_set())
    except stepfunctions._ExecutionError as error:
        _end(run, "Failed", error=error.error, cause=error.cause)
    except Exception as error:  # noqa: BLE001 - whatever it is, the execution ends with it
        _end(run, "Failed", error="States.Runtime", cause=str(error))
    else:
        _end(run, "Succeeded", output=json.dumps(output))


def _beginning(arn: str, execution: _Json) -> _Point:
    machine = stepfunctions._state_machines[execution["stateMachineArn"]]
    definition = _definitions[arn] = json.loads(machine["definition"])
    data = json.loads(execution["input"])
    context = {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": arn,
            "Input": data,
            "Name": execution["name"],
            "StartTime": execution["startDate"],
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        "variables": {},
    }
    return _Point(definition["StartAt"], data, context)


def _walk(run: _Run, arn: str, point: _Point) -> object:
    """Go from state to state, and give the output of the last."""
    states = _definitions[arn]["States"]
    name: str | None = point.state
    data, context = point.data, copy.deepcopy(point.context)
    context["Execution"]["RedriveCount"] = run.redrives
    while name is not None:
        if is_being_deleted(run.execution["stateMachineArn"]):
            raise DeletedError
        state, kind = states[name], states[name]["Type"]
        context["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
        entered = {"name": name, "input": json.dumps(data)}
        _add_event(run.execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
        # A copy: a state whose execution was stopped may still assign when its wait is over.
        _points[arn] = _Point(name, data, copy.deepcopy(context))
        if kind == "Fail":
            raise stepfunctions._ExecutionError(
                *stepfunctions._fail_state_error(state, data, context)
            )
        name, data = _execute(kind, state, data, run.execution, context)
        exited = {"name": context["State"]["Name"], "output": _handed_on(data)}
        _add_event(run.execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
    return data


def _handed_on(data: object) -> str:
    """A state's output, which is the next one's input."""
    output = json.dumps(data)
    if len(output.encode()) > MOST_PAYLOAD_BYTES:
        what = f"A state handed on more than {MOST_PAYLOAD_BYTES:,} bytes"
        raise stepfunctions._ExecutionError("States.DataLimitExceeded", what)
    return output


def _execute(
    kind: str, state: _Json, data: object, execution: _Json, context: _Json
) -> tuple[str | None, Any]:
    if kind == "Succeed":
        selected = stepfunctions._apply_input_path(state, data, context)
        return None, stepfunctions._apply_output_path(state, selected, context)
    if kind in _CALLING:
        execute = getattr(stepfunctions, _CALLING[kind])
        output, following = execute(state, data, execution, context)
    else:
        output, following = getattr(stepfunctions, _QUIET[kind])(state, data, context)
    return following, output


def _end(run: _Run, how: str, *, is_told: bool = True, **result: str) -> None:
    if run.over:
        return
    run.execution.update({"status": how.upper(), "stopDate": now_iso(), **result})
    _ministack_add_event(run.execution, f"Execution{how}", {f"execution{how}EventDetails": result})
    if is_told:
        _emit_status(run.execution)


def _add_event(execution: _Json, kind: str, details: _Json | None = None) -> object:
    """Add to the history, unless the execution is over: then what was about to happen does not."""
    run = _run.get()
    if run is not None and run.execution is execution:
        stop_if_over()
    return _ministack_add_event(execution, kind, details)


def _emit_status(execution: _Json) -> None:
    """Tell EventBridge of the execution's status."""
    times = {
        name: stepfunctions._iso_to_epoch_ms(execution.get(name))
        for name in ("startDate", "stopDate", "redriveDate")
    }
    members = ("executionArn", "stateMachineArn", "name", "status", "input", "output")
    detail = {name: execution.get(name) for name in (*members, "error", "cause")} | times
    detail[_REDRIVES] = execution.get(_REDRIVES, 0)
    entry = {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Detail": json.dumps(detail),
        "Resources": [execution["executionArn"]],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


REPLACED: Final[Mapping[str, Callable[..., Any]]] = {
    "_run_execution": _run_execution,
    "_add_event": _add_event,
    "_emit_execution_status_event": _emit_status,
    "_start_execution": _start_execution,
    "_describe_state_machine_for_execution": _describe_state_machine_for_execution,
}
"""ministack's functions of Step Functions by name, with what takes their place."""
