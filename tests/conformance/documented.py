"""How executions end by docs/reliability.md, whose table of faults is read here."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


class End(NamedTuple):
    """How an execution ends.

    Attributes:
        status: ``SUCCEEDED`` or ``FAILED``.
        error: The error of one that failed.
        jobs: How many jobs it created.
    """

    status: str
    error: str | None
    jobs: int


@cache
def documented_ends() -> dict[str, End]:
    """The ends by fault, of executions that end without being stopped from outside."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            continue
        fault, end, jobs = (cell.strip() for cell in line.split("|")[1:4])
        names = re.findall(r"`([^`]+)`", end)
        count = re.match(r"\d+", jobs)
        if count is not None and names and names[0] in {"SUCCEEDED", "FAILED"}:
            found[fault] = End(names[0], names[1] if names[1:] else None, int(count[0]))
    return found
