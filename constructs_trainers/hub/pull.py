"""Asking the hub for a model and its recipes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import HubError
from constructs_trainers.hub.hub_document import read_document
from constructs_trainers.hub.hub_errors import (
    AccessDeniedError,
    AwsNotReachedError,
    NotInAwsError,
    hub_error,
)
from constructs_trainers.hub.lock_file import ModelContent, edition
from constructs_trainers.hub.recipe_files import read_spec, read_template
from constructs_trainers.recipes.lock import MODEL_ALIASES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from constructs_trainers.errors import Problem
    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.hub_document import HubDocument

PUBLIC_HUB = "SageMakerPublicHub"


def pull_model(
    aws: AwsLookups,
    model: str,
    *,
    hub: str | None,
    techniques: Sequence[str] | None,
    held: ModelContent | None,
    progress: Callable[[str], None],
) -> ModelContent:
    """What the lock file is to hold of a model in a region.

    The recipes of the techniques are fetched, by default those of all that the model has. What
    the lock file holds now of other techniques is kept as long as the hub's document is the one
    it is from, and fetched again otherwise, so that an entry is never a mixture of two editions.

    Raises:
        HubError: The model, an object, or a recipe for a technique is not there, cannot be read,
            or could not be asked for.
    """
    name = MODEL_ALIASES.get(model, model)
    document = ask_hub(aws, name, hub)
    offered = document.techniques
    asked = offered if techniques is None else list(techniques)
    lacking = [technique for technique in asked if technique not in offered]
    if lacking:
        raise hub_error(
            name,
            f"the hub has no {' and no '.join(lacking)} recipe for this model in {aws.region}",
            allowed=", ".join(offered),
        )
    same = held is not None and edition(held.entry) == edition(document.members)
    again = held.techniques - set(asked) if held is not None and not same else set()
    wanted = {*asked, *again}
    for technique in sorted(again - set(offered)):
        progress(f"{aws.region} {name}: the hub no longer has {technique} recipes")
    fetched = fetch_recipes(aws, document, wanted, progress)
    return _joined(fetched, held, document, wanted) if held is not None and same else fetched


def ask_hub(aws: AwsLookups, name: str, hub: str | None) -> HubDocument:
    """What a hub says about a model.

    A private hub is asked first; the public hub is asked when that has no such model.

    Raises:
        NotInAwsError: Neither hub has the model.
        HubError: The hub could not be asked, or its document cannot be used.
    """
    hubs = [PUBLIC_HUB] if hub in {None, PUBLIC_HUB} else [str(hub), PUBLIC_HUB]
    said: str | None = None
    for candidate in hubs:
        try:
            answer = aws.describe(candidate, name)
        except NotInAwsError as error:
            said = error.problems[0].got
        else:
            return read_document(name, answer)
    raise hub_error(
        name,
        f"no hub that was asked has this model in {aws.region}",
        got=said,
        allowed=f"models of {' and '.join(hubs)}",
        fix=f"constructs-trainers hub list --technique SFT --region {aws.region}",
        kind=NotInAwsError,
    )


def fetch_recipes(
    aws: AwsLookups,
    document: HubDocument,
    techniques: Collection[str],
    progress: Callable[[str], None],
) -> ModelContent:
    """The model's content with its recipes of some techniques.

    Raises:
        HubError: A template or spec is not there, cannot be fetched, or cannot be used. All
            recipes' problems are told at once.
    """
    found: list[tuple[Mapping[str, Any], dict[str, Any], dict[str, Any]]] = []
    problems: list[Problem] = []
    recipes = [recipe for recipe in document.recipes if recipe.technique in techniques]
    for number, recipe in enumerate(recipes, start=1):
        count = f"[{number}/{len(recipes)}]"
        progress(f"{aws.region} {document.model} {count} {recipe.technique} {recipe.name}")
        try:
            uri = recipe.template_uri
            template = read_template(aws.text(uri), shown_as=uri)
            uri = recipe.spec_uri
            found.append((recipe.members, template, read_spec(aws.text(uri), shown_as=uri)))
        except AwsNotReachedError:
            raise
        except HubError as error:
            if recipe.is_for_subscribers and isinstance(error, AccessDeniedError):
                # Accounts without the subscription see the entry and not what it names.
                left_out = f"left out: {recipe.name} is for subscribers"
                progress(f"{aws.region} {document.model} {count} {left_out}")
            else:
                problems += [problem.under(recipe.name) for problem in error.problems]
    if problems:
        raise HubError(f"{document.model} in {aws.region}", list(dict.fromkeys(problems)))
    return ModelContent.of(aws.region, document.model, document.members, found)


def _joined(
    fetched: ModelContent, held: ModelContent, document: HubDocument, techniques: Collection[str]
) -> ModelContent:
    """What was fetched, with the recipes of other techniques that the lock file holds already."""
    kept = [r for r in held.recipes if r["CustomizationTechnique"] not in techniques]
    place = {recipe.name: index for index, recipe in enumerate(document.recipes)}
    recipes = sorted(
        [*fetched.recipes, *kept], key=lambda recipe: place.get(recipe["Name"], len(place))
    )
    return replace(
        fetched,
        entry={**fetched.entry, "RecipeCollection": recipes},
        templates={**held.templates, **fetched.templates},
        specs={**held.specs, **fetched.specs},
    )
