"""What a template says of a trainer's recipe: CloudFormation metadata on its state machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.recipes.content_digest import content_digest
from constructs_trainers.recipes.paths import dotted
from constructs_trainers.recipes.resolved_recipe import ResolvedLeaf

if TYPE_CHECKING:
    from constructs_trainers.recipes.choice import RecipeChoice, RecipeProps
    from constructs_trainers.recipes.resolved_recipe import ResolvedParameter

METADATA_KEY = "constructs-trainers:recipe"


def recipe_metadata(choice: RecipeChoice, props: RecipeProps, digest: str) -> dict[str, object]:
    """The recipe's digest, its entry in the lock, and where each changed value was written.

    ``RecipeTemplate`` and ``OverrideSpec`` are the keys under which the lock stores them. Values
    are left out: they stand in the request, so that a change shows once in a diff.
    """
    changed = dict(_changed(item) for item in choice.resolved.changed)
    return {
        "RecipeDigest": digest,
        "Technique": props.technique,
        "TrainingType": props.training_type,
        "LockEntry": {
            "HubName": choice.model.hub_name,
            "Model": choice.model.name,
            "HubContentVersion": choice.model.hub_content_version,
            "RecipeName": choice.recipe.name,
            "RecipeTemplate": content_digest(choice.recipe.template),
            "OverrideSpec": content_digest(choice.recipe.spec_document),
        },
        "Changed": changed,
    }


def _changed(item: ResolvedLeaf | ResolvedParameter) -> tuple[str, dict[str, object]]:
    if isinstance(item, ResolvedLeaf):
        name, path = item.parameter or item.path[-1], dotted(item.path)
    else:
        name = path = item.name
    facts = {"Path": path, "HubDefault": item.default, "Origin": str(item.origin)}
    # CloudFormation knows no null.
    return name, {key: value for key, value in facts.items() if value is not None}
