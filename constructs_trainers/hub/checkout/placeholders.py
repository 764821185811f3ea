"""Turning a recipe into a template: values that a job may change become placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import HubError, Problem
from constructs_trainers.hub.checkout.compose import MISSING, RECIPE_PACKAGE
from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.recipes.interpolation import interpolate
from constructs_trainers.recipes.paths import dotted, leaves, tree_of
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Collection

    from constructs_trainers.recipes.paths import Path

# Is set for each job: the recipe's value names a folder of the machine that launches.
_NOT_FROM_RECIPE = "results_directory"
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
# Groupings in the parameter files that are no part of a path.
_GROUPINGS = {"Required", "Optional"}


def placeholder_places(recipe_template: Mapping[str, Any], *, shown_as: str) -> dict[Path, str]:
    """The paths that a parameter file turns into placeholders, and the placeholders' names.

    Raises:
        HubError: Something other than a placeholder stands at a path.
    """
    places: dict[Path, str] = {}
    for path, value in leaves(recipe_template):
        match = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise hub_error(
                f"{shown_as}.{dotted(path)}",
                "expected a placeholder",
                got=short_repr(value),
                allowed="{{name}}",
            )
        places[tuple(key for key in path if key not in _GROUPINGS)] = match[1]
    return places


def make_template(
    recipe: Mapping[str, Any], places: Mapping[Path, str], *, shown_as: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A recipe's template, and the recipe's values of its placeholders.

    Args:
        recipe: The recipe with all its values.
        places: The paths that become placeholders; those that the recipe lacks stay out.
        shown_as: The recipe's file.

    Returns:
        The template, and placeholder to value: where one placeholder has several places, the
        value of the last.

    Raises:
        HubError: A value that stays, or that becomes a default, cannot be evaluated or is
            missing.
    """
    unread = {path for path, name in places.items() if name == _NOT_FROM_RECIPE}
    values, wrong = _evaluated(recipe, unread)
    problems = [
        Problem(path=dotted(path), message=found.message, got=found.got, origin=shown_as)
        for path, problems in wrong.items()
        for found in problems
    ]
    problems += [
        Problem(path=dotted(path), message="nothing sets this value", origin=shown_as)
        for path, value in values.items()
        if value == MISSING and path not in unread
    ]
    if problems:
        raise HubError(shown_as, problems)
    defaults: dict[str, Any] = {}

    def replaced(node: Mapping[str, Any], prefix: Path) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in node.items():
            path = (*prefix, key)
            name = places.get(path)
            if name is not None:
                made[key] = f"{{{{{name}}}}}"
                if name != _NOT_FROM_RECIPE:
                    defaults[name] = value
            else:
                made[key] = replaced(value, path) if isinstance(value, Mapping) else value
        return made

    return replaced(tree_of(values), ()), defaults


def _evaluated(
    recipe: Mapping[str, Any], unread: Collection[Path]
) -> tuple[dict[Path, object], dict[Path, list[Problem]]]:
    # Interpolations name the recipe by its place in the whole configuration.
    whole = {
        (RECIPE_PACKAGE, *path): MISSING if path in unread else value
        for path, value in leaves(recipe)
    }
    values, wrong = interpolate(whole)
    return (
        {path[1:]: value for path, value in values.items()},
        {path[1:]: problems for path, problems in wrong.items()},
    )
