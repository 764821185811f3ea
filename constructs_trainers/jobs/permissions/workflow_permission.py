"""What permissions of workflows around trainers are made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from constructs_trainers.jobs.permissions.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Asked = TypeVar("Asked")
"""What asks for a permission: a state of the workflow, as far as permissions are read off it."""


@dataclass(frozen=True, kw_only=True)
class WorkflowPermission(Generic[Asked]):
    """One row of the table of permissions.

    Attributes:
        member: What asks for it.
        actions: What is allowed.
        resources: On what, in words.
        source: Where it is documented that it is needed.
        find: The ARNs for a state: none when the state does not ask for it.
    """

    member: str
    actions: tuple[str, ...]
    resources: str
    source: str
    find: Callable[[Asked], Sequence[str]]


def statements_of(table: Sequence[WorkflowPermission[Asked]], asked: Asked) -> list[Statement]:
    """The statements of a table for one state."""
    return [
        Statement(row.actions, arns, reason=f"{row.member}: {row.resources}")
        for row in table
        if (arns := row.find(asked))
    ]
