"""The state with which another machine runs a trainer's machine: ``startExecution``.

In JSONata whatever the other machine speaks: a state may have a query language of its own, and its
variables can be read in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.values.expressions import Expression
from constructs_trainers.workflows.asl import catch_all, integration, retry
from constructs_trainers.workflows.job_name import redrive_count
from constructs_trainers.workflows.jsonata import as_asl, expression, text
from constructs_trainers.workflows.variables import STARTED_BY, variable_of_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.workflows.asl import State

WAIT_TIMED_OUT = "TrainingWaitTimedOut"
"""The error of a state that waited for training longer than it was told to."""

_NAME = "executionName_"
LONGEST_NAME: Final = 70
"""What a state's name may have: 80 characters, of which states inside add their own word.

Developer guide, "State machine structure".
"""

_INNER = ("Run", "Stop", "TimedOut")
# API reference, StartExecution: a name has at most 80 characters; the digits take 13 of them.
_LONGEST_START = 60
_STATES = "$states.context"


@dataclass(frozen=True, kw_only=True)
class TrainTask:
    """A run of a trainer's machine, as a state of another one.

    Attributes:
        name: The state's name; the names of states inside it begin with it.
        machine_arn: The trainer's machine.
        execution_input: The input of its execution; an :class:`Expression` as a whole or inside.
        wait: Whether the state ends with the training, and not with its start.
        logs: Whether the output has ``LogsUrl``.
        wait_timeout: Seconds after which the training is stopped; None for no bound.
    """

    name: str
    machine_arn: str
    execution_input: Mapping[str, object] | Expression
    wait: bool = True
    logs: bool = True
    wait_timeout: int | None = None

    @property
    def inner_names(self) -> list[str]:
        """The names of the states inside it. A name is unique in the whole of a machine."""
        if not self.wait or self.wait_timeout is None:
            return []
        return inner_names(self.name)

    def state(self, *, assign: Mapping[str, object] | None = None) -> State:
        """The state, without what comes after it.

        Args:
            assign: Variables to set when it succeeds; ``$output`` in an :class:`Expression` is
                the output of the training.
        """
        if self.wait and self.wait_timeout is not None:
            return self._bounded(assign or {}, self.wait_timeout)
        task = self._task(self._execution_name())
        result = "$states.result.Output" if self.wait else "$states.result"
        return {**task, "Output": self._output(result), **self._assign(result, assign or {})}

    def _task(self, name: str) -> State:
        given = self.execution_input
        return {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": integration(f"states:startExecution{'.sync:2' if self.wait else ''}"),
            "Arguments": {
                "StateMachineArn": self.machine_arn,
                "Name": expression(name),
                "Input": as_asl(_started_by(given)),
            },
        }

    def _bounded(self, assign: Mapping[str, object], seconds: int) -> State:
        """Whether Step Functions stops a task that timed out is not documented, so states do.

        A Parallel state with one branch is one state to those around it.
        """
        run, stop, fail = inner_names(self.name)
        # The state that starts the execution makes its name: a redrive runs no state again that
        # succeeded. What stops it knows it by a variable, whose name no outer scope may use.
        name = f"${self._name_variable()}"
        execution = (
            f"$replace({text(self.machine_arn)}, ':stateMachine:', ':execution:') & ':' & {name}"
        )
        task = self._task(self._execution_name())
        stop_state: State = {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": integration("aws-sdk:sfn:stopExecution"),
            "Arguments": {
                "ExecutionArn": expression(execution),
                "Error": WAIT_TIMED_OUT,
                "Cause": f"The workflow that started this execution waited {seconds} seconds.",
            },
            "Retry": [retry(["States.ALL"], seconds=2, attempts=5)],
            # An execution that cannot be stopped has ended by itself, or runs into its bound.
            "Catch": [catch_all(Next=fail)],
            "Next": fail,
        }
        cause = text(
            f"Training did not end within {seconds} seconds and was told to stop. Execution: "
        )
        states = {
            run: {
                **task,
                "TimeoutSeconds": seconds,
                "Output": expression("$states.result.Output"),
                "Catch": [
                    {
                        "ErrorEquals": ["States.Timeout"],
                        "Assign": {self._name_variable(): expression(self._execution_name())},
                        "Next": stop,
                    }
                ],
                "End": True,
            },
            stop: stop_state,
            fail: {
                "Type": "Fail",
                "QueryLanguage": "JSONata",
                "Error": WAIT_TIMED_OUT,
                "Cause": expression(f"{cause} & {execution}"),
            },
        }
        result = "$states.result[0]"
        return {
            "Type": "Parallel",
            "QueryLanguage": "JSONata",
            "Branches": [{"StartAt": run, "States": states}],
            "Output": self._output(result),
            **self._assign(result, assign),
        }

    def _name_variable(self) -> str:
        return variable_of_state(_NAME, self.name)

    def _execution_name(self) -> str:
        """One name for each time that the state is tried, and the same however often it is sent.

        Two items of a Map that are the same in all of this ask for the same training.
        """
        parts = [
            f"{_STATES}.Execution.Id",
            f"$string({redrive_count()})",
            text(self.name),
            f"{_STATES}.State.EnteredTime",
            f"$string({_STATES}.State.RetryCount)",
            f"($exists({_STATES}.Map) ? $string({_STATES}.Map.Item.Index) : '')",
            "$string($states.input)",
        ]
        digits = f"$substring($hash($join([{', '.join(parts)}], '/'), 'SHA-256'), 0, 12)"
        start = f"$replace({_STATES}.Execution.Name, /[^a-zA-Z0-9_-]/, '-')"
        return f"$substring({start}, 0, {_LONGEST_START}) & '-' & {digits}"

    def _output(self, result: str) -> str:
        if self.logs or not self.wait:
            return expression(result)
        return expression(f"$sift({result}, function($v, $k) {{ $k != 'LogsUrl' }})")

    def _assign(self, result: str, assign: Mapping[str, object]) -> State:
        if not assign:
            return {}
        return {
            "Assign": {
                name: expression(f"($output := {result}; {value.code})")
                if isinstance(value, Expression)
                else as_asl(value)
                for name, value in assign.items()
            }
        }


def inner_names(name: str) -> list[str]:
    """The names of the states inside a state of this name that waits for a bounded time."""
    return [f"{name} {step}" for step in _INNER]


def _started_by(given: Mapping[str, object] | Expression) -> object:
    """The console links the two executions by this member."""
    if isinstance(given, Expression):
        return Expression(f"$merge([{given.code}, {{'{STARTED_BY}': {_STATES}.Execution.Id}}])")
    return {**given, STARTED_BY: Expression(f"{_STATES}.Execution.Id")}
