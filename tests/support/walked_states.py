"""Walking through a definition as Step Functions does, with tasks that a test answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.jsonata_states import evaluate

Answer = Callable[[str, dict[str, Any]], object]

_MOST_STATES = 500


class TaskError(Exception):
    """A task fails.

    Args:
        error: The error's name.
        cause: What there is to say of it.
    """

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error, cause)
        self.output = {"Error": error, "Cause": cause}


@dataclass
class Walk:
    """An execution.

    Attributes:
        error: The error it ended with; None when it succeeded.
        cause: The error's cause.
        output: The output, when it succeeded.
        entered: The names of the states it entered, in order.
        waited: Seconds that it spent in Wait states.
    """

    error: str | None = None
    cause: str | None = None
    output: Any = None
    entered: list[str] = field(default_factory=list)
    waited: float = 0


def walk(
    definition: Mapping[str, Any],
    answer: Answer,
    *,
    execution_input: Mapping[str, Any] | None = None,
) -> Walk:
    """Run a definition of JSONata states to its end, with no time passing.

    Args:
        definition: The definition.
        answer: Gives what a task's resource answers to its arguments, or raises a TaskError.
        execution_input: The execution's input. Default: an empty object.
    """
    given = dict(execution_input or {})
    done = Walk()
    variables: dict[str, Any] = {}
    name: str | None = definition["StartAt"]
    while name is not None:
        assert len(done.entered) < _MOST_STATES, done.entered[-20:]
        done.entered.append(name)
        name = _enter(definition["States"][name], answer, variables, done, given)
    return done


def _enter(
    state: dict[str, Any],
    answer: Answer,
    variables: dict[str, Any],
    done: Walk,
    execution_input: object,
) -> str | None:
    def value(of: object, **known: object) -> Any:  # noqa: ANN401
        return _value(of, execution_input, {**variables, **known})

    rule = state
    known: dict[str, object] = {}
    if state["Type"] == "Fail":
        done.error, done.cause = state["Error"], value(state["Cause"])
        return None
    if state["Type"] == "Choice":
        fitting = [c for c in state["Choices"] if value(c["Condition"]) is True]
        rule = fitting[0] if fitting else {"Next": state["Default"]}
    elif state["Type"] == "Wait":
        done.waited += value(state["Seconds"])
    elif state["Type"] == "Task":
        rule, known = _work(state, answer, value(state["Arguments"]), done)
    # All of a state's variables are computed from those before it.
    assigned = {name: value(of, **known) for name, of in rule.get("Assign", {}).items()}
    if state.get("End"):
        done.output = value(state["Output"])
    variables |= assigned
    return rule.get("Next")


def _work(
    state: dict[str, Any], answer: Answer, arguments: dict[str, Any], done: Walk
) -> tuple[dict[str, Any], dict[str, object]]:
    retried: Counter[int] = Counter()
    while True:
        try:
            return state, {"result": answer(state["Resource"], arguments)}
        except TaskError as error:
            name = error.output["Error"]
            retriers = [
                (number, retrier)
                for number, retrier in enumerate(state.get("Retry", ()))
                if _names(retrier, name)
            ]
            if retriers and retried[retriers[0][0]] < retriers[0][1]["MaxAttempts"]:
                retried[retriers[0][0]] += 1
                continue
            for catcher in state.get("Catch", ()):
                if _names(catcher, name):
                    return catcher, {"errorOutput": error.output}
            done.error, done.cause = name, error.output["Cause"]
            return {}, {}


def _names(handler: Mapping[str, Any], error: str) -> bool:
    # What no handler can name: the developer guide on error names.
    wildcard = error not in {"States.Runtime", "States.DataLimitExceeded"}
    return error in handler["ErrorEquals"] or (wildcard and "States.ALL" in handler["ErrorEquals"])


def _value(of: object, execution_input: object, variables: dict[str, Any]) -> Any:  # noqa: ANN401
    if isinstance(of, str) and of.startswith("{%"):
        return evaluate(of, execution_input, **variables)
    if isinstance(of, Mapping):
        return {name: _value(inner, execution_input, variables) for name, inner in of.items()}
    if isinstance(of, list):
        return [_value(inner, execution_input, variables) for inner in of]
    return of
