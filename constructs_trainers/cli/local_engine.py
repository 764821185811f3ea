"""``constructs-trainers local start``, ``env``, ``status`` and ``stop``: an engine that stays."""

from __future__ import annotations

import os
import shlex
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

    from constructs_trainers.local.engine_list import StandingEngine
    from constructs_trainers.local.engine_state import EngineState


@click.command()
@json_option
def start(*, as_json: bool) -> None:
    """Start an engine that stays, for cdk deploy and AWS clients in this shell.

    Prints lines that set the environment. Take them in two steps, so that the shell sees when this
    fails, and nothing goes to your own account:

    environment=$(constructs-trainers local start) && eval "$environment"

    When the engine of the app in this folder runs already, prints the same again. Exits with 1 when
    the engine cannot be started, with 2 on misuse. With --json the object has endpoint_url, pid and
    environment, or error and message.
    """
    from constructs_trainers.local.processes import ended_by_signals

    with ended_by_signals(complain), _failures_as_json(as_json=as_json):
        from constructs_trainers.local.standing_engine import start_engine

        state = start_engine(Path.cwd(), progress)
    _print_environment(state, as_json=as_json)


@click.command()
@json_option
def env(*, as_json: bool) -> None:
    """Print the environment of the engine that 'local start' started, as that does.

    Starts none: exits with 1 when no engine runs for the app in this folder, or it does not answer,
    and with 2 where there is no app. In another shell:

    environment=$(constructs-trainers local env) && eval "$environment"
    """
    with _failures_as_json(as_json=as_json):
        from constructs_trainers.local.standing_engine import running_engine

        state = running_engine(Path.cwd())
    _print_environment(state, as_json=as_json)


@click.command()
@json_option
def status(*, as_json: bool) -> None:
    """List the engines that 'local start' started and that run, of all apps on this machine.

    Exits with 0 also when there is none. With --json the object has engines, each with app_folder,
    pid, endpoint_url and since.
    """
    from constructs_trainers.local.engine_list import standing_engines

    engines = standing_engines()
    if as_json:
        print_json({"engines": [engine.to_json() for engine in engines]})
        return
    for engine in engines:
        click.echo(_described(engine))
    if not engines:
        progress("No engine runs")


@click.command()
@json_option
def stop(*, as_json: bool) -> None:
    """End the engine that 'local start' started for the app in this folder.

    All that was deployed to it is gone with it. Exits with 0 also when there is none. With --json
    the object has stopped: null, or an object with app_folder, pid and endpoint_url.
    """
    from constructs_trainers.local.processes import ended_by_signals

    here = Path.cwd()
    with ended_by_signals(complain), _failures_as_json(as_json=as_json):
        from constructs_trainers.local.standing_engine import stop_engine

        stopped = stop_engine(here)
    if stopped is not None:
        progress(f"Stopped the engine at {stopped.endpoint_url} (process {stopped.pid})")
    else:
        _tell_of_none(here)
    if as_json:
        print_json({"stopped": None if stopped is None else _ended(here, stopped)})


def _print_environment(state: EngineState, *, as_json: bool) -> None:
    from constructs_trainers.local.shell_environment import export_lines, shell_environment

    environment = shell_environment(state.endpoint_url, state.workdir, os.environ)
    if as_json:
        found = {"endpoint_url": state.endpoint_url, "pid": state.pid, "environment": environment}
        print_json(found)
        return
    for line in export_lines(environment):
        click.echo(line)


def _described(engine: StandingEngine) -> str:
    since = engine.since.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    state = engine.state
    return f"{engine.app_folder}: {state.endpoint_url} (process {state.pid}) since {since}"


def _ended(here: Path, state: EngineState) -> dict[str, object]:
    from constructs_trainers.recipes.project_files import root_above

    folder = root_above(here) or here
    return {"app_folder": str(folder), "pid": state.pid, "endpoint_url": state.endpoint_url}


def _tell_of_none(here: Path) -> None:
    """Tell that there was nothing to stop; where there is no app, what could be meant."""
    from constructs_trainers.local.engine_list import standing_engines
    from constructs_trainers.recipes.project_files import root_above

    if root_above(here) is not None:
        progress("No engine runs for the app in this folder")
        return
    progress(f"There is no app here: no cdk.json at or above {here}")
    engines = standing_engines()
    progress("Engines that run, and what stops them:" if engines else "No engine runs elsewhere")
    for engine in engines:
        progress(f"  {_described(engine)}\n    {_stopping(engine)}")


def _stopping(engine: StandingEngine) -> str:
    """The command that stops an engine."""
    if engine.is_its_projects:
        return f"cd {shlex.quote(str(engine.app_folder))} && constructs-trainers local stop"
    return f"kill {engine.state.pid}"


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
