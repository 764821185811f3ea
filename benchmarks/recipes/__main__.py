"""``python -m benchmarks.recipes``: measure, print, and exit with 1 when a target is missed."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from benchmarks.recipes.cases import read_cases, write_cases
from benchmarks.recipes.figures import figure, ratio_by_recipe
from benchmarks.recipes.report import Report, with_figures
from benchmarks.recipes.rounds import (
    DifferentOutcomeError,
    median_recipe,
    process_rounds,
    resolve_rounds,
)
from benchmarks.recipes.worker import WorkerError, worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.recipes.cases import Case
    from benchmarks.recipes.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
TARGET = 10.0
RECIPES = ROOT.parent / "shared" / "recipes"
VALIDATE = ("recipe", "validate", "recipes/sft.yaml")
IMPORT = "import sagemaker.train.recipe_resolver"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--rival",
    type=click.Path(path_type=Path),
    default=ROOT / ".venv-bench" / "bin" / "python",
    help="The interpreter of the SDK's environment.  [default: that of make bench]",
)
@click.option(
    "--recipes",
    type=click.Path(path_type=Path),
    default=RECIPES,
    help="The folder of hub content.  [default: ../shared/recipes]",
)
@click.option("--rounds", type=click.IntRange(min=2), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print an object, times in seconds.")
@click.option(
    "--write",
    "page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Put the table into this page too, between its marks.",
)
def main(*, rival: Path, recipes: Path, rounds: int, as_json: bool, page: Path | None) -> None:
    """Measure recipes against the SageMaker Python SDK."""
    if not recipes.is_dir():
        raise click.UsageError(f"there are no hub recipes at {recipes}: nothing to resolve")
    if not rival.is_file():
        raise click.UsageError(f"there is no {rival}: 'make bench' makes it")
    if page is not None:
        _put(page, "", dry_run=True)
    try:
        report = _measured(rival, recipes, rounds)
    except (DifferentOutcomeError, WorkerError) as error:
        raise click.ClickException(str(error)) from error
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"{error}\n{error.stderr.decode()}") from error
    if page is not None:
        _put(page, report.to_text())
    click.echo(report.to_json() if as_json else report.to_text())
    sys.exit(0 if report.is_met else 1)


def _put(page: Path, figures: str, *, dry_run: bool = False) -> None:
    try:
        text = with_figures(page.read_text(encoding="utf-8"), figures)
    except ValueError as error:
        raise click.UsageError(f"{page}: {error}") from error
    if not dry_run:
        page.write_text(text, encoding="utf-8")


def _measured(rival: Path, recipes: Path, rounds: int) -> Report:
    cases = read_cases(recipes)
    if not cases:
        raise click.UsageError(f"there are no hub recipes at {recipes}: nothing to resolve")
    name = f"resolve, {len(cases)} recipes"
    plain, versions = _resolving(name, cases, rival, rounds, TARGET)
    interpolated = [case.interpolated() for case in cases]
    # Workers of their own: the figure above is for apps that never load what interpolates.
    other, _ = _resolving(f"{name}, interpolated", interpolated, rival, rounds, None)
    return Report(
        figures=[plain, other, _whole_process(rival, rounds)],
        ours=versions[0],
        rival=versions[1],
        rounds=rounds,
        cores=os.cpu_count() or 1,
    )


def _resolving(
    name: str, cases: Sequence[Case], rival: Path, rounds: int, target: float | None
) -> tuple[Figure, list[Mapping[str, str]]]:
    names = [case.name for case in cases]
    with TemporaryDirectory() as folder, ExitStack() as stack:
        written = write_cases(cases, Path(folder))
        sides = (
            (Path(sys.executable), "benchmarks.recipes.ours"),
            (rival, "benchmarks.recipes.rival"),
        )
        ours, theirs = (
            stack.enter_context(worker(python, module, written, root=ROOT))
            for python, module in sides
        )
        samples = resolve_rounds(ours, theirs, names, rounds, _progress(name, rounds))
        versions = [ours.versions, theirs.versions]
    found = figure(
        name,
        [median_recipe(of_round) for of_round in samples],
        target=target,
        by_recipe=ratio_by_recipe(names, samples),
    )
    return found, versions


def _whole_process(rival: Path, rounds: int) -> Figure:
    command = Path(sys.executable).parent / "constructs-trainers"
    samples = process_rounds(
        [str(command), *VALIDATE],
        [str(rival), "-c", IMPORT],
        rounds,
        _progress("recipe validate", rounds),
        folder=ROOT,
    )
    return figure("validate, whole process", samples, target=TARGET)


def _progress(name: str, rounds: int) -> Callable[[int], None]:
    return lambda number: click.echo(f"{name}: round {number} of {rounds}", err=True)


if __name__ == "__main__":
    main()
