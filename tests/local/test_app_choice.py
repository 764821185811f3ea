"""Where an app is looked for that nothing names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.deployment import AppChoice
from constructs_trainers.local.environment import MisuseError

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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("CDK_APP", raising=False)
    return folder


@pytest.mark.usefixtures("home")
def test_without_a_project_nothing_says_what_to_run(below: Path) -> None:
    with pytest.raises(MisuseError) as error:
        AppChoice().check()
    (problem,) = error.value.problems
    assert (problem.path, problem.got) == ("cdk.json", str(below))
    assert "at or above" in problem.message
    assert "--app" in str(problem.fix)


@pytest.mark.usefixtures("home")
def test_a_project_or_a_command_says_what_to_run(below: Path, tmp_path: Path) -> None:
    AppChoice(app="python app.py").check()
    (tmp_path / "cdk.json").write_text("{}")
    AppChoice().check()
    AppChoice(project=tmp_path).check()
    with pytest.raises(MisuseError, match="nothing says how"):
        AppChoice(project=below).check()


def test_what_the_cdk_cli_is_told_elsewhere_counts(
    below: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_APP", "python app.py")
    AppChoice(project=below).check()
    monkeypatch.delenv("CDK_APP")
    (home / ".cdk.json").write_text("{}")
    AppChoice(project=below).check()
