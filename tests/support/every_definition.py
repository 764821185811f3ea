"""A pytest plugin: every state machine definition that the tests synthesize is a valid one.

Definitions are gathered while the tests run, in all processes, and checked once at their end. A
definition that is not valid fails the run; the figures are printed either way.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.local.cdk_cli import CdkCli
from tests.support.watched_synthesis import watch_apps, watch_stacks
from tools import validate_definitions

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = pytest.StashKey[Path]()
REPORT = pytest.StashKey[validate_definitions.Report]()
# Under this key the process that hands out the tests tells the others the folder.
_SHARED = "definitions"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - pytest-xdist has no types
    node.workerinput[_SHARED] = str(node.config.stash[FOLDER])


def pytest_configure(config: pytest.Config) -> None:
    shared = getattr(config, "workerinput", {}).get(_SHARED)
    config.stash[FOLDER] = Path(shared or tempfile.mkdtemp())


@pytest.fixture(scope="session", autouse=True)
def every_definition(pytestconfig: pytest.Config) -> Iterable[None]:
    """Gather what stacks and apps are synthesized to."""
    folder = pytestconfig.stash[FOLDER]
    with pytest.MonkeyPatch.context() as patch:
        _gather_from_commands(patch, folder)
        # Importing it would start its kernel, also in runs that need none.
        if "aws_cdk" in sys.modules:
            watch_stacks(patch, lambda made: keep(folder, validate_definitions.machines(made)))
            watch_apps(patch, lambda made: keep(folder, validate_definitions.definitions(made)))
        yield


def _gather_from_commands(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Gather from the apps that are deployed to the embedded engine."""
    original = CdkCli.synth

    def synth(cli: CdkCli, assembly: Path, *args: Any, **options: Any) -> None:  # noqa: ANN401
        original(cli, assembly, *args, **options)
        keep(folder, validate_definitions.definitions(assembly))

    patch.setattr(CdkCli, "synth", synth)


def keep(folder: Path, definitions: Iterable[tuple[str, Any]]) -> None:
    """Put each definition into the folder, once."""
    for name, definition in definitions:
        text = json.dumps(definition, sort_keys=True)
        path = folder / f"{name[-80:]}-{sha256(text.encode()).hexdigest()[:12]}.json"
        if not path.exists():
            path.write_text(text, encoding="utf-8")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput"):
        return
    folder = config.stash[FOLDER]
    if validate_definitions.ASL_VALIDATOR.exists():
        config.stash[REPORT] = validate_definitions.check(folder)
        if config.stash[REPORT].broken and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    shutil.rmtree(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    report = terminalreporter.config.stash.get(REPORT, None)
    if report is None or not report.checked:
        return
    terminalreporter.section("state machine definitions")
    for line in report.broken:
        terminalreporter.line(line, red=True)
    terminalreporter.line(str(report))
