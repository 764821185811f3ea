"""A command run to its end, and what it leaves behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_trainers.local.child_output import output_of

SEARCH = {"PATH": os.environ["PATH"]}


def run(script: str, folder: Path, shown: list[str] | None = None) -> tuple[int, list[str]]:
    shown = [] if shown is None else shown
    return output_of(["/bin/sh", "-c", script], folder, SEARCH, shown.append)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[int]:
    """The reading end of the pipe ``held``, which has no writer once all processes have ended."""
    os.mkfifo(tmp_path / "held")
    end = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    yield end
    os.close(end)


def test_each_line_is_shown_and_kept_and_the_code_is_the_commands(tmp_path: Path) -> None:
    shown: list[str] = []
    ended = run("echo one; echo two >&2; printf 'thr\\303'; exit 3", tmp_path, shown)
    assert ended == (3, ["one", "two", "thr\N{REPLACEMENT CHARACTER}"])
    assert shown == ended[1]


def test_much_output_is_read_to_its_end(tmp_path: Path) -> None:
    code, lines = run("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done", tmp_path)
    assert (code, len(lines), lines[-1]) == (0, 20000, "line 19999")


@pytest.mark.parametrize("leave", ["", "setsid", "env -u NOTHING setsid"])
def test_a_child_that_holds_the_output_is_not_waited_for_and_ended(
    tmp_path: Path, held: int, leave: str
) -> None:
    # The pipe is opened before the command goes on, by the process that becomes the child.
    script = f"exec 9>held; {leave} tail -f /dev/null & echo done"
    assert run(script, tmp_path) == (0, ["done"])
    os.set_blocking(held, True)
    assert os.read(held, 1) == b""


def test_an_error_on_the_way_ends_the_command_and_its_children(tmp_path: Path, held: int) -> None:
    def fail(line: str) -> None:
        raise ValueError(line)

    command = ["/bin/sh", "-c", "exec 9>held; setsid tail -f /dev/null & echo a; tail -f /dev/null"]
    with pytest.raises(ValueError, match="a"):
        output_of(command, tmp_path, SEARCH, fail)
    os.set_blocking(held, True)
    assert os.read(held, 1) == b""


def test_a_child_without_any_mark_is_not_waited_for(tmp_path: Path, held: int) -> None:
    script = "exec 9>held; env -i setsid /bin/sh -c 'echo $$ >pid; exec tail -f /dev/null' & "
    script += "while ! [ -s pid ]; do :; done; echo done"
    assert run(script, tmp_path) == (0, ["done"])
    os.kill(int((tmp_path / "pid").read_text()), 9)
    os.set_blocking(held, True)
    assert os.read(held, 1) == b""
