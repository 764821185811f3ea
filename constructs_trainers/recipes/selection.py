"""Choosing a model's recipe by technique, training type and sequence length."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.recipes.validation import sequence_length_in_tokens
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe


@dataclass(frozen=True)
class SelectedRecipe:
    """The recipe to use.

    Attributes:
        recipe: The locked recipe.
        spec: Its override spec, with what the subscription recipe of the same kind adds.
    """

    recipe: LockedRecipe
    spec: OverrideSpec


def select_recipe(
    model: LockedModel, *, technique: str, training_type: str, sequence_length: str | None
) -> SelectedRecipe:
    """The first recipe, in the hub's order, that fits; one that is not for subscriptions first.

    Recipes that are there for data mixing alone are not among them.

    Rules as in ``sagemaker.train`` 1.27, but that the sequence length chooses template and spec
    together.

    Args:
        model: The model's entry in the lock.
        technique: SFT, DPO, RLVR or RLAIF.
        training_type: ``LORA`` or ``FULL``.
        sequence_length: Such as ``4K``; None takes the first recipe of any.

    Raises:
        RecipeError: No recipe fits; the message lists what there is.
    """
    usual = [recipe for recipe in model.recipes if not recipe.mixes_data]
    for_technique = [recipe for recipe in usual if recipe.technique == technique]
    if not for_technique:
        raise _error(
            "model",
            f"'{model.name}' has no {technique} recipe in the lock file",
            allowed=_listed(recipe.technique for recipe in usual) or None,
            fix="constructs-trainers hub pull "
            f"--model {model.name} --region {model.region} --technique {technique}",
        )
    of_type = [recipe for recipe in for_technique if recipe.training_type == training_type]
    if not of_type:
        raise _error(
            "training_type",
            f"'{model.name}' has no {technique} recipe of this training type",
            got=short_repr(training_type),
            allowed=_listed(recipe.training_type for recipe in for_technique),
        )
    fitting = of_type if sequence_length is None else _of_length(of_type, sequence_length)
    if not fitting:
        raise _error(
            "sequence_length",
            f"'{model.name}' has no {technique} recipe of this length for {training_type}",
            got=short_repr(sequence_length),
            allowed=_listed(r.sequence_length for r in of_type if r.sequence_length) or None,
        )
    chosen = next((r for r in fitting if not r.subscription), fitting[0])
    subscription = next((r for r in fitting if r.subscription), None)
    return SelectedRecipe(chosen, _with_subscription(chosen, subscription))


def _of_length(recipes: Sequence[LockedRecipe], sequence_length: str) -> list[LockedRecipe]:
    wanted = sequence_length_in_tokens(sequence_length)
    return [
        recipe
        for recipe in recipes
        if wanted is not None and sequence_length_in_tokens(recipe.sequence_length) == wanted
    ]


def _with_subscription(chosen: LockedRecipe, subscription: LockedRecipe | None) -> OverrideSpec:
    """A subscription recipe adds parameters that may be set and are not sent unless they are."""
    if subscription is None:
        return chosen.spec
    added = {
        name: replace(parameter, default=None, required=False)
        for name, parameter in subscription.spec.items()
        if name not in chosen.spec
    }
    return OverrideSpec({**chosen.spec, **added})


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _error(
    path: str,
    message: str,
    *,
    got: str | None = None,
    allowed: str | None = None,
    fix: str | None = None,
) -> RecipeError:
    return RecipeError(
        path, [Problem(path=path, message=message, got=got, allowed=allowed, fix=fix)]
    )
