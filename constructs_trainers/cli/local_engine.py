"""``constructs-trainers local start`` and ``local stop``: an engine that stays."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from constructs_trainers.cli.output import (
    complain,
    json_option,
    name_and_cause,
    print_json,
    progress,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command()
@json_option
def start(*, as_json: bool) -> None:
    """Start an engine that stays, for cdk deploy and AWS clients in this shell.

    Prints lines that set the environment: eval "$(constructs-trainers local start)". When the
    engine of the app in this folder runs already, prints the same again. Exits with 1 when the
    engine cannot be started, with 2 on misuse. With --json the object has endpoint_url, pid and
    environment, or error and message.
    """
    from constructs_trainers.local.processes import ended_by_signals

    with ended_by_signals(complain), _failures_as_json(as_json=as_json):
        from constructs_trainers.local.shell_environment import export_lines, shell_environment
        from constructs_trainers.local.standing_engine import start_engine

        state = start_engine(Path.cwd(), progress)
    environment = shell_environment(state.endpoint_url, state.workdir, os.environ)
    if as_json:
        found = {"endpoint_url": state.endpoint_url, "pid": state.pid, "environment": environment}
        print_json(found)
        return
    for line in export_lines(environment):
        click.echo(line)


@click.command()
def stop() -> None:
    """End the engine that 'local start' started for the app in this folder.

    All that was deployed to it is gone with it. Exits with 0 also when there is none.
    """
    from constructs_trainers.local.processes import ended_by_signals

    with ended_by_signals(complain):
        from constructs_trainers.local.standing_engine import stop_engine

        stopped = stop_engine(Path.cwd())
    if stopped is None:
        progress("No engine runs for the app in this folder")
    else:
        progress(f"Stopped the engine at {stopped.endpoint_url} (process {stopped.pid})")


@contextmanager
def _failures_as_json(*, as_json: bool) -> Iterator[None]:
    """Tell misuse from failure, and let a script that reads JSON learn of every end, too."""
    from constructs_trainers.local.environment import MisuseError

    try:
        yield
    except BaseException as error:
        if as_json:
            name, message = name_and_cause(error)
            print_json({"error": name, "message": message})
        if isinstance(error, MisuseError):
            raise click.UsageError(str(error)) from error
        raise
