"""The hyperparameters of a serverless job, and those for a single run of it.

A serverless job is sent the resolved recipe as a flat map of text, and no recipe file. The service
renders the hub's template again, from the hyperparameters of the request; what they cannot carry
would be lost, so it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, RecipeError, did_you_mean
from constructs_trainers.recipes.paths import dotted, same_value
from constructs_trainers.recipes.validation import cross_problems, leaf_problems, value_problems
from constructs_trainers.values.short_repr import short_repr, short_text
from constructs_trainers.values.tokens import is_number_token, is_token

# The SageMaker Python SDK's set; its `$` lets a trailing line break pass, which is space anyway.
_LEGAL = re.compile(r"[a-zA-Z0-9/_.:,\-\s'\"\[\]]")
LEGAL_IN_WORDS: Final = "letters, digits, spaces and / _ . : , - ' \" [ ]; or a Jinja template"
ILLEGAL: Final = "has characters that a hyperparameter may not have"
_TEMPLATE = re.compile(r"\{[%{#]")
TOO_MANY_DIGITS: Final = "has more digits than a number keeps"
FIRST_INEXACT: Final = 10**15
"""Engines of JSONata differ in how many digits they write of a number; all write 15."""

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_trainers.recipes.resolved_recipe import (
        ResolvedLeaf,
        ResolvedParameter,
        ResolvedRecipe,
    )
    from constructs_trainers.recipes.spec import Parameter


def serverless_hyperparameters(
    recipe: ResolvedRecipe, *, number_token_as_text: Callable[[object], str]
) -> dict[str, str]:
    """Every spec parameter that has a value, then every other leaf that a layer set.

    Values are Python's ``str()`` of them, as the SageMaker Python SDK sends them
    (``FineTuningOptions.to_dict``): ``True``, ``1e-05``. A null is left out.

    Raises:
        RecipeError: A value that a layer set cannot travel as a hyperparameter.
    """
    problems: list[Problem] = []
    values = {name: _parameter_value(name, recipe, problems) for name in recipe.spec}
    for leaf in recipe.leaves:
        if leaf.direct and leaf.parameter is None:
            _add_leaf(leaf, values, problems)
    sent = {name: value for name, value in values.items() if value is not None}
    for name, value in sent.items():
        # The hub's own default goes as it is: the service takes it today.
        is_default = name in recipe.spec and value == recipe.spec[name].default
        if isinstance(value, (list, Mapping)) and not is_default:
            kind = "mapping" if isinstance(value, Mapping) else "list"
            problems.append(_cannot_travel(name, f"a {kind} is not", value))
    problems += _character_problems(recipe)
    if problems:
        raise RecipeError("hyperparameters", problems)
    return {
        name: number_token_as_text(value) if is_number_token(value) else str(value)
        for name, value in sent.items()
    }


def _parameter_value(name: str, recipe: ResolvedRecipe, problems: list[Problem]) -> object:
    places = [leaf for leaf in recipe.leaves if leaf.parameter == name]
    for leaf in places[1:]:
        if not _same_of_one(leaf.value, places[0].value):
            both = f"{dotted(places[0].path)} = {short_repr(places[0].value)}, "
            both += f"{dotted(leaf.path)} = {short_repr(leaf.value)}"
            message = "one hyperparameter stands for both places, which have different values"
            fix = f"set '{name}' by that name"
            problems.append(Problem(path=name, message=message, got=both, fix=fix))
            break
    if places:
        return places[0].value
    return next(item.value for item in recipe.parameters if item.name == name)


def _same_of_one(one: object, other: object) -> bool:
    """Whether two places of a parameter agree: no value and no text are both nothing."""
    return repr(one) == repr(other) or {one is None or one == "", other is None or other == ""} == {
        True
    }


def _add_leaf(leaf: ResolvedLeaf, values: dict[str, object], problems: list[Problem]) -> None:
    name = leaf.path[-1]
    if leaf.value is None:
        if leaf.default is not None:
            problems.append(_cannot_travel(dotted(leaf.path), "null is not", leaf.value))
        return
    is_default = same_value(leaf.value, leaf.default)
    is_copied = leaf.origin.file is not None
    if is_default and (is_copied or name in values or isinstance(leaf.value, (list, Mapping))):
        # The service renders the hub's value by itself: nothing is lost by not sending it. A file
        # that was copied has hundreds of them, and a job takes 100 (CreateTrainingJob).
        return
    if name in values:
        message = f"the hyperparameter '{name}' already stands for another value of the recipe"
        fix = "leave it at the hub's value; a serverless job cannot carry it"
        problems.append(
            Problem(path=dotted(leaf.path), message=message, fix=fix, origin=str(leaf.origin))
        )
        return
    values[name] = leaf.value


def _character_problems(recipe: ResolvedRecipe) -> list[Problem]:
    """Characters that the service's own tools refuse in a hyperparameter.

    Rule as in ``sagemaker.train`` (``validate_hyperparameter_values``), for what a layer gives. A
    chat template needs more than that, and may be any text.
    """
    leaves = [(dotted(leaf.path), leaf) for leaf in recipe.leaves if leaf.parameter or leaf.direct]
    named: list[tuple[str, ResolvedLeaf | ResolvedParameter]] = [
        *leaves,
        *((item.name, item) for item in recipe.parameters),
    ]
    problems = []
    for path, item in named:
        value = item.value
        if not item.is_set or not isinstance(value, str) or is_token(value):
            continue
        if item.origin.file is not None and same_value(value, item.default):
            # What the hub has itself the service takes, also from a file that was copied.
            continue
        problems += character_problems(path, value, str(item.origin))
    return problems


def character_problems(path: str, value: str, origin: str | None = None) -> list[Problem]:
    """Characters that a hyperparameter may not have, but in a Jinja template."""
    illegal = sorted(set(_LEGAL.sub("", value)))
    if not illegal or _TEMPLATE.search(value):
        return []
    return [
        Problem(
            path=path,
            message=f"{ILLEGAL}: " + " ".join(illegal),
            got=short_repr(value),
            allowed=LEGAL_IN_WORDS,
            origin=origin,
        )
    ]


def _cannot_travel(path: str, what: str, value: object) -> Problem:
    return Problem(
        path=path,
        message=f"a serverless job takes hyperparameters as text, and {what} text",
        got=short_repr(value),
        allowed="text, numbers, true and false",
        fix="leave it at the hub's value",
    )


def run_value_problems(
    given: Mapping[str, object],
    spec: Mapping[str, Parameter],
    *,
    values: Mapping[str, object],
    defaults: Mapping[str, object],
    sequence_length: str | None,
) -> list[Problem]:
    """What is wrong with values for a run, each with the value's name as path.

    The rules are those that each execution checks too. The spec has the parameters that may be
    given; the other arguments are those of :func:`cross_problems`.
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
