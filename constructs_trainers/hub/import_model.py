"""Making a model's entry of the lock file from a checkout of the recipes repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.errors import HubError, Problem, did_you_mean
from constructs_trainers.hub.checkout.recipe import find_recipe, hub_files
from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.hub.lock_file import ModelContent
from constructs_trainers.hub.pull import PUBLIC_HUB
from constructs_trainers.recipes.owned_parameters import TECHNIQUES
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from constructs_trainers.hub.checkout.files import Checkout
    from constructs_trainers.hub.checkout.recipe import CheckoutRecipe

SOURCE: Final = "checkout"
"""What the lock file says of an entry that no hub has given."""

_PARTITIONS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


@dataclass(frozen=True, kw_only=True)
class NotInCheckout:
    """What only the hub knows of a model, and whoever imports it says.

    Attributes:
        version: The version of the hub content that jobs are to use.
        gated: Whether the licence must be accepted.
    """

    version: str
    gated: bool


def import_model(
    checkout: Checkout,
    model: str,
    region: str,
    *,
    said: NotInCheckout,
    techniques: Sequence[str] | None,
    held: ModelContent | None,
    progress: Callable[[str], None],
) -> ModelContent:
    """What the lock file is to hold of a model in a region.

    The recipes of the techniques are taken, by default those of all that the model has. The
    techniques that the lock file holds now are imported anew, so that an entry is never a mixture
    of two sources.

    Raises:
        HubError: The model or a recipe for a technique is not there, or cannot be understood.
    """
    recipes = _recipes(checkout, model, region, progress)
    offered = [t for t in TECHNIQUES if t in {recipe.facts.technique for recipe in recipes}]
    asked = offered if techniques is None else list(dict.fromkeys(techniques))
    lacking = [technique for technique in asked if technique not in offered]
    if lacking:
        raise hub_error(
            model,
            f"the checkout has no {' and no '.join(lacking)} recipe for this model in {region}",
            allowed=", ".join(offered),
        )
    again = held.techniques - set(asked) if held is not None else set()
    for technique in sorted(again - set(offered)):
        progress(f"{region} {model}: the checkout has no {technique} recipes; they are dropped")
    if held is not None and held.entry.get("Source") != SOURCE:
        progress(f"{region} {model}: takes the place of what the hub said")
    wanted = [recipe for recipe in recipes if recipe.facts.technique in {*asked, *again}]
    found: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = []
    problems: list[Problem] = []
    for number, recipe in enumerate(wanted, start=1):
        count = f"[{number}/{len(wanted)}]"
        progress(f"{region} {model} {count} {recipe.facts.technique} {recipe.name}")
        try:
            found.append((recipe.members(region), *hub_files(checkout, recipe, model)))
        except HubError as error:
            problems += error.problems
    if problems:
        raise HubError(f"{model} in {region}", list(dict.fromkeys(problems)))
    return ModelContent.of(region, model, _members(model, region, said), found)


def _recipes(
    checkout: Checkout, model: str, region: str, progress: Callable[[str], None]
) -> list[CheckoutRecipe]:
    """The model's recipes for the region, by name."""
    models = checkout.models()
    if model not in models.values():
        known = sorted(set(models.values()))
        near = did_you_mean(model, known)
        raise hub_error(
            model,
            "the checkout has no recipe for this model",
            allowed=", ".join(known),
            fix=near or "the names are those of the hub's contents",
        )
    found: list[CheckoutRecipe] = []
    problems: list[Problem] = []
    for file in checkout.recipes():
        try:
            recipe = find_recipe(checkout, file, models, model)
        except HubError as error:
            problems += error.problems
            continue
        if recipe is None:
            continue
        if checkout.excluded(file):
            progress(f"{region} {model}: without {recipe.name}, which is not published")
        else:
            found.append(recipe)
    if problems:
        raise HubError(model, list(dict.fromkeys(problems)))
    _refuse_twins(checkout, found)
    return _offered(found, model, region, progress)


def _refuse_twins(checkout: Checkout, recipes: Collection[CheckoutRecipe]) -> None:
    """The hub knows recipes by name alone, and a checkout may have two of one name."""
    files: dict[str, list[str]] = {}
    for recipe in recipes:
        files.setdefault(recipe.name, []).append(checkout.shown(recipe.file))
    problems = [
        Problem(
            path=name,
            message="the checkout has several recipes of this name, and the hub has one",
            got=", ".join(places),
            fix="remove all but one from a copy of the checkout",
        )
        for name, places in files.items()
        if len(places) > 1
    ]
    if problems:
        raise HubError("recipes", problems)


def _offered(
    recipes: list[CheckoutRecipe], model: str, region: str, progress: Callable[[str], None]
) -> list[CheckoutRecipe]:
    offered = [recipe for recipe in recipes if region in recipe.images]
    for recipe in recipes:
        if recipe not in offered:
            progress(f"{region} {model}: without {recipe.name}, which has no training image there")
    if not offered:
        regions = sorted({r for recipe in recipes for r in recipe.images})
        raise hub_error(
            model,
            f"the checkout has no recipe for training jobs with this model in {region}",
            allowed=", ".join(regions) or None,
        )
    return offered


def _members(model: str, region: str, said: NotInCheckout) -> dict[str, Any]:
    partition = next((p for start, p in _PARTITIONS.items() if region.startswith(start)), "aws")
    # The public hub belongs to AWS itself: its ARNs have `aws` in place of an account.
    public_hub = Environment(partition=partition, region=region, account="aws")
    content = f"hub-content/{PUBLIC_HUB}/Model/{model}/{said.version}"
    return {
        "HubName": PUBLIC_HUB,
        "HubContentArn": public_hub.arn("sagemaker", content),
        "HubContentVersion": said.version,
        "GatedBucket": said.gated,
        "Source": SOURCE,
    }
