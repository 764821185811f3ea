"""Values for a single run of a recipe, held against the rules that each execution checks too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.recipes.cross_checks import cross_problems
from constructs_trainers.recipes.validation import leaf_problems, value_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.spec import Parameter


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
                    path=str(name),
                    message="is no hyperparameter that may be given to a run",
                    got=repr(value),
                    allowed=", ".join(spec),
                    fix=did_you_mean(str(name), spec),
                )
            )
            continue
        found += leaf_problems(name, value, None) or value_problems(name, value, spec[name], None)
    return found or cross_problems({**values, **given}, defaults, sequence_length)
