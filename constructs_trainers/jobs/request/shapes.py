"""Holding a value against a shape of the API: types, members, lengths, ranges, enums, patterns.

What is only known later, a CDK token or an :class:`Expression`, is skipped where it stands; what
is around it is still checked.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.request.literals import literal_problems
from constructs_trainers.jobs.request.service_model import shape
from constructs_trainers.values.expressions import Expression
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import LIST_TOKEN, is_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    """The type in words, such as ``a whole number``."""
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


# "integer" is Java's int and "long" its long: a larger number never reaches the service.
_WHOLE_NUMBER_BITS = {"integer": 31, "long": 63}
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (Mapping,),
    "map": (Mapping,),
    "list": (list, tuple),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (str, int, float, dt.datetime),
}
_LONGEST_KEY_IN_PATH = 100


@dataclass(frozen=True, kw_only=True)
class ShapeCheck:
    """How values are held against shapes.

    Attributes:
        allow_missing: Members of the request itself that may be absent although required.
        own_counts: Paths whose count of entries is checked elsewhere, with more to say.
    """

    allow_missing: frozenset[str] = frozenset()
    own_counts: frozenset[str] = frozenset()

    def problems(self, expected: Shape, value: object, path: str = "") -> Iterator[Problem]:
        """What is wrong with a value, everything below it included.

        Args:
            expected: The shape that the value should have.
            value: Any value.
            path: Where the value stands, in the API's names; empty for the request itself.

        Yields:
            One problem for each thing that the API's model refuses.
        """
        literal = literal_problems(expected.name, value, path) if isinstance(value, str) else []
        if _is_known_later(value):
            # What is around a token is here already.
            yield from literal
            return
        if not _has_type(expected.kind, value):
            yield Problem(
                path=path or "request",
                message=f"must be {type_text(expected.kind)}",
                got=short_repr(value),
                allowed=allowed_text(expected),
                fix=type_fix(expected.kind, value),
            )
        elif isinstance(value, Mapping):
            inner = self._structure if expected.kind == "structure" else self._map
            yield from inner(expected, value, path)
        elif isinstance(value, (list, tuple)):
            yield from self._count(expected, len(value), path)
            element = shape(expected.element)
            for index, item in enumerate(value):
                yield from self.problems(element, item, f"{path}[{index}]")
        elif isinstance(value, str):
            yield from list(_string(expected, value, path)) or literal
        elif isinstance(value, (int, float)):
            yield from _number(expected, value, path)

    def _structure(
        self, expected: Shape, value: Mapping[object, object], path: str
    ) -> Iterator[Problem]:
        for name in expected.required:
            if name not in value and (path or name not in self.allow_missing):
                member = shape(expected.members[name])
                yield Problem(
                    path=_below(path, name),
                    message="is required and is missing",
                    allowed=allowed_text(member),
                )
        for key, item in value.items():
            if isinstance(key, str) and key in expected.members:
                member = shape(expected.members[key])
                yield from self.problems(member, item, _below(path, key))
            elif not is_token(key):
                yield _unknown_member(expected, key, path)

    def _map(self, expected: Shape, value: Mapping[object, object], path: str) -> Iterator[Problem]:
        yield from self._count(expected, len(value), path)
        keys, values = shape(expected.key), shape(expected.element)
        for key, item in value.items():
            where = _below(path, key)
            for problem in self.problems(keys, key, where):
                yield Problem(
                    path=where,
                    message=f"its name {problem.message}",
                    got=problem.got,
                    allowed=problem.allowed,
                )
            yield from self.problems(values, item, where)

    def _count(self, expected: Shape, count: int, path: str) -> Iterator[Problem]:
        if path not in self.own_counts and not _within(expected, count):
            few = count < (expected.minimum or 0)
            yield Problem(
                path=path,
                message=f"has too {'few' if few else 'many'} entries",
                got=f"{count} in all",
                allowed=allowed_text(expected),
            )


def _string(expected: Shape, value: str, path: str) -> Iterator[Problem]:
    if expected.enum and value not in expected.enum:
        yield Problem(
            path=path,
            message="is none of the values that the API knows",
            got=short_repr(value),
            allowed=one_of(expected.enum, near=value),
            fix=did_you_mean(value, expected.enum),
        )
    if not _within(expected, len(value)):
        short = len(value) < (expected.minimum or 0)
        yield Problem(
            path=path,
            message=f"is too {'short' if short else 'long'} with its length of {len(value)}",
            got=short_repr(value),
            allowed=allowed_text(expected),
        )
    elif expected.pattern is not None and expected.pattern.fullmatch(value) is None:
        yield Problem(
            path=path,
            message="does not have the form that the API asks for",
            got=short_repr(value),
            allowed=allowed_text(expected),
        )


def _number(expected: Shape, value: float, path: str) -> Iterator[Problem]:
    bits = _WHOLE_NUMBER_BITS.get(expected.kind)
    too_big = bits is not None and not -(2**bits) <= value < 2**bits
    if too_big or not _within(expected, value):
        yield Problem(
            path=path,
            message="is out of range",
            got=short_repr(value),
            allowed=allowed_text(expected),
        )


def _unknown_member(expected: Shape, key: object, path: str) -> Problem:
    text = key if isinstance(key, str) else short_repr(key)
    return Problem(
        path=_below(path, key),
        message=f"the API's {expected.name} has no such member",
        got=short_repr(key),
        allowed=one_of(tuple(expected.members), near=text),
        fix=did_you_mean(text, expected.members),
    )


def _is_known_later(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        # A list token is the one element of the list that it stands for.
        return any(isinstance(item, str) and LIST_TOKEN.search(item) for item in value)
    return isinstance(value, Expression) or (isinstance(value, (str, float)) and is_token(value))


def _has_type(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _PYTHON_TYPES.get(kind, object))


def _within(expected: Shape, size: float) -> bool:
    low = -math.inf if expected.minimum is None else expected.minimum
    high = math.inf if expected.maximum is None else expected.maximum
    return low <= size <= high


def _below(path: str, key: object) -> str:
    name = key if isinstance(key, str) and len(key) <= _LONGEST_KEY_IN_PATH else short_repr(key)
    return f"{path}.{name}" if path else name
