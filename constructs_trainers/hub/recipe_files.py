"""Reading a recipe's template and override spec, so that a lock file can hold them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import HubError, Problem, RecipeError
from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.recipes.paths import tree_of
from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.recipes.yaml_file import parse_yaml
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_template(text: str, *, shown_as: str) -> dict[str, Any]:
    """The values of a recipe template, read as a user's recipe is.

    In its YAML ``1e-6`` is a number, and a date is text.

    Raises:
        HubError: It is not YAML, not a mapping, or holds what JSON cannot carry.
    """
    try:
        document = parse_yaml(text, shown_as=shown_as)
    except RecipeError as error:
        raise HubError(error.subject, error.problems) from error
    template = tree_of({path: value for path, value, _ in document.leaves})
    _refuse_what_json_cannot_carry(template, shown_as)
    return template


def read_spec(text: str, *, shown_as: str) -> dict[str, Any]:
    """The hub's override spec: placeholder to an object of its rules.

    Raises:
        HubError: It is not JSON, not such an object, or holds NaN or an infinity.
    """
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"the override spec is not valid JSON: {error}"
        raise hub_error(shown_as, message) from None
    if not isinstance(spec, dict):
        got = type(spec).__name__
        raise hub_error(shown_as, "the override spec is not a JSON object", got=got)
    _refuse_what_json_cannot_carry(spec, shown_as)
    try:
        OverrideSpec.from_json(spec, shown_as=shown_as)
    except RecipeError as error:
        problems = [problem.under(shown_as) for problem in error.problems]
        raise HubError(shown_as, problems) from error
    return spec


def _refuse_what_json_cannot_carry(tree: Mapping[str, Any], shown_as: str) -> None:
    problems = [
        Problem(
            path=path,
            message="JSON, and so the lock file, cannot carry this number",
            got=short_repr(value),
            origin=shown_as,
        )
        for path, value in _scalars(tree, "")
        if isinstance(value, float) and not math.isfinite(value)
    ]
    if problems:
        raise HubError(shown_as, problems)


def _scalars(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _scalars(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _scalars(item, f"{path}[{index}]")
    else:
        yield path, value
