"""What a stage gives to the executions of its trainer, and what they would refuse of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.check import shape_problems
from constructs_trainers.recipes.run_values import run_value_problems
from constructs_trainers.trainers.runs.run_data import run_data
from constructs_trainers.values.expressions import Expression
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.trainers.runs.run_data import RunData
    from constructs_trainers.workflows.allowed_input import AllowedInput


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
