"""Standard streams that are closed, full or no longer read."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

RUN = "from constructs_trainers.cli.main import main; main()"
COMMANDS = ["--help", "--version", "local run --help", "hub --help", "recipe explain --help"]


def shell(script: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of shell in which ``$0 "$@"`` is the command."""
    return subprocess.run(
        ["/bin/sh", "-c", script, sys.executable, "-c", RUN],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize(
    ("output", "reason"),
    [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")],
)
def test_an_output_that_cannot_be_written_is_a_failure_in_one_line(
    arguments: str, output: str, reason: str
) -> None:
    answer = shell(f'"$0" "$@" {arguments} {output}')
    assert answer.stderr == f"error: standard output: {reason}\n"
    assert answer.returncode == 1


@pytest.mark.parametrize("arguments", COMMANDS)
def test_an_output_that_nobody_reads_ends_the_command_quietly(arguments: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    answer = subprocess.run(
        [sys.executable, "-c", RUN, *arguments.split()],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert (answer.returncode, answer.stderr) == (1, "")


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", "<&-"])
def test_without_anyone_to_be_told_misuse_is_told_by_the_exit_code(closed: str) -> None:
    answer = shell(f'"$0" "$@" locl {closed}')
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Traceback" not in answer.stderr
