"""What the recipe's own checks say of an execution's hyperparameters, in Python."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from constructs_trainers.recipes.hyperparameters import _LEGAL, _TEMPLATE
from constructs_trainers.recipes.validation import cross_problems, value_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.spec import Parameter
    from constructs_trainers.workflows.allowed_input import Hyperparameters

_WHOLE = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
# As far as the text of a number may go.
_MOST_DIGITS = 100
_LARGEST_EXPONENT = 199


def refused(given: Mapping[str, object], allowed: Hyperparameters) -> set[str]:
    """The paths and messages of what is wrong, without what was got."""
    found = set()
    meant = {}
    for name, value in given.items():
        if name not in allowed.spec:
            found.add(f"{name}: unknown hyperparameter")
            continue
        meant[name] = value_meant(value, allowed.spec[name])
        message = _message(value, meant[name], allowed.spec[name])
        if message is not None:
            found.add(f"{name}: {message}")
    values = {**allowed.values, **meant}
    for problem in cross_problems(values, allowed.defaults, allowed.sequence_length):
        if problem.path in allowed.spec or given:
            found.add(f"{problem.path}: {problem.message}")
    return found


def value_meant(value: object, parameter: Parameter) -> object:
    """The value that an execution's JSON stands for: numbers and booleans may come as text."""
    if parameter.type in {"boolean", "bool"} and isinstance(value, str):
        return {"true": True, "True": True, "false": False, "False": False}.get(value, value)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # JSON has one kind of number
    if not isinstance(value, str):
        return value
    if parameter.type in {"integer", "int"} and _WHOLE.fullmatch(value):
        return int(value) if len(value.lstrip("-")) <= _MOST_DIGITS else value
    if parameter.type == "float" and (match := _NUMBER.fullmatch(value)):
        exponent = int((match[3] or "e0")[1:])
        digits = (match[3] or "e0")[1:].lstrip("+-")
        is_short = len(match[1]) <= _MOST_DIGITS and len(digits) <= len(str(_LARGEST_EXPONENT))
        return float(value) if is_short and abs(exponent) <= _LARGEST_EXPONENT else value
    return value


def _message(value: object, meant: object, parameter: Parameter) -> str | None:
    if not isinstance(value, (str, int, float)):
        return "expected text, a number or a boolean"
    if isinstance(value, str) and re.search(r"[\r\n\x85\u2028\u2029]", value):
        return "must not have line breaks"
    problems = value_problems(parameter.name, meant, parameter, None)
    if problems:
        return problems[0].message
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and isinstance(meant, int) and abs(meant) >= 10**15:
        return "has more digits than a number keeps"
    if isinstance(meant, str) and _LEGAL.sub("", meant) and not _TEMPLATE.search(meant):
        return "has characters that a hyperparameter may not have"
    assert not isinstance(meant, float) or math.isfinite(meant)
    return None
