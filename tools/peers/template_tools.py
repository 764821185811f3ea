"""What cfn-lint and checkov find in templates. Both run in an environment of their own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.peers.reasons import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

REGIONS = ("us-west-2", "us-gov-west-1")


def cfn_lint(templates: Sequence[Path], programs: Path) -> list[Finding]:
    """Its warnings and errors; what it calls informational is not asked for."""
    command = [str(programs / "cfn-lint"), "--format", "json", "--regions", *REGIONS, "--"]
    found = []
    for match in _json(command + [str(template) for template in templates]):
        template, path = Path(match["Filename"]), match["Location"]["Path"] or []
        is_resource = len(path) > 1 and path[0] == "Resources"
        name = str(path[1]) if is_resource else "/".join(map(str, path))
        resources = json.loads(template.read_text(encoding="utf-8"))["Resources"]
        found.append(
            Finding(
                tool="cfn-lint",
                rule=match["Rule"]["Id"],
                type=resources[name]["Type"] if is_resource else "",
                place=f"{template.parent.name}/{name}",
                message=match["Message"],
            )
        )
    return found


def checkov(folder: Path, programs: Path) -> list[Finding]:
    """Its failed checks of the templates below a folder. It asks its makers' service nothing."""
    command = [str(programs / "checkov"), "--framework", "cloudformation", "--directory"]
    command += [str(folder), "--output", "json", "--compact", "--quiet", "--skip-download"]
    told = _json(command)
    summary = told["summary"]
    if summary["parsing_errors"] or not summary["resource_count"]:
        raise SystemExit(f"checkov could not read the templates: {summary}")
    found = []
    for check in told["results"]["failed_checks"]:
        kind, _, name = check["resource"].rpartition(".")
        found.append(
            Finding(
                tool="checkov",
                rule=check["check_id"],
                type=kind,
                place=f"{Path(check['file_abs_path']).parent.name}/{name}",
                message=check["check_name"],
            )
        )
    return found


def _json(command: list[str]) -> Any:  # noqa: ANN401 - what a tool prints
    """What a tool prints: it ends with an error when it finds something, so only that tells."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        said = (done.stderr or done.stdout)[-2000:]
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {said}") from None
