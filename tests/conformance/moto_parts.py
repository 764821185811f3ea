"""What of moto's interpreter is replaced, and why.

- JSONata goes to npm's implementation, with variables as data: moto leaves its own slot empty, and
  would paste variables into the text of an expression.
- Tasks go to a script, with AWS's names of errors: moto would call itself through boto3, with names
  of its own, and has no ``.sync`` for SageMaker.
- Wait states and retries are noted down in place of slept through.
- An error ``States.*`` may leave a Map state; moto takes such a name for a custom error's and
  refuses it.

These are private names of the one version that is locked.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name import custom_error_name
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.string import string_expression
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_sfn,
    state_task_service_unsupported,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function import wait_function
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

if TYPE_CHECKING:
    from collections.abc import Mapping


class TaskError(Exception):
    """A task fails.

    Args:
        name: The error as Step Functions calls it.
        cause: What it says.
    """

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(name, cause)
        self.name, self.cause = name, cause


class Host(Protocol):
    """What is asked in moto's place."""

    def value(self, code: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What comes of an expression."""

    def call(self, action: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """What a task is answered with."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""


_INTEGRATIONS = (
    state_task_service_aws_sdk.StateTaskServiceAwsSdk,
    state_task_service_sfn.StateTaskServiceSfn,
    state_task_service_unsupported.StateTaskServiceUnsupported,
)


def _failure(environment: Any, name: str, cause: str) -> Any:  # noqa: ANN401 - moto's own
    details = TaskFailedEventDetails(resource="", resourceType="", error=name, cause=cause)
    return FailureEventException(
        FailureEvent(
            env=environment,
            error_name=ErrorName(name),
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),
        )
    )


def replace_parts(host: Host) -> None:
    """Have moto ask the host."""
    _replace_expressions(host)
    _replace_tasks(host)
    _replace_waits(host)
    custom_error_name.CustomErrorName.__init__ = lambda self, error_name: ErrorName.__init__(
        self, error_name=error_name
    )


def _replace_expressions(host: Host) -> None:
    def evaluate(self: Any, env: Any) -> None:  # noqa: ANN401 - moto's own
        store = env.variable_store
        told = {
            key: value
            for key, value in env.states._states_data.items()
            if value is not None or key == "input"
        }
        known = {**store._outer_scope, **store._inner_scope, "states": told}
        found = host.value(self.expression, known)
        if "value" not in found:
            cause = f"{self.expression}: {found.get('error', 'it gives nothing')}"
            raise _failure(env, "States.QueryEvaluationError", cause)
        env.stack.append(found["value"])

    for kind in (string_expression.StringJSONata, string_expression.StringVariableSample):
        kind._eval_body = evaluate


def _replace_tasks(host: Host) -> None:
    def run_task(
        self: Any,  # noqa: ANN401 - moto's own
        env: Any,  # noqa: ANN401 - moto's own
        resource_runtime_part: object,
        normalised_parameters: dict[str, Any],
        state_credentials: object,
    ) -> None:
        del resource_runtime_part, state_credentials
        condition = self.resource.condition
        action = self.resource.api_action + (f".{condition}" if condition else "")
        arguments = dict(normalised_parameters)
        if isinstance(arguments.get("Input"), str):
            # Moto makes text of what a child is given; the state has it as JSON.
            arguments["Input"] = json.loads(arguments["Input"])
        try:
            env.stack.append(host.call(action, arguments))
        except TaskError as error:
            raise _failure(env, error.name, error.cause) from None

    for service in _INTEGRATIONS:
        service._eval_service_task = run_task
        service._validate_service_integration_is_supported = lambda _: None
        service._is_integration_pattern = lambda _: False


def _replace_waits(host: Host) -> None:
    def wait(self: object, env: object, wait_seconds: float) -> None:
        del self, env
        host.wait(wait_seconds)

    wait_function.WaitFunction._wait_interval = wait
    retrier_decl.time = SimpleNamespace(sleep=host.wait)
