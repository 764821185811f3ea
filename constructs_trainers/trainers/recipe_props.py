"""A trainer's recipe: what the construct tree adds to choosing one.

The way from ``recipe=`` to the request goes on in ``recipes/resolve.py``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.recipes.project_files import LOCK_CONTEXT_KEY, read_lock
from constructs_trainers.recipes.resolve import RecipeProps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_trainers.errors import Problem
    from constructs_trainers.recipes.lock import RecipeLock
    from constructs_trainers.trainers.job_plan import JobPlan


def recipe_props(plan: JobPlan, wrong: Sequence[Problem]) -> RecipeProps:
    """Those of a trainer's props that decide its recipe.

    Args:
        plan: What decides the trainer's jobs.
        wrong: What is wrong with props that the recipe file is told of: these are left out.
    """
    props, technique = plan.props, plan.technique
    return RecipeProps(
        base_model=props.source.base_model,
        technique=technique.name,
        training_type=props.training_type_name,
        sequence_length=props.sequence_length,
        recipe_name=props.recipe_name,
        instance_types=[name for _, name in plan.kind.instance_types],
        recipe=None if props.recipe is None else os.fspath(props.recipe),
        overrides=props.overrides,
        hyperparameters=props.hyperparameters,
        owned=technique.owned_parameters,
        rules=plan.kind.recipe_rules(technique, wrong),
        base_job_name=props.base_job_name,
        contribution=lambda model, spec: technique.contribution(model, spec, props, plan.place),
    )


def trainers_lock(scope: Construct, recipe_lock: str | os.PathLike[str] | None) -> RecipeLock:
    """Read the lock of a trainer."""
    if recipe_lock is not None:
        return read_lock(os.fspath(recipe_lock))
    path = scope.node.try_get_context(LOCK_CONTEXT_KEY)
    return read_lock(path, given_by=f"context {LOCK_CONTEXT_KEY}")


def number_token_as_text(value: object) -> str:
    """The string token for a number that is a token."""
    if not isinstance(value, float):
        raise TypeError(value)
    return cdk.Tokenization.stringify_number(value)
