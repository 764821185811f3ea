from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.recipes.__main__ import ROOT
from benchmarks.recipes.cases import write_cases
from benchmarks.recipes.worker import WorkerError, environment, worker

if TYPE_CHECKING:
    from benchmarks.recipes.cases import Case

PYTHON = Path(sys.executable)


def test_a_worker_tells_its_versions_and_resolves_what_it_is_asked(
    case: Case, tmp_path: Path
) -> None:
    cases = write_cases([case, case.interpolated()], tmp_path)
    with worker(PYTHON, "benchmarks.recipes.ours", cases, root=ROOT) as ours:
        assert ours.versions["constructs-trainers"] == version("constructs-trainers")
        answers = [ours.resolve(number) for number in (0, 1, 0)]
    assert all(answer.seconds > 0 for answer in answers)
    assert all(answer.recipe == answers[0].recipe for answer in answers)


def test_a_worker_that_does_not_start_is_told_of() -> None:
    with (
        pytest.raises(WorkerError, match="json ended"),
        worker(PYTHON, "json", [], root=ROOT),
    ):
        pass


def test_pythons_own_settings_do_not_reach_what_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("OTHER", "kept")
    assert "PYTHONDONTWRITEBYTECODE" not in environment()
    assert environment()["OTHER"] == "kept"
