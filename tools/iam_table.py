"""Write the table of permissions into docs/iam.md, from the code that makes the statements.

Usage: python tools/iam_table.py [--check]
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from constructs_trainers.jobs.permissions.machine import (  # noqa: E402 - as below
    MACHINE_KEY_PERMISSIONS,
    MACHINE_READER_PERMISSIONS,
    MANIFEST_PERMISSIONS,
    MAP_RUN_PERMISSIONS,
    STOPPED_EXECUTIONS,
    STOPPER_PERMISSIONS,
    TRAIN_PERMISSIONS,
)
from constructs_trainers.jobs.permissions.table import JOB_ROLE, MACHINE_ROLE, NEEDS_NOTHING  # noqa: E402 - the project beside this file
from tools.generated_part import GeneratedPart  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_trainers.jobs.permissions.statements import Permission

_MEMBER = "member of the request"


def table() -> str:
    """The table as Markdown."""
    nothing = "\n".join(f"- {member}" for member in NEEDS_NOTHING)
    return "\n".join(
        [
            "",
            "## The job's role",
            "",
            *_rows(JOB_ROLE),
            "",
            "## The machine's role",
            "",
            *_rows([*MACHINE_ROLE, *MACHINE_KEY_PERMISSIONS]),
            "",
            "## The role of the stack's stopper",
            "",
            "Of each trainer of the stack, in a policy of the trainer's own:",
            "",
            *_rows([*STOPPER_PERMISSIONS, *STOPPED_EXECUTIONS, *MACHINE_READER_PERMISSIONS], "for"),
            "",
            "## The role of a pipeline, and of a machine with `train()`",
            "",
            *_rows(
                [
                    *TRAIN_PERMISSIONS,
                    *MACHINE_READER_PERMISSIONS,
                    *MANIFEST_PERMISSIONS,
                    *MAP_RUN_PERMISSIONS,
                ],
                "for",
            ),
            "",
            "## Members that need nothing",
            "",
            "No permission is documented for them:",
            "",
            nothing,
            "",
            "",
        ]
    )


def _rows(permissions: Sequence[Permission[Any]], first: str = _MEMBER) -> Iterator[str]:
    yield f"| {first} | actions | resources | source |"
    yield "|---|---|---|---|"
    for permission in permissions:
        member = permission.member
        shown = _actions(permission.actions)
        yield f"| {member} | {shown} | {permission.resources} | {permission.source} |"


def _actions(actions: Sequence[str]) -> str:
    """Actions with the service's prefix once."""
    by_service = itertools.groupby(actions, key=lambda action: action.partition(":")[0])
    return "; ".join(
        f"`{service}:` " + ", ".join(f"`{action.partition(':')[2]}`" for action in found)
        for service, found in by_service
    )


PART = GeneratedPart(
    document=ROOT / "docs" / "iam.md",
    tool="iam_table.py",
    name="table",
    make=table,
)

if __name__ == "__main__":
    sys.exit(PART.main())
