"""A trainer's recipe: what the construct tree adds to choosing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.recipes.choice import choose_recipe
from constructs_trainers.recipes.lock_file import LOCK_CONTEXT_KEY, read_lock

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.errors import Problem
    from constructs_trainers.recipes.choice import RecipeChoice, RecipeProps


def choose_trainers_recipe(
    scope: Construct,
    props: RecipeProps,
    *,
    recipe_lock: str | None,
    region: str | None,
    problems: list[Problem],
) -> RecipeChoice | None:
    """Choose a trainer's recipe and resolve it.

    Args:
        scope: The trainer, for its context.
        props: The trainer's props.
        recipe_lock: The trainer's prop of that name.
        region: The stack's region, or None when it is not known.
        problems: Takes everything that is wrong.

    Returns:
        The choice, or None when there are problems.
    """
    path = recipe_lock or scope.node.try_get_context(LOCK_CONTEXT_KEY)
    return choose_recipe(
        props,
        lock=lambda: read_lock(None if path is None else str(path)),
        region=region,
        number_token_as_text=_number_token_as_text,
        problems=problems,
    )


def _number_token_as_text(value: object) -> str:
    if not isinstance(value, float):
        raise TypeError(value)
    return cdk.Tokenization.stringify_number(value)
