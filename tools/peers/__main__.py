"""What the tools of our users' companies find in what the examples synthesize.

Usage: python -m tools.peers [--json]

Synthesizes the example apps, and what the documents print, with cdk-nag 3 and with cdk-nag 2, and
reads the templates with cfn-lint and checkov. Ends with 1 when something is found that has no
reason in ``reasons.toml``, and when a reason explains nothing any more. ``make peers`` makes the
environments.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tools.peers.reasons import Explained, Finding, read_reasons
from tools.peers.template_tools import cfn_lint, checkov

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
NAGS = {"cdk-nag 3": ROOT / ".venv", "cdk-nag 2": ROOT / ".venv-nag2"}
PEERS = ROOT / ".venv-peers" / "bin"


def nag(tool: str, folder: Path) -> list[Finding]:
    """What a version of cdk-nag finds, with the templates in ``folder``."""
    python = NAGS[tool] / "bin" / "python"
    environment = {name: text for name, text in os.environ.items() if not name.startswith("CDK_")}
    environment["PATH"] = os.pathsep.join([str(ROOT / ".venv" / "bin"), environment["PATH"]])
    command = [str(python), str(Path(__file__).with_name("synthesis.py")), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{tool}: {done.stderr[-2000:]}")
    found = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    return [
        Finding(
            tool=tool,
            rule=each["rule"],
            type=each["type"],
            place=f"{each['in']}/{each['place']}",
            message=each["message"],
        )
        for each in found
    ]


def find_all(folder: Path) -> tuple[int, list[Finding]]:
    """Run all tools; how many templates there are, and what was found."""
    new = folder / "cdk-nag 3"
    with ThreadPoolExecutor() as pool:
        nags = list(pool.map(lambda tool: nag(tool, folder / tool), NAGS))
        templates = sorted(new.rglob("*.template.json"))
        linted = pool.submit(cfn_lint, templates, PEERS)
        checked = pool.submit(checkov, new, PEERS)
        return len(templates), [*nags[0], *nags[1], *linted.result(), *checked.result()]


def table(rows: Sequence[tuple[str, str, int, str]]) -> str:
    """What is explained, for people."""
    lines = ["| tool | rule | count | reason |", "|---|---|---|---|"]
    lines += [f"| {tool} | {rule} | {count} | {reason} |" for tool, rule, count, reason in rows]
    return "\n".join(lines)


def main() -> int:
    """Find, and explain; 0 when nothing is left."""
    parser = argparse.ArgumentParser(prog="python -m tools.peers")
    parser.add_argument("--json", action="store_true", help="findings and reasons for scripts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        templates, findings = find_all(Path(folder).resolve())
    result = Explained(findings, read_reasons())
    stale = [
        f"{tool} {reason.rule} ({reason.type}, {reason.reason})" for tool, reason in result.stale
    ]
    for finding in result.unexplained:
        print(f"UNEXPLAINED {finding}", file=sys.stderr)
    for each in stale:
        print(f"STALE, nothing is found for this reason: {each}", file=sys.stderr)
    line = f"peers: {templates} templates, {len(findings)} findings, {result.explained} explained"
    if arguments.json:
        members = ("tool", "rule", "count", "reason")
        rows = [dict(zip(members, row, strict=True)) for row in result.rows()]
        left = [asdict(finding) for finding in result.unexplained]
        figures = {"templates": templates, "findings": len(findings), "explained": rows}
        print(json.dumps({**figures, "unexplained": left, "stale": stale}, indent=1))
        print(line, file=sys.stderr)
    else:
        print(table(result.rows()))
        print(line)
    return 1 if result.unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main())
