"""How an offending value is shown in a message."""

from __future__ import annotations

import functools
import reprlib


def shown(value: object) -> str:
    """A value as its author would write it in Python, cut where it is long or deep.

    Args:
        value: Anything at all.

    Returns:
        A ``repr`` of at most a few hundred characters.
    """
    try:
        return _repr().repr(value)
    except ValueError:
        # Python refuses to write out integers of more than 4,300 digits.
        return "a number of thousands of digits"


@functools.cache
def _repr() -> reprlib.Repr:
    cut = reprlib.Repr()
    cut.maxstring = cut.maxother = cut.maxlong = 200
    cut.maxlevel = 3
    return cut
