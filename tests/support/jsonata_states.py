"""Evaluating the JSONata of states as Step Functions does."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from jsonata import Jsonata

EXECUTION = {
    "Id": "arn:aws:states:us-west-2:123456789012:execution:Sft:run-1",
    "StartTime": "2026-01-02T03:04:05.678Z",
    "RedriveCount": 0,
}


def evaluate(code: str, execution_input: object = None, **variables: object) -> Any:  # noqa: ANN401
    """The value of an expression in a state of an execution.

    Args:
        code: The expression, with or without ``{%`` and ``%}``.
        execution_input: The execution's input.
        variables: Workflow variables by name; ``execution`` replaces the context's Execution.
    """
    execution = variables.pop("execution", EXECUTION)
    assert isinstance(execution, dict)
    context = {"Execution": {**execution, "Input": execution_input}}
    states = {"context": context, "input": execution_input, **_states(variables)}
    compiled = Jsonata(code.removeprefix("{%").removesuffix("%}"))
    compiled.register_lambda("hash", _digest)
    compiled.register_lambda("parse", json.loads)
    frame = compiled.create_frame()
    frame.bind("states", states)
    for name, value in variables.items():
        frame.bind(name, value)
    # What leaves an expression is JSON.
    return json.loads(json.dumps(compiled.evaluate(None, frame)))


def _states(variables: dict[str, object]) -> dict[str, object]:
    names = ("result", "errorOutput")
    return {name: variables.pop(name) for name in names if name in variables}


def _digest(data: str, algorithm: str) -> str:
    return hashlib.new(algorithm.replace("-", ""), data.encode()).hexdigest()
