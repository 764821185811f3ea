"""Synthesize the app through the cdk CLI and fail on any finding of the template validation.

Usage: python tools/validate_synth.py ASSEMBLY [--app COMMAND] [--project FOLDER]

The CLI itself fails on errors only: a wrong enum value, for one, stays a warning. The findings,
warnings included, are read from the report that validation leaves in the cloud assembly; no
report means that nothing was validated, and fails too. The validation does not look into nested
stacks, so an assembly that has one fails as well.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
CDK = ROOT / "node_modules" / ".bin" / "cdk"
REPORT_NAME = "validation-report.json"


def synthesize(assembly: Path, app: str | None, project: Path) -> int:
    """Run ``cdk synth`` of ``project`` into ``assembly``, with validation on; its exit code."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))
    }
    environment |= {
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    command = [str(CDK), "synth", "**", "--quiet", "--no-notices", "--output", str(assembly)]
    if app is not None:
        command += ["--app", app]
    return subprocess.run(command, cwd=project, env=environment, check=False).returncode


def findings(report: dict[str, Any]) -> Iterator[str]:
    """Each finding of ``report`` as a line, whatever its severity."""
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            places = ", ".join(
                construct["constructPath"] for construct in violation["violatingConstructs"]
            )
            yield (
                f"{violation.get('severity', 'finding')} {violation['ruleName']}"
                f" at {places}: {violation['description']}"
            )


def problems(assembly: Path) -> list[str]:
    """What is wrong with a synthesized ``assembly``."""
    report_path = assembly / REPORT_NAME
    if not report_path.is_file():
        return [f"{report_path} is missing: template validation did not run"]
    found = list(findings(json.loads(report_path.read_text(encoding="utf-8"))))
    found += [
        f"{path.name} is a nested stack, which template validation does not look into"
        for path in sorted(assembly.rglob("*.nested.template.json"))
    ]
    return found


def main() -> int:
    """Check the app; 0 when nothing at all was found."""
    parser = argparse.ArgumentParser(description="Synthesize and fail on any finding.")
    parser.add_argument("assembly", type=Path, help="the folder to synthesize into")
    parser.add_argument("--app", help="the app's command, in place of the one in cdk.json")
    parser.add_argument("--project", type=Path, default=ROOT, help="the folder of the app")
    arguments = parser.parse_args()
    assembly: Path = arguments.assembly.resolve()

    shutil.rmtree(assembly, ignore_errors=True)
    exit_code = synthesize(assembly, arguments.app, arguments.project)
    if not (assembly / "manifest.json").is_file():
        print("cdk synth made no cloud assembly.", file=sys.stderr)
        return exit_code or 1
    found = problems(assembly)
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        print(f"Template validation: {len(found)} finding(s), none is allowed.", file=sys.stderr)
        return 1
    if exit_code == 0:
        print("Template validation: no findings.")
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
