from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("aws_cdk", "jsii", "boto3", "botocore", "omegaconf", "yaml", "ministack")
RUN = "from constructs_trainers.cli.main import main; main()"


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_line_starts_without_anything_heavy() -> None:
    script = f"""
import sys, constructs_trainers.cli.main
print([name for name in {HEAVY!r} if name in sys.modules or
       any(module.startswith(("constructs_trainers.local.", "constructs_trainers.hub."))
           for module in sys.modules)])
"""
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["local", "--help"], ["hub", "pull", "--help"]]
)
def test_help_is_an_answer(arguments: list[str]) -> None:
    answer = command(*arguments)
    assert answer.returncode == 0
    assert answer.stdout.startswith("Usage: ")
    assert answer.stderr == ""


def test_the_version_is_the_packages() -> None:
    from importlib.metadata import version

    answer = command("--version")
    assert answer.returncode == 0
    assert answer.stdout.strip().endswith(version("constructs-trainers"))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["locl"], "local"),
        (["local", "rum"], "run"),
        (["local", "run", "--outcom", "Completed"], "--outcome"),
        (["local", "run", "--outcome", "Complete"], "Completed"),
        (["local", "run", "--reject", "Throttling"], "ThrottlingException"),
        (["local", "run", "--input", "{"], "--input"),
        (["local", "run", "--input", "[]"], "object"),
        (["local", "run", "--input", "@no-such-file"], "no-such-file"),
        (["local", "run", "--timeout", "0"], "timeout"),
        (["hub", "pul"], "pull"),
        (["hub", "pull", "--region", "us-west-2"], "--model"),
        (["hub", "pull", "--model", "llama"], "--region"),
        (["hub", "pull", "--model", "llama", "--region", "r", "--technique", "SFTT"], "SFT"),
        (["hub", "list", "--region", "us-west-2"], "--technique"),
    ],
)
def test_misuse_is_told_in_error_lines_and_by_the_exit_code(
    arguments: list[str], hint: str
) -> None:
    answer = command(*arguments)
    assert answer.returncode == 2
    assert answer.stderr.startswith("error: ")
    assert hint in answer.stderr
    assert answer.stdout == ""


def test_no_command_is_misuse_that_shows_the_help() -> None:
    answer = command()
    assert answer.returncode == 2
    assert answer.stderr.startswith("Usage: ")
