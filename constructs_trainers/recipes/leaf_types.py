"""The types of values that no spec parameter stands for: those of the hub's own values.

The hub tells nothing of them but the value, and the images take another type for a mistake at
best. What a name may hold is read off all values of that name in the recipe: ``null`` for one of
them, a number for another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.recipes.validation import reads_as_number
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.paths import Path

NULL: Final = "null"
TEXT: Final = "text"
TRUTH: Final = "true or false"
WHOLE: Final = "a whole number"
NUMBER: Final = "a number"
TEXTS: Final = "a list"
NUMBERS: Final = "a list of numbers"
MAPPING: Final = "a mapping"

_KINDS: Final = ((type(None), NULL), (bool, TRUTH), (int, WHOLE), (float, NUMBER), (str, TEXT))
# What is a number for real, though the hub has a round one: entropy_coeff 0, top_p 1.
_REAL = re.compile(
    r"coef|rate|ratio|fraction|threshold|temperature|top_p|alpha|beta|gamma|lam$|kappa|decay|"
    r"dropout|penalty|scale|factor|eps|lr$|clip|loss|weight|norm|prob|tau|delta"
)
# What may take the place of what: names of modules or files are one or several of them.
_ALSO: Final[Mapping[str, frozenset[str]]] = {
    NUMBER: frozenset((WHOLE,)),
    TEXT: frozenset((TEXTS, NULL)),
    TEXTS: frozenset((TEXT, NULL)),
    NUMBERS: frozenset(),
}
# verl counts steps, or waits for the end of an epoch ("after_each_epoch").
_STEPS_OR_TEXT: Final = frozenset(("save_freq", "test_freq"))


class LeafTypes:
    """Which types the leaves of a recipe may have.

    Args:
        hub: The hub's values by path.
    """

    def __init__(self, hub: Mapping[Path, object]) -> None:
        self._hub = hub
        self._by_name: dict[str, set[str]] = {}
        for path, value in hub.items():
            self._by_name.setdefault(path[-1], set()).add(kind_of_value(value))

    def problem(self, path: Path, value: object) -> Problem | None:
        """What is wrong with the type of a value; None for nothing.

        Tokens pass: their values are not known yet.

        Args:
            path: The leaf.
            value: What a layer gives it.
        """
        own = kind_of_value(self._hub[path])
        if own == NULL or is_token(value):
            return None
        allowed = self._allowed(path[-1], own)
        given = kind_of_value(value)
        if given in allowed or (given == TEXTS and value == [] and NUMBERS in allowed):
            return None
        return Problem(
            path="",
            message=f"must be {own}, as the hub's value is",
            got=f"{short_repr(value)} ({type(value).__name__})",
            allowed=f"such as the hub's {short_repr(self._hub[path])}",
            fix=_fix(own, value),
        )

    def _allowed(self, name: str, own: str) -> set[str]:
        allowed = set(self._by_name[name])
        for kind in self._by_name[name]:
            allowed |= _ALSO.get(kind, frozenset())
        if own == WHOLE and _REAL.search(name):
            allowed.add(NUMBER)
        if name in _STEPS_OR_TEXT:
            allowed |= {WHOLE, TEXT}
        return allowed


def kind_of_value(value: object) -> str:
    """The type of a value, in words."""
    if isinstance(value, (list, tuple)):
        kinds = {kind_of_value(item) for item in value}
        return NUMBERS if kinds and kinds <= {WHOLE, NUMBER} else TEXTS
    # A boolean is an int too, so it is asked for first.
    return next((kind for type_, kind in _KINDS if isinstance(value, type_)), MAPPING)


def _fix(own: str, value: object) -> str | None:
    if own in {WHOLE, NUMBER} and isinstance(value, str) and reads_as_number(value):
        return "write the number without quotes"
    if own == WHOLE and isinstance(value, float) and value.is_integer():
        return f"write {int(value)}"
    if own == TRUTH and str(value).lower() in {"true", "false"}:
        return f"write {str(value).lower()} without quotes"
    if own in {NUMBERS, TEXTS}:
        return "write it as a list, in brackets"
    if own == TEXT and isinstance(value, (bool, int, float)):
        return "put it in quotes"
    return None
