"""Hold what is synthesized against what it was before a change.

Usage: python tools/safety_net.py store FOLDER
       python tools/safety_net.py compare FOLDER

``store`` keeps the templates, with the definitions in them, the requests and the commands' JSON of
every app that tests, examples and README synthesize. ``compare`` makes them again and compares
byte for byte: what is not there any more is shown beside what its test makes now, and is exit code
1. New texts are counted: new tests make them.
"""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "KEPT_SYNTHESIS"
# All that synthesize in the tests' own process, and the commands that print JSON.
TESTS = ("tests/trainers", "tests/docs", "tests/testing", "tests/cli/test_recipe.py")
# What tests and people deploy to the embedded engine, and the folder with its cdk.json. Each is
# told a path that it may write to: of a folder, or of a file.
APPS = (
    ("app.py", "."),
    ("examples/all_trainers/app.py", "examples/all_trainers"),
    ("tests/support/pipelines_app.py", "examples/all_trainers"),
    ("tests/support/faults_app.py", "."),
    ("tests/support/all_trainers_app.py", "examples/all_trainers"),
)
MOST_LINES = 40


def store(folder: Path) -> int:
    """Keep everything in ``folder``; pytest's exit code."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {**os.environ, FOLDER: str(folder), "CDK_VALIDATION": "false"}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--import-mode=importlib"]
    plugin = ["-p", "tests.support.kept_synthesis"]
    tests = subprocess.run([*command, *plugin, *TESTS], cwd=ROOT, env=environment, check=False)
    for script, project in APPS:
        keep_app(folder, script, project)
    return tests.returncode


def keep_app(folder: Path, script: str, project: str) -> None:
    """Keep the templates of an app that runs as a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        output = Path(temporary, "assembly")
        own = Path(temporary, "own")
        if script.endswith("faults_app.py"):
            own.mkdir()
        environment = {
            **os.environ,
            "CDK_OUTDIR": str(output),
            "CDK_VALIDATION": "false",
            "PYTHONPATH": str(ROOT),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }
        command = [sys.executable, str(ROOT / script), str(own)]
        subprocess.run(command, cwd=ROOT / project, env=environment, check=True)
        for template in sorted(output.rglob("*.template.json")):
            name = f"{script}-{template.name}".replace("/", "-")
            text = template.read_text(encoding="utf-8")
            (folder / f"app-{name}.txt").write_text(f"{script}\n{text}", encoding="utf-8")


def read(folder: Path) -> dict[str, tuple[str, str]]:
    """Each kept text by the name of its file: the test that made it, and the text."""
    kept = {}
    for path in folder.glob("*.txt"):
        whole = path.read_text(encoding="utf-8", errors="surrogatepass")
        test, _, text = whole.partition("\n")
        kept[path.name] = (test, text)
    return kept


def differences(
    before: Mapping[str, tuple[str, str]], after: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    """What is not as it was, in lines."""
    for name in sorted(before):
        if before[name] == after.get(name) or (name in after and before[name][1] == after[name][1]):
            continue
        test, text = before[name]
        yield f"{name} ({test}):"
        new = [other for other, (made_by, _) in after.items() if made_by == test]
        candidates = [after[name][1]] if name in after else []
        candidates += [after[other][1] for other in new if other not in before]
        if not candidates:
            yield "    is made no more"
            continue
        lines = text.splitlines()
        nearest = min(
            (list(difflib.unified_diff(lines, c.splitlines(), lineterm="")) for c in candidates),
            key=len,
        )
        yield from (f"    {line[:200]}" for line in nearest[2 : MOST_LINES + 2])


def compare(before: Path) -> int:
    """Make everything anew and compare; 0 when all that was kept is there."""
    with tempfile.TemporaryDirectory() as after:
        exit_code = store(Path(after))
        was, now = read(before), read(Path(after))
    found = list(differences(was, now))
    print("\n".join(found))
    changed = sum(line.endswith("):") for line in found)
    new = len(now.keys() - was.keys())
    print(f"safety net: {len(was)} texts, {changed} changed or gone, {new} new")
    return 1 if changed else exit_code


def main() -> int:
    """Store, or compare."""
    parser = argparse.ArgumentParser(description="Hold what is synthesized against what it was.")
    parser.add_argument("verb", choices=["store", "compare"])
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    folder: Path = arguments.folder.resolve()
    return store(folder) if arguments.verb == "store" else compare(folder)


if __name__ == "__main__":
    sys.exit(main())
