"""How an offending value is shown in a message: in one short form, everywhere."""

from __future__ import annotations

import functools
import re
import reprlib
from dataclasses import fields, is_dataclass
from typing import Final

_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+(?=>)")
_MOST: Final = 200
_CUT: Final = "..."


def short_repr(value: object) -> str:
    """A value as its author would write it in Python, cut where it is long or deep.

    Returns:
        A ``repr`` of at most 200 characters, all of which print.
    """
    try:
        # An address differs from one synthesis to the next.
        return short_text(_ADDRESS.sub("", _repr().repr(value)))
    except ValueError:
        # Python refuses to write out integers of more than 4,300 digits.
        return "a number of thousands of digits"


def short_text(text: str) -> str:
    """Text that stands in a message as it is, such as a path, cut where it is long.

    Returns:
        At most 200 characters, all of which print. What would end the line, or turn the reading
        direction, is escaped; in what ``repr`` says it is already, but for others' objects.
    """
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    half = (_MOST - len(_CUT)) // 2
    return text if len(text) <= _MOST else f"{text[:half]}{_CUT}{text[-half:]}"


class _Repr(reprlib.Repr):
    """Constructs by their path, and groups of props by what is given in them."""

    def repr_instance(self, x: object, level: int) -> str:
        """The text for an object that is none of Python's own."""
        name, path = type(x).__name__, getattr(getattr(x, "node", None), "path", None)
        if isinstance(path, str):
            return f"{name} {path!r}"
        if not is_dataclass(x) or isinstance(x, type):
            return super().repr_instance(x, level)
        values = {field.name: (getattr(x, field.name), field.default) for field in fields(x)}
        given = (
            f"{member}={self.repr1(value, level - 1)}"
            for member, (value, default) in values.items()
            if value is not default
        )
        return f"{name}({', '.join(given)})"


@functools.cache
def _repr() -> reprlib.Repr:
    cut = _Repr()
    cut.maxstring = cut.maxother = cut.maxlong = _MOST
    cut.maxlevel = 3
    return cut
