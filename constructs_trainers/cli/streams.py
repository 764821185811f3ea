"""The standard streams as a shell may hand them over: closed, full, or read by nobody."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_STREAMS: Final = (
    # Opened for reading only, so that writing fails as it would on the closed one.
    (0, "stdin", os.O_RDONLY, "r"),
    (1, "stdout", os.O_RDONLY, "w"),
    (2, "stderr", os.O_WRONLY, "w"),
)


class OutputError(Exception):
    """Standard output cannot be written. No OSError: those are of what a command works with."""


class _Output(io.TextIOWrapper):
    """Standard output that tells its own failures from all others."""

    def write(self, text: str, /) -> int:
        with _told():
            return super().write(text)

    def flush(self) -> None:
        with _told():
            super().flush()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # click ends the command for it, and says nothing
    except OSError as error:
        raise OutputError(error.strerror or str(error)) from error


def prepare_streams() -> None:
    """Make standard output tell when it fails, and put something in the place of closed streams.

    Else the next file, socket or pipe that is opened gets the number of one, and what is printed.
    """
    for number, name, flags, mode in _STREAMS:
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:  # something has taken the number already
                os.close(opened)
                continue
            # Buffered by line, so that nothing is left for the interpreter's end to fail on.
            stream = os.fdopen(number, mode, buffering=1, closefd=False)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    if type(sys.stdout) is io.TextIOWrapper:  # and not what a test reads from
        sys.stdout = _Output(
            sys.stdout.buffer,
            encoding=sys.stdout.encoding,
            errors=sys.stdout.errors,
            line_buffering=sys.stdout.line_buffering,
            write_through=sys.stdout.write_through,
        )


def give_up(stream: TextIO) -> None:
    """Let what is left to be printed go nowhere: the interpreter's end would fail on it again."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
