"""Writing JSONata, and literals among JSONata.

In a JSONata state a string that opens with ``{%`` and closes with ``%}`` is an expression, and one
that does only half of it is refused (Step Functions developer guide, "Transforming data with
JSONata"). A user's text may look like that - a Jinja chat template does - and must stay text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from constructs_trainers.values.expressions import Expression

# Sets of characters, as they stand between brackets in regular expressions. One by one: engines
# differ in what they count as a space, and as the end of a line.
SPACES: Final = r"\t\x0b\x0c\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Python strips from a text, but for line feeds and carriage returns."""

LINE_ENDS: Final = r"\r\n\x85\u2028\u2029"
"""What ends a line in Java, and so what the dots of the API's patterns do not stand for."""

CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
"""Control characters, and what else ends a line."""


def expression(code: str) -> str:
    """The code as Amazon States Language marks an expression."""
    return "{% " + code + " %}"


def text(value: str) -> str:
    """The JSONata literal for a text. JSON's escapes are JSONata's."""
    return constant(value)


def constant(value: object) -> str:
    """The JSONata literal for plain data: JSON is JSONata."""
    return json.dumps(value, ensure_ascii=False)


def as_asl(value: object) -> object:
    """Plain data and :class:`Expression` as they stand in a JSONata state.

    Args:
        value: Nested dicts and lists. Null is written as an expression, because CloudFormation
            drops a null member.
    """
    if isinstance(value, Expression):
        return expression(value.code)
    if value is None:
        return expression("null")
    if isinstance(value, str):
        return expression(text(value)) if _looks_like_expression(value) else value
    if isinstance(value, Mapping):
        return {key: as_asl(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_asl(item) for item in value]
    return value


def with_expressions(value: object) -> object:
    """A copy of data, with the text of each :class:`Expression` in its place.

    Args:
        value: Nested dicts and lists.
    """
    if isinstance(value, Expression):
        return expression(value.code)
    if isinstance(value, Mapping):
        return {key: with_expressions(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_expressions(item) for item in value]
    return value


def _looks_like_expression(value: str) -> bool:
    stripped = value.strip()
    return stripped.startswith("{%") or stripped.endswith("%}")
