"""The types of the members of a nested group of props."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping


def member_type_problems(
    path: str, group: object, expected: Mapping[str, tuple[bool, str]]
) -> list[Problem]:
    """The members of a wrong type. None is of no wrong type: every member may be left out.

    Args:
        path: The prop that holds the group.
        group: The group.
        expected: For each member whether it fits, and what it may be.
    """
    return [
        Problem(
            path=f"{path}.{name}",
            message="has the wrong type",
            got=short_repr(getattr(group, name)),
            allowed=allowed,
        )
        for name, (fits, allowed) in expected.items()
        if not fits and getattr(group, name) is not None
    ]
