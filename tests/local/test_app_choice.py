"""Where an app is looked for that nothing names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.deployment import AppChoice

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "stacks" / "team"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def test_the_nearest_project_is_run(below: Path, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text("{}")
    assert AppChoice().folder == tmp_path
    # A command is run where it was given.
    assert AppChoice(app="python app.py").folder == below
    assert AppChoice(project=tmp_path / "other").folder == tmp_path / "other"


def test_without_a_project_it_is_the_current_folder(below: Path) -> None:
    assert AppChoice().folder == below
