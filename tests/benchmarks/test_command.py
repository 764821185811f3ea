from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from benchmarks.recipes.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_no_hub_recipes_is_misuse_that_names_the_folder(tmp_path: Path) -> None:
    answer = run("--recipes", tmp_path / "none", "--rival", sys.executable)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert "there are no hub recipes" in answer.stderr
    assert "none" in answer.stderr


def test_a_folder_without_content_is_misuse_too(tmp_path: Path) -> None:
    answer = run("--recipes", tmp_path, "--rival", sys.executable)
    assert answer.exit_code == 2
    assert "there are no hub recipes" in answer.stderr


def test_no_sdk_is_misuse_that_says_what_makes_it(hub_content: Path, tmp_path: Path) -> None:
    answer = run("--recipes", hub_content, "--rival", tmp_path / "python")
    assert answer.exit_code == 2
    assert "make bench" in answer.stderr


def test_a_page_without_marks_is_told_before_anything_is_measured(
    hub_content: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n")
    answer = run("--recipes", hub_content, "--rival", sys.executable, "--write", page)
    assert answer.exit_code == 2
    assert "lacks" in answer.stderr
    assert "round" not in answer.stderr
    assert page.read_text() == "# Title\n"
