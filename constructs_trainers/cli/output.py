"""What the commands print: for people, and for scripts."""

from __future__ import annotations

import json
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
