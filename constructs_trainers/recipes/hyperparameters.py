"""The hyperparameters of a serverless job: the resolved recipe as a flat map of text.

A serverless job is sent no recipe file. The service renders the hub's template again, from the
hyperparameters of the request; what they cannot carry would be lost, so it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.recipes.paths import dotted, same_value
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_number_token, is_token

# The SageMaker Python SDK's set; its `$` lets a trailing line break pass, which is space anyway.
_LEGAL = re.compile(r"[a-zA-Z0-9/_.:,\-\s'\"\[\]]")
LEGAL_IN_WORDS: Final = "letters, digits, spaces and / _ . : , - ' \" [ ]; or a Jinja template"
ILLEGAL: Final = "has characters that a hyperparameter may not have"
_TEMPLATE = re.compile(r"\{[%{#]")

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_trainers.recipes.resolved_recipe import (
        ResolvedLeaf,
        ResolvedParameter,
        ResolvedRecipe,
    )


def serverless_hyperparameters(
    recipe: ResolvedRecipe, *, number_token_as_text: Callable[[object], str]
) -> dict[str, str]:
    """Every spec parameter that has a value, then every other leaf that a layer set.

    Values are Python's ``str()`` of them, as the SageMaker Python SDK sends them
    (``FineTuningOptions.to_dict``): ``True``, ``1e-05``. A null is left out.

    Args:
        recipe: The resolved recipe.
        number_token_as_text: Gives the string token for a number that is a CDK token.

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
            problems.append(_cannot_travel(name, f"a {_kind(value)} is not", value))
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
        if repr(leaf.value) != repr(places[0].value):
            both = f"{dotted(places[0].path)} = {short_repr(places[0].value)}, "
            both += f"{dotted(leaf.path)} = {short_repr(leaf.value)}"
            message = "one hyperparameter stands for both places, which have different values"
            fix = f"set '{name}' by that name"
            problems.append(Problem(path=name, message=message, got=both, fix=fix))
            break
    if places:
        return places[0].value
    return next(item.value for item in recipe.parameters if item.name == name)


def _add_leaf(leaf: ResolvedLeaf, values: dict[str, object], problems: list[Problem]) -> None:
    name = leaf.path[-1]
    if leaf.value is None:
        if leaf.default is not None:
            problems.append(_cannot_travel(dotted(leaf.path), "null is not", leaf.value))
        return
    is_default = same_value(leaf.value, leaf.default)
    if is_default and (name in values or isinstance(leaf.value, (list, Mapping))):
        # The service renders the hub's value by itself: nothing is lost by not sending it.
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
        problems += character_problems(path, value, str(item.origin))
    return problems


def character_problems(path: str, value: str, origin: str | None = None) -> list[Problem]:
    """Characters that a hyperparameter may not have, but in a Jinja template.

    Args:
        path: Where the value was given.
        value: The value.
        origin: The layer that gave it.
    """
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


def _kind(value: object) -> str:
    return "mapping" if isinstance(value, Mapping) else "list"
