"""A recipe's template and override spec, by the parameter files of its family."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.errors import HubError, Problem
from constructs_trainers.hub.checkout.compose import MISSING, RECIPE_PACKAGE
from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.recipes.interpolation import interpolate
from constructs_trainers.recipes.paths import dotted, leaves, tree_of
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from constructs_trainers.recipes.paths import Path

# Is set for each job: the recipe's value names a folder of the machine that launches.
_NOT_FROM_RECIPE = "results_directory"
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
# Groupings in the parameter files that are no part of a path.
_GROUPINGS = {"Required", "Optional"}
# What the lock file holds of a parameter; the rest is for forms that people fill in.
_MEMBERS: Final = ("type", "required", "default", "min", "max", "enum", "category", "description")
_CONDITIONS: Final = "conditional_constraints"
_OTHER_PLATFORM: Final = "K8"
# Parameter files of before `platform` was written into them: what only a cluster needs.
_CLUSTER_ONLY: Final = {
    "nova": (
        "namespace",
        "instance_type",
        "replicas",
        "instance_count",
        "mlflow_tracking_uri",
        "mlflow_experiment_name",
        "mlflow_run_name",
    )
}
# A batch may be the recipe's or larger: that one is known to fit.
_BATCH: Final = "global_batch_size"
_BATCH_SIZES: Final = (8, 16, 32, 64, 128, 256, 512, 1024)


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

    Places that the recipe lacks stay out.

    Returns:
        The template, and placeholder to value: where one placeholder has several places, the
        value of the last.

    Raises:
        HubError: A value that stays, or that becomes a default, cannot be evaluated or is
            missing.
    """
    unread = {path for path, name in places.items() if name == _NOT_FROM_RECIPE}
    # Interpolations name the recipe by its place in the whole configuration.
    found, wrong = interpolate(
        {
            (RECIPE_PACKAGE, *path): MISSING if path in unread else value
            for path, value in leaves(recipe)
        }
    )
    values = {path[1:]: value for path, value in found.items()}
    problems = [
        Problem(path=dotted(path[1:]), message=it.message, got=it.got, origin=shown_as)
        for path, of_path in wrong.items()
        for it in of_path
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


def declared_parameters(
    group: Mapping[str, Any],
    base: Mapping[str, Any],
    *,
    family: str,
    placeholders: Iterable[str],
    shown_as: str,
) -> dict[str, dict[str, Any]]:
    """What the parameter files say of a group of recipes.

    The group's entry in its family's parameter file has all parameters written out, or what
    differs from the base parameters.

    Raises:
        HubError: The entry has parameters in neither form, or one is not an object.
    """
    written, differing = group.get("recipe_override_parameters"), group.get("override_parameters")
    if isinstance(written, Mapping):
        found = {n: _entry(written, n, shown_as) for n in written}
        dropped: Collection[str] = _CLUSTER_ONLY.get(family, ())
        return {name: entry for name, entry in found.items() if name not in dropped}
    if not isinstance(differing, Mapping):
        raise hub_error(
            shown_as,
            "the group of recipes has no parameters",
            allowed="'recipe_override_parameters', or 'override_parameters' with a base file",
        )
    names = list(dict.fromkeys([*placeholders, *differing]))
    merged = {
        name: _over(_entry(base, name, shown_as), _entry(differing, name, shown_as))
        for name in names
        if name in base or name in differing
    }
    return {n: entry for n, entry in merged.items() if entry.get("platform") != _OTHER_PLATFORM}


def make_spec(
    declared: Mapping[str, Mapping[str, Any]],
    defaults: Mapping[str, Any],
    facts: Mapping[str, Any],
    *,
    shown_as: str,
) -> dict[str, dict[str, Any]]:
    """The override spec of one recipe.

    The defaults are the recipe's own values; the facts are what conditions in the parameter files
    may ask about it.

    Raises:
        HubError: A condition asks for a fact that is not known, or leaves a member open.
    """
    spec: dict[str, dict[str, Any]] = {}
    for name, declaration in declared.items():
        entry = dict(copy.deepcopy(declaration))
        if name in defaults:
            entry["default"] = defaults[name]
        conditions = entry.pop(_CONDITIONS, None)
        if conditions is not None:
            entry |= _decided(conditions, facts, f"{shown_as}.{name}.{_CONDITIONS}")
        elif name == _BATCH:
            _bound_batch(entry)
        if isinstance(entry.get("description"), str):
            entry["description"] = _with_limits(entry["description"], entry)
        spec[name] = {member: entry[member] for member in _MEMBERS if member in entry}
    return spec


def _entry(source: Mapping[str, Any], name: str, shown_as: str) -> dict[str, Any]:
    entry = source.get(name, {})
    if not isinstance(entry, Mapping):
        where = f"{shown_as}.{name}"
        raise hub_error(where, "a parameter must be an object", got=short_repr(entry))
    return dict(entry)


def _over(base: dict[str, Any], differing: dict[str, Any]) -> dict[str, Any]:
    """The base with the differing members; null takes a member out."""
    return {k: v for k, v in {**base, **differing}.items() if differing.get(k, v) is not None}


def _decided(conditions: object, facts: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The members that hang on facts of the recipe."""
    decided: dict[str, Any] = {}
    members = conditions if isinstance(conditions, Mapping) else {"": conditions}
    for member, condition in members.items():
        if not isinstance(condition, Mapping) or len(condition) != 1:
            raise hub_error(
                f"{where}.{member}", "expected one condition", got=short_repr(condition)
            )
        fact, choices = next(iter(condition.items()))
        if fact not in facts or not isinstance(choices, Mapping):
            raise hub_error(
                f"{where}.{member}",
                "the condition cannot be decided",
                got=short_repr(fact),
                allowed=", ".join(facts),
            )
        chosen = next((v for key, v in choices.items() if key in facts[fact]), None)
        # As the repository does it: a choice that is empty or zero is no choice.
        decided[member] = chosen or choices.get("default")
    return decided


def _bound_batch(entry: dict[str, Any]) -> None:
    default = entry.get("default")
    if "enum" not in entry or isinstance(default, bool) or not isinstance(default, (int, float)):
        return
    least, most = entry.get("min"), entry.get("max")
    entry["enum"] = [
        size
        for size in _BATCH_SIZES
        if size >= default and (least is None or size >= least) and (most is None or size <= most)
    ]


def _with_limits(text: str, entry: Mapping[str, Any]) -> str:
    for member in ("min", "max"):
        if member in entry:
            text = text.replace(f"{{{member}}}", str(entry[member]))
    return text
