"""Where an app's files are found, however it is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_trainers.recipes.project_files import find_file, project_root, shown_path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "cdk.json").write_text("{}")
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "sft.yaml").write_text("training_config:\n  epochs: 2\n")
    return tmp_path


def test_the_project_is_where_cdk_json_is(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "recipes")
    assert project_root() == project
    assert find_file("recipes/sft.yaml") == project / "recipes" / "sft.yaml"


def test_a_file_in_the_current_folder_comes_first(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nested = project / "recipes"
    (nested / "recipes").mkdir()
    (nested / "recipes" / "sft.yaml").write_text("")
    monkeypatch.chdir(nested)
    assert find_file("recipes/sft.yaml") == Path("recipes/sft.yaml")


def test_absolute_paths_are_shown_without_the_machine(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert shown_path(str(project / "recipes" / "sft.yaml")) == "recipes/sft.yaml"
    assert shown_path("/elsewhere/other.yaml") == "other.yaml"
