"""A trainer's recipe: what the construct tree adds to choosing one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.recipes.choice import RecipeProps, choose_recipe
from constructs_trainers.recipes.lock_file import LOCK_CONTEXT_KEY, read_lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_trainers.errors import Problem
    from constructs_trainers.recipes.choice import RecipeChoice
    from constructs_trainers.recipes.lock import RecipeLock
    from constructs_trainers.trainers.kinds.kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.values.environment import Environment


def choose_trainers_recipe(
    scope: Construct,
    props: RecipeProps,
    *,
    recipe_lock: str | os.PathLike[str] | None,
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
    return choose_recipe(
        props,
        lock=lambda: _lock(scope, None if recipe_lock is None else os.fspath(recipe_lock)),
        region=region,
        number_token_as_text=number_token_as_text,
        problems=problems,
    )


def recipe_props(
    props: TrainerProps,
    kind: ComputeKind,
    technique: Technique,
    place: Environment,
    wrong: Sequence[Problem],
) -> RecipeProps:
    """Those of a trainer's props that decide its recipe.

    Args:
        props: The trainer's props.
        kind: The kind of compute.
        technique: The customization technique.
        place: Where the stack is deployed to.
        wrong: What is wrong with props that the recipe file is told of: these are left out.
    """
    return RecipeProps(
        base_model=props.source.base_model,
        technique=technique.name,
        training_type=props.training_type_name,
        sequence_length=props.sequence_length,
        recipe=None if props.recipe is None else os.fspath(props.recipe),
        overrides=props.overrides,
        hyperparameters=props.hyperparameters,
        owned=technique.owned_parameters,
        rules=kind.recipe_rules(props, technique, wrong),
        base_job_name=props.base_job_name,
        contribution=lambda model, spec: technique.contribution(model, spec, props, place),
    )


def _lock(scope: Construct, recipe_lock: str | None) -> RecipeLock:
    if recipe_lock is not None:
        return read_lock(recipe_lock)
    path = scope.node.try_get_context(LOCK_CONTEXT_KEY)
    return read_lock(path, given_by=f"context {LOCK_CONTEXT_KEY}")


def number_token_as_text(value: object) -> str:
    """The string token for a number that is a token."""
    if not isinstance(value, float):
        raise TypeError(value)
    return cdk.Tokenization.stringify_number(value)
