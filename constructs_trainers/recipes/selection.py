"""Choosing a model's recipe by technique, training type and sequence length."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, RecipeError, did_you_mean
from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.recipes.validation import sequence_length_in_tokens
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

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


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which of a model's recipes is wanted.

    Attributes:
        technique: SFT, DPO, RLVR or RLAIF.
        training_type: ``LORA`` or ``FULL``.
        sequence_length: Such as ``4K``; None takes the first recipe of any.
        instance_types: The instance types that it must run on; none for a serverless job.
        name: The hub's name of the one recipe; None leaves the choice to the others.
    """

    technique: str
    training_type: str
    sequence_length: str | None = None
    instance_types: Sequence[str] = ()
    name: str | None = None


def select_recipe(model: LockedModel, wanted: Wanted) -> SelectedRecipe:
    """The first recipe, in the hub's order, that fits; one that is not for subscriptions first.

    Recipes that are there for data mixing alone are not among them.

    Rules as in ``sagemaker.train`` 1.27, but that the sequence length chooses template and spec
    together, and that a recipe for own instances is one that runs on them.

    Args:
        model: The model's entry in the lock.
        wanted: What it is to be.

    Raises:
        RecipeError: No recipe fits; the message lists what there is.
    """
    technique, training_type = wanted.technique, wanted.training_type
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
    if wanted.name is not None:
        for_technique = _of_name(for_technique, model, wanted)
    of_type = [recipe for recipe in for_technique if recipe.training_type == training_type]
    if not of_type:
        raise _error(
            "training_type",
            f"'{model.name}' has no {technique} recipe of this training type",
            got=short_repr(training_type),
            allowed=_listed(recipe.training_type for recipe in for_technique),
        )
    length = wanted.sequence_length
    of_length = of_type if length is None else _of_length(of_type, length)
    if not of_length:
        raise _error(
            "sequence_length",
            f"'{model.name}' has no {technique} recipe of this length for {training_type}",
            got=short_repr(length),
            allowed=_listed(r.sequence_length for r in of_type if r.sequence_length) or None,
        )
    types = [name for name in wanted.instance_types if not is_token(name)]
    # Where none runs on the instances, that is told beside all else that is wrong.
    fitting = [recipe for recipe in of_length if _runs_on(recipe, types)] or of_length
    chosen = next((r for r in fitting if not r.subscription), fitting[0])
    subscription = next((r for r in of_length if r.subscription), None)
    return SelectedRecipe(chosen, _with_subscription(chosen, subscription))


def allowed_types(recipe: LockedRecipe) -> list[str]:
    """The instance types that a recipe runs on; empty for any."""
    spec = recipe.spec
    enum = spec["instance_type"].enum if "instance_type" in spec else None
    return [str(name) for name in enum or ()] or list(recipe.instance_types)


def _of_name(
    recipes: Sequence[LockedRecipe], model: LockedModel, wanted: Wanted
) -> list[LockedRecipe]:
    found = [recipe for recipe in recipes if recipe.name == wanted.name]
    if not found:
        names = [recipe.name for recipe in recipes]
        raise _error(
            "recipe_name",
            f"'{model.name}' has no {wanted.technique} recipe of this name in the lock file",
            got=short_repr(wanted.name),
            allowed=_listed(names),
            fix=did_you_mean(str(wanted.name), names),
        )
    return found


def type_problem(
    model: LockedModel, recipe: LockedRecipe, path: str, instance_type: str
) -> Problem | None:
    """That a recipe does not run on an instance type; None where it does.

    Args:
        model: The model, whose other recipes are told.
        recipe: The recipe that was chosen.
        path: The prop that names the type.
        instance_type: The type.
    """
    if is_token(instance_type) or _runs_on(recipe, [instance_type]):
        return None
    alike = [
        other
        for other in model.recipes
        if (other.technique, other.training_type) == (recipe.technique, recipe.training_type)
        and not other.mixes_data
    ]
    others = [other for other in alike if _runs_on(other, [instance_type])]
    lengths = _listed(other.sequence_length for other in others if other.sequence_length)
    return Problem(
        path=path,
        message=f"the recipe '{recipe.name}' does not run on this instance type"
        if others
        else f"no {recipe.technique} recipe of '{model.name}' for {recipe.training_type} runs on "
        "this instance type",
        got=short_repr(instance_type),
        allowed="; ".join(
            f"{', '.join(allowed_types(other))} ({other.name}, {other.sequence_length})"
            for other in alike
        ),
        fix=f"give sequence_length: {lengths} runs on it" if lengths else None,
    )


def _runs_on(recipe: LockedRecipe, types: Sequence[str]) -> bool:
    allowed = allowed_types(recipe)
    return not allowed or all(name in allowed for name in types)


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
