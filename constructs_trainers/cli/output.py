"""What the commands print: for people, and for scripts."""

from __future__ import annotations

import json

import click

json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print one JSON object on standard output and nothing else.",
)


def progress(line: str) -> None:
    """Tell people, not scripts."""
    click.echo(line, err=True)


def complain(message: str) -> None:
    """Tell people what went wrong."""
    click.echo(f"error: {message}", err=True)


def print_json(value: object) -> None:
    """Print for scripts."""
    click.echo(json.dumps(value, indent=2))
