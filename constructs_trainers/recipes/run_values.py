"""Values for a single run of a recipe, held against the rules that each execution checks too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.recipes.hyperparameters import character_problems
from constructs_trainers.recipes.validation import cross_problems, leaf_problems, value_problems
from constructs_trainers.values.short_repr import short_repr, short_text
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.spec import Parameter


TOO_MANY_DIGITS: Final = "has more digits than a number keeps"
FIRST_INEXACT: Final = 10**15
"""Engines of JSONata differ in how many digits they write of a number; all write 15."""


def run_value_problems(
    given: Mapping[str, object],
    spec: Mapping[str, Parameter],
    *,
    values: Mapping[str, object],
    defaults: Mapping[str, object],
    sequence_length: str | None,
) -> list[Problem]:
    """What is wrong with values for a run, each with the value's name as path.

    Args:
        given: The values by name.
        spec: The parameters that may be given, with their rules.
        values: The recipe's values by parameter or leaf name.
        defaults: The hub's values by the same names.
        sequence_length: The recipe's sequence length, such as ``4K``.
    """
    found = []
    for name, value in given.items():
        if name not in spec:
            found.append(
                Problem(
                    path=short_text(str(name)),
                    message="is no hyperparameter that may be given to a run",
                    got=short_repr(value),
                    allowed=", ".join(spec),
                    fix=did_you_mean(str(name), spec),
                )
            )
            continue
        found += (
            _unfit(name, value)
            or value_problems(name, value, spec[name], None)
            or _lost_on_the_way(name, value)
        )
    return found or cross_problems({**values, **given}, defaults, sequence_length)


def _unfit(name: str, value: object) -> list[Problem]:
    """What no run can be given, whatever the parameter."""
    if value is None:
        message, got = "cannot be unset for a run", "null"
        return [Problem(path=name, message=message, got=got, fix="leave it out")]
    if is_token(value):
        # It would stand inside an expression, which a quote in its value would break.
        message = "is only known at deployment"
        fix = "give it to the trainer, or in the execution's input"
        return [Problem(path=name, message=message, got="a CDK token", fix=fix)]
    return leaf_problems(name, value, None)


def _lost_on_the_way(name: str, value: object) -> list[Problem]:
    """What would not reach the job as it was given."""
    if isinstance(value, str):
        return character_problems(name, value)
    if not isinstance(value, (int, float)):
        message, allowed = "cannot be given to a run", "text, a number or a boolean"
        return [Problem(path=name, message=message, got=short_repr(value), allowed=allowed)]
    if abs(value) < FIRST_INEXACT or value != int(value):
        return []
    fix = "give it to the trainer, or as text in the execution's input"
    return [Problem(path=name, message=TOO_MANY_DIGITS, got=short_repr(value), fix=fix)]
