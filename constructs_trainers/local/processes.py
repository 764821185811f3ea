"""How a run ends, and the processes that it started.

Ctrl-C and its kin end it as an error does, and only where nothing gets lost.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What a shell reports for a process that a signal ended, less the signal's number.
SIGNALLED: Final = 128
# Else ps tells of processes.
_HAS_PROC: Final = Path("/proc/self").exists()
STAY: Final = b"stay\n"
"""What an engine reads from its standard input when it is to outlive whoever started it."""


@contextmanager
def ended_by_signals(say: Callable[[str], None]) -> Iterator[None]:
    """Turn a signal that asks this process to end into a SystemExit, so that all is cleaned up."""

    def end(number: int, _frame: FrameType | None) -> None:
        for each in _ENDING:  # a second Ctrl-C must not cut the cleaning up short
            signal.signal(each, signal.SIG_IGN)
        say(f"ended by {signal.Signals(number).name}")
        sys.exit(SIGNALLED + number)

    with _handled_by(end):
        yield


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Let signals wait until the block is done: in it, a process or a folder has no owner yet."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python runs signal handlers in the main thread only
        return
    waiting: list[int] = []
    with _handled_by(lambda number, _frame: waiting.append(number)):
        yield
    for number in waiting:
        signal.raise_signal(number)


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    before = {each: signal.signal(each, handler) for each in _ENDING}
    try:
        yield
    finally:
        for each, former in before.items():
            signal.signal(each, former)


def end_group(process: subprocess.Popen[Any]) -> None:
    """End a process that leads a group of its own, with all that it started; close its pipes."""
    # Not yet waited for: the process group cannot have been given to anyone else.
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def end_marked(name: str, value: str) -> None:
    """End every process with this variable in the environment that it was started with.

    That is what a command left behind outside of its process group. Only Linux tells the
    environment of processes; elsewhere nothing is found.
    """
    entry = f"{name}={value}".encode()
    # One that is ended may just have started another.
    while found := [pid for pid in _process_ids() if entry in _environment(pid)]:
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def has_argument(pid: int, argument: str) -> bool:
    """Whether a process runs that was started with an argument: ids of processes are used again.

    Args:
        pid: The process id, of which nothing is known.
        argument: Something that no other process was started with, without spaces.
    """
    if _HAS_PROC:
        return argument in _command_line(pid)
    return argument in _listed("-o", "command=", "-p", str(pid)).split()


def command_lines(argument: str) -> Iterator[tuple[int, list[str]]]:
    """The processes that were started with an argument, each with all its arguments.

    Args:
        argument: Without spaces. Where only ``ps`` tells, no other argument should have any.
    """
    if _HAS_PROC:
        lines = ((pid, _command_line(pid)) for pid in _process_ids())
    else:
        listed = (
            line.split() for line in _listed("-ax", "-o", "pid=", "-o", "command=").splitlines()
        )
        lines = ((int(pid), arguments) for pid, *arguments in listed)
    return ((pid, arguments) for pid, arguments in lines if argument in arguments)


def _command_line(pid: int) -> list[str]:
    with suppress(OSError):  # it has ended
        content = Path(f"/proc/{pid}/cmdline").read_bytes()
        return [os.fsdecode(argument) for argument in content.split(b"\0")]
    return []


def _listed(*arguments: str) -> str:
    """What ps says, where there is no /proc."""
    listed = subprocess.run(  # noqa: S603 - arguments of our own
        ["/bin/ps", "-ww", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout


def _process_ids() -> list[int]:
    with suppress(OSError):
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return []


def _environment(pid: int) -> list[bytes]:
    # Of a process that has ended, and of another user's, there is nothing to be read.
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []
