"""Writes the reasons for what other companies' tools find into docs/peers.md.

Usage: python tools/peers_table.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.generated_part import GeneratedPart  # noqa: E402 - found by the line above
from tools.peers.reasons import read_reasons  # noqa: E402 - likewise


def table() -> str:
    """The reasons in the order of their file."""
    lines = ["| tools | rule | found in | reason |", "|---|---|---|---|"]
    for each in read_reasons():
        tools = ", ".join(each.tools)
        lines.append(f"| {tools} | `{each.rule}` | `{each.type}` | {each.reason} |")
    return "\n".join(lines) + "\n"


PART = GeneratedPart(
    document=ROOT / "docs" / "peers.md", tool="peers_table.py", name="reasons", make=table
)

if __name__ == "__main__":
    sys.exit(PART.main())
