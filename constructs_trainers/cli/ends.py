"""How a command that did not get to its result says so to scripts."""

from __future__ import annotations

import signal

import click


def name_and_cause(error: BaseException) -> tuple[str, str]:
    """The name of what ended a command, and what it says; Interrupted when a signal did."""
    if isinstance(error, click.ClickException):
        return type(error).__name__, error.format_message()
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        from constructs_trainers.local.processes import SIGNALLED

        return "Interrupted", f"ended by {signal.Signals(error.code - SIGNALLED).name}"
    return type(error).__name__, str(error)
