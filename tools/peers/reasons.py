"""Findings, and why some of them are meant to be."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FILE = Path(__file__).with_name("reasons.toml")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a tool finds in one resource.

    Attributes:
        tool: The tool.
        rule: Its rule, as it writes it.
        type: The type of the resource.
        place: The template, and the construct's path or the logical id.
        message: What it says.
    """

    tool: str
    rule: str
    type: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.tool} {self.rule} at {self.place} ({self.type}): {self.message}"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why findings of a rule are meant to be; ``reasons.toml`` says what each member is."""

    tools: tuple[str, ...]
    rule: str
    type: str
    reason: str
    place: str = ""
    says: str = ""

    def explains(self, finding: Finding) -> bool:
        """Whether a finding is one of these."""
        return (
            finding.tool in self.tools
            and finding.rule.partition("[")[0] == self.rule
            and finding.type == self.type
            and re.search(self.place, finding.place) is not None
            and self.says in finding.message
        )


def read_reasons(file: Path = FILE) -> list[Reason]:
    """The reasons of a file."""
    listed = tomllib.loads(file.read_text(encoding="utf-8"))["reasons"]
    return [Reason(**{**each, "tools": tuple(each["tools"])}) for each in listed]


class Explained:
    """Findings beside reasons.

    Attributes:
        findings: All findings.
        counts: How many findings of a tool and a reason there are.
        unexplained: The findings that have no reason.
        stale: The reasons, with their tool, that explain nothing.
    """

    def __init__(self, findings: Iterable[Finding], reasons: Sequence[Reason]) -> None:
        self.findings = list(findings)
        self.counts: Counter[tuple[str, Reason]] = Counter()
        self.unexplained: list[Finding] = []
        for finding in self.findings:
            reason = next((one for one in reasons if one.explains(finding)), None)
            if reason is None:
                self.unexplained.append(finding)
            else:
                self.counts[finding.tool, reason] += 1
        needed = [(tool, reason) for reason in reasons for tool in reason.tools]
        self.stale = [each for each in needed if each not in self.counts]

    @property
    def explained(self) -> int:
        """How many findings have a reason."""
        return self.counts.total()

    def rows(self) -> list[tuple[str, str, int, str]]:
        """Tool, rule, count and reason of all that is explained."""
        return sorted((tool, r.rule, n, r.reason) for (tool, r), n in self.counts.items())
