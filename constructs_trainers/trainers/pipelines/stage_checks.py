"""What is wrong with stages: their names, what they give to their runs, and their sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.check import shape_problems
from constructs_trainers.recipes.hyperparameters import run_value_problems
from constructs_trainers.trainers.runs.run_data import run_data
from constructs_trainers.values.expressions import Expression
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token
from constructs_trainers.workflows.pipeline import RESERVED_NAMES
from constructs_trainers.workflows.pipeline_steps import MOST_RUNS
from constructs_trainers.workflows.train_task import LONGEST_NAME, inner_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.trainers.pipelines.stages import Sweep, SweepManifest
    from constructs_trainers.trainers.runs.run_data import RunData
    from constructs_trainers.workflows.allowed_input import AllowedInput


# JavaScript, in which the CDK writes the template, has its own use for it.
_NO_KEY: Final = "__proto__"


class StageNames:
    """The names that are taken, in all of the machine: a state's name is unique in it."""

    def __init__(self) -> None:
        self._taken = set(RESERVED_NAMES)

    def take(self, path: str, name: str, *, is_bounded: bool = False) -> list[Problem]:
        """Take a name.

        Args:
            path: Where it was given.
            name: The name.
            is_bounded: Whether the stage has a ``wait_timeout``, and so states inside.

        Returns:
            What is wrong with it.
        """
        found = _form_problems(path, name)
        # Of the ids that the CDK makes of names, too.
        if name.replace("/", "--") in {taken.replace("/", "--") for taken in self._taken}:
            found.append(_problem(path, "is taken", name))
        inside = inner_names(name) if is_bounded else []
        found += [
            _problem(path, "with wait_timeout makes a state whose name is taken", other)
            for other in inside
            if other in self._taken
        ]
        self._taken.update([name, *inside])
        return found


def _problem(path: str, message: str, name: str) -> Problem:
    return Problem(path=path, message=message, got=short_repr(name), fix="give another name")


def _form_problems(path: str, name: str) -> list[Problem]:
    message = None
    if not 1 <= len(name) <= LONGEST_NAME:
        message = "has a wrong length"
    elif is_token(name):
        message = "is only known at deployment"
    elif not name.isprintable() or name == _NO_KEY:
        message = "cannot be a state's name"
    if message is None:
        return []
    allowed = f"1 to {LONGEST_NAME} characters that can be read"
    fix = "give a name" if name else None
    return [Problem(path=path, message=message, got=short_repr(name), allowed=allowed, fix=fix)]


def stage_input(
    path: str,
    data: RunData | None,
    values: Mapping[str, object] | None,
    allowed: AllowedInput,
) -> tuple[dict[str, object], list[Problem]]:
    """The input of an execution, and what is wrong with it.

    Args:
        path: Where the stage was given.
        data: What was given as ``input_data_config``.
        values: What was given as ``hyperparameters``.
        allowed: What executions of the trainer may give.
    """
    given, problems = run_data(data, allowed)
    found = [problem.under(path) for problem in problems]
    if any(isinstance(place, Expression) for place in given.values()):
        where = f"{path}.input_data_config"
        fix = "give the data in the execution's input, under the stage's name"
        found.append(Problem(path=where, message="has an expression", fix=fix))
        given = {}
    if values is None:
        return given, found
    found += _value_problems(f"{path}.hyperparameters", values, allowed)
    return {**given, "HyperParameters": values}, found


def _value_problems(
    path: str, values: Mapping[str, object], allowed: AllowedInput
) -> list[Problem]:
    rules = allowed.hyperparameters
    if isinstance(rules, str):
        return [Problem(path=path, message=rules, got=short_repr(values))]
    found = run_value_problems(
        values,
        rules.spec,
        values=rules.values,
        defaults=rules.defaults,
        sequence_length=rules.sequence_length,
    )
    if found:
        return [problem.under(path) for problem in found]
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    return shape_problems(path, texts, "HyperParameters")


# Developer guide, "Map state": up to 40 iterations at once inline; a Distributed Map takes 10,000,
# of which nobody has that many jobs.
_MOST_AT_ONCE: Final = 40
_MOST_AT_ONCE_FROM_FILE: Final = 1000
_ALL_OF_THEM: Final = 100


def list_problems(sweep: Sweep, path: str, runs: int) -> list[Problem]:
    """What is wrong with a sweep over lists."""
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
    """What is wrong with a sweep over a file."""
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
