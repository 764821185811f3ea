"""What a shape of the API allows, in words."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.jobs.request.service_model import Shape

# More values than this are not listed in full (there are over 250 instance types).
_LONGEST_LIST = 24
_CLOSEST = 5

_TYPES = {
    "structure": "an object",
    "map": "an object",
    "list": "a list",
    "string": "a string",
    "integer": "a whole number",
    "long": "a whole number",
    "float": "a number",
    "double": "a number",
    "boolean": "true or false",
    "timestamp": "a date and time",
}
_COUNTED = {"string": "characters", "list": "entries", "map": "entries"}


def type_text(kind: str) -> str:
    """The type in words, such as ``a whole number``.

    Args:
        kind: A shape's kind.
    """
    return _TYPES.get(kind, f"a {kind}")


def allowed_text(expected: Shape) -> str:
    """All that a shape allows, such as ``a string of 1 to 63 characters matching [a-z]*``."""
    if expected.enum:
        return one_of(expected.enum)
    text = type_text(expected.kind)
    if expected.kind == "structure" and expected.required:
        text += f" with {', '.join(expected.required)}"
    unit = _COUNTED.get(expected.kind)
    # That a length is at least 0 goes without saying; that a number is does not.
    limits = _limits(expected.minimum or None if unit else expected.minimum, expected.maximum)
    if limits is not None:
        text += f" of {limits} {unit}" if unit else f", {limits}"
    # ".*" and the like say nothing that the reader needs.
    if expected.pattern is not None and expected.pattern_text not in {".*", ".+"}:
        text += f" matching {expected.pattern_text}"
    elif expected.pattern is not None:
        text += " without line breaks"
    return text


def one_of(names: Sequence[str], near: str | None = None) -> str:
    """A list of names to choose from, cut to the closest few when there are many.

    Args:
        names: What may be chosen.
        near: What was written instead; the names closest to it are shown when not all are.
    """
    if len(names) <= _LONGEST_LIST:
        return ", ".join(names) or "nothing"
    closest = difflib.get_close_matches(near or "", names, n=_CLOSEST, cutoff=0.0)
    return f"one of {len(names)} names, such as {', '.join(closest)}"


def type_fix(kind: str, value: object) -> str | None:
    """How to mend a value of the wrong type, where that can be told."""
    if value is None:
        return "leave it out"
    if isinstance(value, bool):
        return None
    if kind == "string" and isinstance(value, (int, float)) and abs(value) < 10.0**15:
        return f"write it as text: '{value}'"
    if kind in {"integer", "long"}:
        if isinstance(value, float) and value.is_integer():
            return f"write it as a whole number: {int(value)}"
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return "write it as a number, without quotes"
    return None


def _limits(low: float | None, high: float | None) -> str | None:
    if low is None:
        return None if high is None else f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"
