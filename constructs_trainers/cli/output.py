"""What the commands print: for people, and for scripts."""

from __future__ import annotations

import json
import signal
import sys

import click

from constructs_trainers.cli.streams import give_up

json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object on standard output and nothing else.",
)


def progress(line: str) -> None:
    """Tell people, not scripts; when nobody can be told, the work goes on."""
    try:
        click.echo(line, err=True)
    except OSError:
        give_up(sys.stderr)


def complain(message: str) -> None:
    """Tell people what went wrong."""
    progress(f"error: {message}")


def print_json(value: object) -> None:
    """Print for scripts."""
    click.echo(json.dumps(value, indent=2))


def name_and_cause(error: BaseException) -> tuple[str, str]:
    """The name of what ended a command, and what it says; Interrupted when a signal did."""
    if isinstance(error, click.ClickException):
        return type(error).__name__, error.format_message()
    if isinstance(error, SystemExit) and isinstance(error.code, int):
        from constructs_trainers.local.processes import SIGNALLED

        return "Interrupted", f"ended by {signal.Signals(error.code - SIGNALLED).name}"
    return type(error).__name__, str(error)
