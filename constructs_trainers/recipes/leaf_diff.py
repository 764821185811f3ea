"""Differences between recipes, value by value."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Absent:
    """Stands for a value that is not there at all, which null is."""


ABSENT: Final = Absent()


@dataclass(frozen=True)
class LeafDifference:
    """One leaf that differs.

    Attributes:
        path: The leaf's full path, dotted.
        left: Its value on the left, or :data:`ABSENT`.
        right: Its value on the right, or :data:`ABSENT`.
    """

    path: str
    left: object
    right: object


def same_value(one: object, other: object) -> bool:
    """Whether two values are the same to a recipe: ``1``, ``1.0`` and ``true`` are not.

    What is sent is text, where they differ.
    """
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def leaf_differences(
    left: Mapping[str, object], right: Mapping[str, object]
) -> tuple[LeafDifference, ...]:
    """The leaves that differ, in the left side's order, then what only the right side has.

    Args:
        left: Value by dotted path.
        right: Value by dotted path.
    """
    paths = dict.fromkeys((*left, *right))
    pairs = ((path, left.get(path, ABSENT), right.get(path, ABSENT)) for path in paths)
    return tuple(LeafDifference(*found) for found in pairs if not _equal(*found[1:]))


def _equal(one: object, other: object) -> bool:
    if one is ABSENT or other is ABSENT:
        return one is other
    return same_value(one, other)
