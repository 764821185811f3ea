"""From a trainer's props to its resolved recipe."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import aws_cdk as cdk

from constructs_trainers.errors import ConstructsTrainersError, LockError, Problem, RecipeError
from constructs_trainers.recipes.hyperparameters import serverless_hyperparameters
from constructs_trainers.recipes.layers import mapping_layer, recipe_file_layer
from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.lock_format import LOCK_FILE_NAME
from constructs_trainers.recipes.resolve import resolve_recipe
from constructs_trainers.recipes.selection import select_recipe
from constructs_trainers.recipes.tokens import is_token
from constructs_trainers.trainers.project_files import find_file, project_root, shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs import Construct

    from constructs_trainers.recipes.layers import Layer
    from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.recipes.selection import SelectedRecipe
    from constructs_trainers.trainers.trainer_props import TrainerProps

T = TypeVar("T")

LOCK_CONTEXT_KEY = "constructs-trainers:recipeLock"

_BY_MODEL = "choose the model with the trainer's prop 'model'"
_BY_DATASET = "give the data with the trainer's prop '{}'"
# What the SageMaker Python SDK keeps every trainer's users from changing.
PROTECTED = {
    "model_type": _BY_MODEL,
    "model_name_or_path": _BY_MODEL,
    "dataset_catalog": _BY_DATASET.format("training_dataset"),
}


@dataclass(frozen=True, kw_only=True)
class RecipeChoice:
    """The recipe of a trainer and what is sent of it.

    Attributes:
        model: The base model's entry in the lock.
        recipe: The hub's recipe.
        resolved: The recipe with the user's layers.
        hyperparameters: The hyperparameters of a serverless job.
    """

    model: LockedModel
    recipe: LockedRecipe
    resolved: ResolvedRecipe
    hyperparameters: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RecipeProps:
    """The props of a trainer that decide its recipe."""

    base_model: str
    technique: str
    training_type: str
    sequence_length: str | None
    recipe: str | None
    overrides: Mapping[str, object] | None
    hyperparameters: Mapping[str, object] | None
    owned: Mapping[str, str]
    recipe_lock: str | None

    @classmethod
    def of(cls, props: TrainerProps, *, technique: str, owned: Mapping[str, str]) -> RecipeProps:
        """Those among a trainer's props."""
        return cls(
            base_model=props.base_model,
            technique=technique,
            training_type=props.training_type_name,
            sequence_length=props.sequence_length,
            recipe=None if props.recipe is None else os.fspath(props.recipe),
            overrides=props.overrides,
            hyperparameters=props.hyperparameters,
            owned=owned,
            recipe_lock=None if props.recipe_lock is None else os.fspath(props.recipe_lock),
        )

    @property
    def has_layers(self) -> bool:
        """Whether the user put anything over the hub's recipe."""
        return bool(self.recipe is not None or self.overrides or self.hyperparameters)


def choose_recipe(
    scope: Construct, props: RecipeProps, *, region: str | None, problems: list[Problem]
) -> RecipeChoice | None:
    """Look the model up, choose its recipe, and resolve it.

    Args:
        scope: The trainer, for its context.
        props: The trainer's props.
        region: The stack's region, or None when it is not known.
        problems: Takes everything that is wrong.

    Returns:
        The choice, or None when there are problems.
    """
    before = len(problems)
    layers = _layers(props, problems)
    selected = _collect(problems, lambda: _selected(scope, props, region))
    if selected is None:
        return None
    model, (recipe, spec) = selected[0], (selected[1].recipe, selected[1].spec)
    resolved = _collect(
        problems,
        lambda: resolve_recipe(
            recipe.template,
            spec,
            layers,
            protected=PROTECTED,
            owned=props.owned,
            sequence_length=recipe.sequence_length,
        ),
    )
    if resolved is None:
        return None
    sent = _collect(
        problems,
        lambda: serverless_hyperparameters(resolved, number_token_as_text=_number_token_as_text),
    )
    if sent is None or len(problems) > before:
        return None
    return RecipeChoice(model=model, recipe=recipe, resolved=resolved, hyperparameters=sent)


def _selected(
    scope: Construct, props: RecipeProps, region: str | None
) -> tuple[LockedModel, SelectedRecipe]:
    lock = _lock(scope, props.recipe_lock)
    model = lock.model(props.base_model, region)
    selected = select_recipe(
        model,
        technique=props.technique,
        training_type=props.training_type,
        sequence_length=props.sequence_length,
    )
    return model, selected


def _lock(scope: Construct, recipe_lock: str | None) -> RecipeLock:
    if recipe_lock is not None:
        return _read_lock("recipe_lock", recipe_lock)
    path = scope.node.try_get_context(LOCK_CONTEXT_KEY)
    if path is not None:
        return _read_lock(f"context {LOCK_CONTEXT_KEY}", path)
    root = project_root()
    file = find_file(LOCK_FILE_NAME) if root is None else root / LOCK_FILE_NAME
    return RecipeLock.read(file, shown_as=LOCK_FILE_NAME)


def _read_lock(where: str, path: object) -> RecipeLock:
    if not isinstance(path, str) or not path or is_token(path):
        message = "must be known when the app is synthesized" if is_token(path) else "is no path"
        allowed = f"a path, such as {LOCK_FILE_NAME}"
        problem = Problem(path=where, message=message, got=repr(path), allowed=allowed)
        raise LockError(where, [problem])
    return RecipeLock.read(find_file(path), shown_as=shown_path(path))


def _layers(props: RecipeProps, problems: list[Problem]) -> list[Layer]:
    layers: list[Layer] = []
    if props.recipe is not None:
        found = _collect(problems, lambda: _file_layer(str(props.recipe)))
        layers += [] if found is None else [found]
    for name in ("overrides", "hyperparameters"):
        values = getattr(props, name)
        if values is not None:
            layer = _collect(problems, partial(mapping_layer, name, values))
            layers += [] if layer is None else [layer]
    return layers


def _file_layer(recipe: str) -> Layer:
    if is_token(recipe):
        raise _recipe_problem(recipe, "must be known when the app is synthesized, not a token")
    if not recipe:
        raise _recipe_problem(recipe, "is empty")
    if "://" in recipe:
        raise _recipe_problem(
            recipe,
            "must be a local file: synthesis reads nothing from the network",
            fix="download the recipe, review it, and commit it beside the app",
        )
    return recipe_file_layer(find_file(recipe), shown_as=shown_path(recipe))


def _recipe_problem(recipe: str, message: str, fix: str | None = None) -> RecipeError:
    problem = Problem(
        path="recipe", message=message, got=repr(recipe), allowed="a path to a YAML file", fix=fix
    )
    return RecipeError("recipe", [problem])


def _number_token_as_text(value: object) -> str:
    if not isinstance(value, float):
        raise TypeError(value)
    return cdk.Tokenization.stringify_number(value)


def _collect(problems: list[Problem], compute: Callable[[], T]) -> T | None:
    try:
        return compute()
    except ConstructsTrainersError as error:
        problems.extend(error.problems)
        return None
