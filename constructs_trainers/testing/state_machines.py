"""The state machine of a trainer, read from a template."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from constructs_trainers.testing.normalise import template_json

if TYPE_CHECKING:
    from constructs_trainers.testing.normalise import TemplateLike

_STATE_MACHINE = "AWS::StepFunctions::StateMachine"
_EXPRESSION = re.compile(r"\{% (.*) %\}", re.DOTALL)


def definition(template: Mapping[str, Any] | TemplateLike, id: str) -> dict[str, Any]:  # noqa: A002 - as in the CDK
    """The definition of a trainer's state machine.

    Args:
        template: A synthesized template.
        id: The trainer's construct id (``Sft``; below the stack, ``Outer/Sft``), or the state
            machine's logical id.

    Returns:
        Amazon States Language as a dict; CloudFormation intrinsics such as ``{"Ref": ...}`` stand
        where the template has them.

    Raises:
        LookupError: No state machine of the template fits, or several do.
    """
    machine = _state_machine(template_json(template), id)
    found: dict[str, Any] = copy.deepcopy(machine["Properties"]["Definition"])
    return found


def request(template: Mapping[str, Any] | TemplateLike, id: str) -> dict[str, Any]:  # noqa: A002 - as in the CDK
    """The CreateTrainingJob request in a trainer's state machine.

    Args:
        template: A synthesized template.
        id: As for :func:`definition`.

    Returns:
        What an execution without input sends, but for TrainingJobName.

    Raises:
        LookupError: No trainer of the template fits, or several do.
    """
    assigned = definition(template, id)["States"].get("PrepareRequest", {}).get("Assign", {})
    if "request" not in assigned:
        msg = f"the state machine of '{id}' is not a trainer's: it prepares no request"
        raise LookupError(msg)
    literal: dict[str, Any] = _literal(assigned["request"])
    return literal


def _state_machine(template: Mapping[str, Any], wanted: str) -> Mapping[str, Any]:
    machines: dict[str, Mapping[str, Any]] = {
        logical_id: resource
        for logical_id, resource in template.get("Resources", {}).items()
        if resource.get("Type") == _STATE_MACHINE and "Definition" in resource["Properties"]
    }
    if wanted in machines:
        return machines[wanted]
    # A logical id is the path's ids without other signs, and eight digits of a hash.
    stem = re.sub(r"[^A-Za-z0-9]", "", wanted)
    pattern = re.compile(rf"{stem}(StateMachine)?[0-9A-F]{{8}}")
    fitting = [logical_id for logical_id in machines if pattern.fullmatch(logical_id)]
    if len(fitting) == 1:
        return machines[fitting[0]]
    problem = "several state machines fit" if fitting else "no state machine fits"
    listed = ", ".join(fitting or machines) or "none"
    msg = f"{problem} '{wanted}'; the template has: {listed}"
    raise LookupError(msg)


def _literal(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Plain data as it was before it was written among JSONata."""
    if isinstance(value, str):
        match = _EXPRESSION.fullmatch(value)
        return json.loads(match.group(1)) if match else value
    if isinstance(value, Mapping):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_literal(item) for item in value]
    return value
