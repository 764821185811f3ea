"""What counts as an engine that stays: any user's process may look like one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local import processes
from constructs_trainers.local.engine import LOG, PROCESS_MODULE
from constructs_trainers.local.engine_list import StandingEngine, enlist, standing_engines
from constructs_trainers.local.engine_state import EngineState

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE = EngineState(
    endpoint_url="http://127.0.0.1:4566",
    pid=4711,
    workdir=Path("/run/constructs-trainers-ab_12345"),
)
ENGINE = StandingEngine(
    app_folder=Path("/home/me/app"), since=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), state=STATE
)


def written(**changed: object) -> str:
    return json.dumps({**ENGINE.to_json(), "workdir": str(STATE.workdir), **changed})


def test_an_engine_comes_back_as_it_was_written() -> None:
    assert StandingEngine.parse(written()) == ENGINE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        written(pid=1),
        written(endpoint_url="http://example.com:1"),
        written(app_folder=None),
        written(app_folder="relative"),
        written(since="yesterday"),
        written(since="2026-01-02T03:04:05"),
        written(since=5),
    ],
)
def test_what_no_engine_has_written_is_none(text: str) -> None:
    assert StandingEngine.parse(text) is None


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """An engine's folder."""
    folder = tmp_path / "constructs-trainers-ab_12345"
    folder.mkdir(mode=0o700)
    (folder / LOG).touch()
    return folder


@pytest.fixture
def process(workdir: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose arguments are an engine's."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()", "-m", PROCESS_MODULE]
    with subprocess.Popen([*command, "5", str(workdir)], stdin=subprocess.PIPE) as started:
        yield started


def listed(workdir: Path) -> list[StandingEngine]:
    return [engine for engine in standing_engines() if engine.state.workdir == workdir]


def enlisted(pid: int, workdir: Path) -> None:
    enlist(EngineState(endpoint_url=STATE.endpoint_url, pid=pid, workdir=workdir), Path("/app"))


@pytest.mark.parametrize("proc", [True, False])
def test_a_process_is_listed_by_what_its_folder_says(
    process: subprocess.Popen[bytes], workdir: Path, monkeypatch: pytest.MonkeyPatch, *, proc: bool
) -> None:
    if not proc:
        if not Path("/bin/ps").exists():
            pytest.skip("there is no ps")
        monkeypatch.setattr(processes, "_HAS_PROC", False)
    assert listed(workdir) == []
    enlisted(process.pid, workdir)
    (engine,) = listed(workdir)
    assert (engine.state.pid, engine.app_folder) == (process.pid, Path("/app"))
    assert not engine.is_its_projects
    assert processes.has_argument(process.pid, str(workdir))
    assert not processes.has_argument(process.pid, str(workdir.parent))


@pytest.mark.usefixtures("process")
def test_a_file_that_names_another_process_counts_for_nothing(workdir: Path) -> None:
    enlisted(os.getpid(), workdir)
    assert listed(workdir) == []


def test_a_folder_that_others_may_write_counts_for_nothing(
    process: subprocess.Popen[bytes], workdir: Path
) -> None:
    enlisted(process.pid, workdir)
    workdir.chmod(0o777)
    assert listed(workdir) == []
