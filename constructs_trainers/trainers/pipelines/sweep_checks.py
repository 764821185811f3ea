"""What is wrong with a sweep, but for the data and the values of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.pipeline_outputs import MOST_RUNS

if TYPE_CHECKING:
    from constructs_trainers.trainers.pipelines.stages import Sweep
    from constructs_trainers.trainers.pipelines.sweep_manifest import SweepManifest

# Developer guide, "Map state": up to 40 iterations at once inline; a Distributed Map takes 10,000,
# of which nobody has that many jobs.
_MOST_AT_ONCE: Final = 40
_MOST_AT_ONCE_FROM_FILE: Final = 1000
_ALL_OF_THEM: Final = 100


def list_problems(sweep: Sweep, path: str, runs: int) -> list[Problem]:
    """What is wrong with a sweep over lists.

    Args:
        sweep: The sweep.
        path: Where it was given.
        runs: How many runs it has.
    """
    found: list[Problem] = []
    if sweep.datasets is None and sweep.hyperparameters is None:
        fix = "give datasets, hyperparameters or a manifest"
        found.append(Problem(path=path, message="has nothing to go over", fix=fix))
    elif not 1 <= runs <= MOST_RUNS:
        fix = "put the inputs of the runs into a file, and give it as manifest"
        found.append(
            Problem(
                path=path,
                message="has no runs, or too many",
                got=str(runs),
                allowed=f"1 to {MOST_RUNS} runs",
                fix=fix if runs else None,
            )
        )
    if sweep.tolerated_failure_percentage is not None:
        where = f"{path}.tolerated_failure_percentage"
        message = "is for sweeps with a manifest"
        found.append(Problem(path=where, message=message, fix="leave it out"))
    return found + _at_once_problems(sweep, path, _MOST_AT_ONCE)


def manifest_problems(sweep: Sweep, manifest: SweepManifest, path: str) -> list[Problem]:
    """What is wrong with a sweep over a file.

    Args:
        sweep: The sweep.
        manifest: Its file.
        path: Where it was given.
    """
    message = "cannot be given together with manifest"
    fix = "keep one of the two: the file's items hold data and hyperparameters"
    found = [
        Problem(path=f"{path}.{other}", message=message, fix=fix)
        for other in ("datasets", "hyperparameters")
        if getattr(sweep, other) is not None
    ]
    found += _at_once_problems(sweep, path, _MOST_AT_ONCE_FROM_FILE)
    tolerated = sweep.tolerated_failure_percentage
    if tolerated is not None and not 0 <= tolerated <= _ALL_OF_THEM:
        where, got = f"{path}.tolerated_failure_percentage", short_repr(tolerated)
        found.append(Problem(path=where, message="is no percentage", got=got, allowed="0 to 100"))
    return found + manifest.problems(f"{path}.manifest")


def _at_once_problems(sweep: Sweep, path: str, most: int) -> list[Problem]:
    given = sweep.max_concurrency
    if 1 <= given <= most:
        return []
    where, got = f"{path}.max_concurrency", short_repr(given)
    return [Problem(path=where, message="is out of range", got=got, allowed=f"1 to {most}")]
