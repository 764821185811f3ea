"""Evaluating the JSONata of a state machine, with what Step Functions adds to the language."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import jsonata

if TYPE_CHECKING:
    from collections.abc import Mapping

EXECUTION = "arn:aws:states:us-west-2:123456789012:execution:Machine:run_1.a"


def evaluate(expression: str, **variables: object) -> Any:  # noqa: ANN401 - any JSON value
    """The value of an expression, its ``{% %}`` included.

    Args:
        expression: As it stands in a state.
        variables: Variables without their ``$``.
    """
    code = expression.removeprefix("{%").removesuffix("%}")
    compiled = jsonata.Jsonata(code)
    compiled.register_lambda("hash", _hash)
    frame = compiled.create_frame()
    for name, value in variables.items():
        frame.bind(name, value)
    return compiled.evaluate({}, frame)


def states(execution_input: object, **execution: object) -> Mapping[str, object]:
    """The variable ``$states`` of an execution."""
    context = {
        "Id": EXECUTION,
        "Input": execution_input,
        "StartTime": "2026-01-02T03:04:05.678Z",
        "RedriveCount": 0,
        **execution,
    }
    return {"context": {"Execution": context}, "input": execution_input}


def _hash(text: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", "").lower(), text.encode()).hexdigest()
