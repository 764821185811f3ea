"""State machines that are deleted while they run, as Step Functions documents it.

The machine is ``DELETING`` until all its executions are over, and each of them ends at its next
transition (API reference, DeleteStateMachine). CloudFormation waits for that (the handler of
``AWS::StepFunctions::StateMachine``, which is public). Whether these ends are told to EventBridge
is not documented: a plan decides. Like :mod:`hooks` this reaches into ministack's private names,
which a test holds against the pinned version.
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from ministack.services import stepfunctions
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MACHINE_TYPE: Final = "AWS::StepFunctions::StateMachine"

SILENT: Final = threading.Event()
"""Set while executions that end because their machine is deleted are told to nobody."""

_POLL_SECONDS: Final = 0.02
# Longer than any wait that the engine does not shorten; then the machine goes all the same.
_LONGEST_SECONDS: Final = 60
_deleting: Final[set[str]] = set()

_ministack_delete = stepfunctions._delete_state_machine


def is_being_deleted(machine_arn: str) -> bool:
    """Whether executions of a machine end at their next transition."""
    return machine_arn in _deleting


def _delete_state_machine(request: Mapping[str, Any]) -> Any:  # noqa: ANN401 - ministack's own answers
    """Begin to delete a machine."""
    arn = request.get("stateMachineArn", "")
    machine = stepfunctions._state_machines.get(arn)
    if machine is None:
        return _ministack_delete(request)
    machine["status"] = "DELETING"
    _deleting.add(arn)
    # ministack keeps accounts and regions apart by what the thread works for.
    scope = contextvars.copy_context()
    threading.Thread(target=scope.run, args=(_finish, arn), daemon=True).start()
    return stepfunctions.json_response({})


def _finish(arn: str) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while _is_running(arn) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    # Its executions can still be described: their histories are kept.
    stepfunctions._state_machines.pop(arn, None)
    stepfunctions._tags.pop(arn, None)
    _deleting.discard(arn)


def _is_running(arn: str) -> bool:
    executions = list(stepfunctions._executions.values())
    return any(e["stateMachineArn"] == arn and e["status"] == "RUNNING" for e in executions)


def delete_resource(physical_id: str, _properties: Mapping[str, Any] | None = None) -> None:
    """What CloudFormation does to delete a machine: it waits for its end."""
    _delete_state_machine({"stateMachineArn": physical_id})
    while physical_id in stepfunctions._state_machines:
        time.sleep(_POLL_SECONDS)


def replace_resource() -> None:
    """Let CloudFormation wait for a machine's end."""
    _RESOURCE_HANDLERS[MACHINE_TYPE]["delete"] = delete_resource


def definition_of_execution(
    answer: tuple[int, dict[str, str], bytes], definition: Mapping[str, Any] | None
) -> Any:  # noqa: ANN401 - as above
    """DescribeStateMachineForExecution: what the execution began with, whatever came since."""
    status, _, body = answer
    if status >= 400 or definition is None:  # noqa: PLR2004 - HTTP's errors
        return answer
    return stepfunctions.json_response(json.loads(body) | {"definition": json.dumps(definition)})


REPLACED: Final[Mapping[str, Callable[..., Any]]] = {"_delete_state_machine": _delete_state_machine}
"""ministack's functions of Step Functions by name, with what takes their place."""
