"""``constructs-trainers local``: run trainers on this machine, with no AWS account."""

from __future__ import annotations

import dataclasses
import math
import stat
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from constructs_trainers.cli.local_engine import env, start, status, stop
from constructs_trainers.cli.output import (
    complain,
    json_option,
    name_and_cause,
    print_json,
    progress,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_trainers.local.execution import RunResult

_FAILURE: Final = 1
_NOT_STARTED: Final = "NOT_STARTED"
_ABORTED: Final = "ABORTED"


@click.group()
def local() -> None:
    """Run trainers on this machine, with no AWS account."""


for _command in (start, env, status, stop):
    local.add_command(_command)


@local.command()
@click.option(
    "--input",
    "input_text",
    metavar="JSON|@FILE",
    default="{}",
    show_default=True,
    help="The execution's input.",
)
@click.option(
    "--outcome",
    "outcomes",
    metavar="OUTCOME",
    multiple=True,
    default=("Completed",),
    show_default=True,
    help="How the job ends: Completed, Failed:REASON or Stopped[:SECONDARY_STATUS]. Given several "
    "times: the first job, the second and so on.",
)
@click.option(
    "--reject",
    "rejections",
    metavar="CODE[:COUNT]",
    multiple=True,
    help="CreateTrainingJob answers with this error, COUNT times or always. Repeatable.",
)
@json_option
@click.option(
    "--app", metavar="COMMAND", help="The command that runs the app.  [default: cdk.json's]"
)
@click.option("--stack", metavar="NAME", help="The stack to deploy.  [default: all]")
@click.option(
    "--state-machine",
    metavar="ID",
    help="What to run: a trainer's construct id or path, or a state machine's logical id or name.  "
    "[default: the only trainer]",
)
@click.option(
    "--region",
    metavar="NAME",
    help="The region of stacks that do not say.  [default: us-east-1]",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=300.0,
    show_default=True,
    help="How long to wait for the execution.",
)
def run(
    *,
    input_text: str,
    outcomes: tuple[str, ...],
    rejections: tuple[str, ...],
    as_json: bool,
    app: str | None,
    stack: str | None,
    state_machine: str | None,
    region: str | None,
    timeout: float,
) -> int:
    """Deploy the app in this folder to an embedded engine and run a trainer.

    Prints the CreateTrainingJob request that SageMaker would have received, and how the execution
    ended. Exits with 0 when it succeeded, with 1 when it or the app failed. With --json there is
    always an object: without a result its status is NOT_STARTED, or ABORTED once the execution may
    have started, and its error says why, Interrupted when a signal ended the run.
    """
    from constructs_trainers.local.processes import ended_by_signals

    # Signals stay ignored while the end is told: a second Ctrl-C must not cut it short.
    with ended_by_signals(complain), _exit_codes(as_json=as_json) as told:
        if math.isnan(timeout):
            raise click.BadParameter("nan is no number of seconds", param_hint="--timeout")
        from constructs_trainers.local.deployment import AppChoice, deployed_app
        from constructs_trainers.local.plan import Outcome, Plan, Rejection

        execution_input = _read_input(input_text)
        plan = Plan(
            outcomes=[Outcome.parse(text) for text in outcomes],
            rejections=[Rejection.parse(text) for text in rejections],
        )
        choice = AppChoice(app=app, stack=stack, state_machine=state_machine, region=region)
        with deployed_app(choice, progress) as deployed:
            progress("Running")
            told.failed_as = _ABORTED
            result = deployed.run(execution_input, plan, timeout=timeout, progress=progress)
        told.done = True
        _report(result, as_json=as_json)
    return 0 if result.succeeded else _FAILURE


def _read_input(text: str) -> Mapping[str, object]:
    """The execution's input: JSON, or the file after an ``@`` that holds it."""
    from constructs_trainers.local.execution import read_json

    try:
        content = _read_file(Path(text[1:])) if text.startswith("@") else text
        value = read_json(content)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--input: {error}") from error
    if not isinstance(value, dict):
        raise click.UsageError("--input: expected a JSON object")
    return value


def _read_file(path: Path) -> str:
    """The text of a file, and of nothing that may never end or begin, such as a pipe.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no regular file, or not UTF-8.
    """
    # Looked at before it is opened: opening a pipe waits for somebody at its other end.
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError(
            f"{path} is no regular file; allowed: a file of JSON; "
            'fix: give the JSON itself, such as --input "$(command)"'
        )
    return path.read_text(encoding="utf-8-sig")


@dataclasses.dataclass
class _Told:
    """What a script is told when there is no result.

    Attributes:
        failed_as: The status: NOT_STARTED, or ABORTED once the execution may have started.
        done: Whether there is a result.
    """

    failed_as: str = _NOT_STARTED
    done: bool = False

    def tell(self, name: str, cause: str) -> None:
        from constructs_trainers.local.execution import RunResult

        print_json(dataclasses.asdict(RunResult(status=self.failed_as, error=name, cause=cause)))


@contextmanager
def _exit_codes(*, as_json: bool) -> Iterator[_Told]:
    """Tell misuse from failure, and let a script that reads JSON learn of every end, too."""
    from constructs_trainers.local.environment import MisuseError

    told = _Told()
    try:
        yield told
    except BaseException as error:
        if as_json and not told.done:
            told.tell(*name_and_cause(error))
        if isinstance(error, MisuseError):
            raise click.UsageError(str(error)) from error
        raise


def _report(result: RunResult, *, as_json: bool) -> None:
    if as_json:
        print_json(dataclasses.asdict(result))
        return
    if not result.requests:
        click.echo("SageMaker received no CreateTrainingJob request")
    for request, repeated in groupby(result.requests):
        times = len(list(repeated))
        click.echo("CreateTrainingJob" + (f" ({times} times)" if times > 1 else ""))
        print_json(request)
    click.echo(result.status)
    if result.succeeded:
        print_json(result.output)
    else:
        click.echo(f"Error: {result.error}")
        _report_cause(result.cause)


def _report_cause(cause: str | None) -> None:
    """The Cause; that of an execution that was waited for is its description as JSON."""
    from constructs_trainers.workflows.training_failure import training_failure

    try:
        inner = training_failure(cause or "")
    except ValueError:
        click.echo(f"Cause: {cause}")
        return
    click.echo(f"Cause: {inner.error}: {inner.cause}")
    click.echo(f"Execution: {inner.execution_arn}")
