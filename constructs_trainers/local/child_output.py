"""A command run to its end, line by line, with nothing left of it.

An app may leave processes behind, which hold on to its output: it has ended all the same.
"""

from __future__ import annotations

import codecs
import os
import select
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from constructs_trainers.local.processes import deferred_signals, end_group, end_marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_MARK: Final = "CONSTRUCTS_TRAINERS_COMMAND"
_CHUNK_BYTES: Final = 65536


def output_of(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    progress: Callable[[str], None],
) -> tuple[int, list[str]]:
    """Run a command in a process group of its own, and end what it leaves behind.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        environment: All that it sees of the environment.
        progress: Is given each line of its output, as it comes.

    Returns:
        Its exit code, and the lines of its standard output and error.

    Raises:
        OSError: The program cannot be started.
    """
    # What it starts inherits this, also where it leaves the process group.
    mark = f"{os.getpid()}-{os.urandom(8).hex()}"
    lines: list[str] = []
    process: subprocess.Popen[bytes] | None = None
    try:
        with deferred_signals():
            process = subprocess.Popen(  # noqa: S603 - the cdk CLI, arguments of our own
                command,
                cwd=folder,
                env={**environment, _MARK: mark},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # A group of its own, so that it can be ended with the app that it runs.
                start_new_session=True,
            )
        for line in _lines(process):
            lines.append(line.rstrip())
            progress(lines[-1])
    finally:
        if process is not None:
            end_group(process)
            end_marked(_MARK, mark)
    return process.returncode, lines


def _lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    """The lines that a process writes until it ends, whoever else holds its pipe then."""
    assert process.stdout is not None  # noqa: S101 - for the type checker
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    for chunk in _chunks(process.pid, process.stdout.fileno()):
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from lines
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
    _wait(process.pid)


def _chunks(pid: int, pipe: int) -> Iterator[bytes]:
    os.set_blocking(pipe, False)
    ended, ends = os.pipe()

    def tell_the_end() -> None:
        _wait(pid)
        os.close(ends)

    threading.Thread(target=tell_the_end, daemon=True).start()
    try:
        over = False
        while not over:
            readable, _, _ = select.select([pipe, ended], [], [])
            # Whatever it wrote is in the pipe before its end is told.
            over = ended in readable
            with suppress(BlockingIOError):
                while chunk := os.read(pipe, _CHUNK_BYTES):
                    yield chunk
                return
    finally:
        os.close(ended)


def _wait(pid: int) -> None:
    """Return when a child has ended, which stays to be reaped: its process id is not free yet."""
    if sys.platform == "darwin":
        end = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
        with suppress(ProcessLookupError):
            select.kqueue().control([end], 1)
    else:
        with suppress(ChildProcessError):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
