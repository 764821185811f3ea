"""What a template says of a trainer's recipe: CloudFormation metadata on its state machine."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from constructs_trainers.recipes.locked_models import content_digest
from constructs_trainers.recipes.paths import dotted
from constructs_trainers.recipes.resolved_recipe import ResolvedLeaf

if TYPE_CHECKING:
    from constructs_trainers.recipes.choice import RecipeChoice, RecipeProps
    from constructs_trainers.recipes.resolved_recipe import ResolvedParameter

METADATA_KEY = "constructs-trainers:recipe"


def recipe_metadata(choice: RecipeChoice, props: RecipeProps, digest: str) -> dict[str, object]:
    """The recipe's digest, its entry in the lock, and where each changed value was written.

    ``RecipeTemplate`` and ``OverrideSpec`` are the keys under which the lock stores them. Values
    that stand in the request are left out, so that a change shows once in a diff; those of a
    recipe in a file are told here, or a diff would show the file's name only.
    """
    items = choice.resolved.changed
    names = Counter(_name(item) for item in items)
    changed: dict[str, object] = {}
    for item in items:
        name = _name(item)
        told = _facts(item, is_sent=name in choice.hyperparameters)
        changed[name if names[name] == 1 else str(told["Path"])] = told
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


def _name(item: ResolvedLeaf | ResolvedParameter) -> str:
    return (item.parameter or item.path[-1]) if isinstance(item, ResolvedLeaf) else item.name


def _facts(item: ResolvedLeaf | ResolvedParameter, *, is_sent: bool) -> dict[str, object]:
    facts = {
        "Path": dotted(item.path) if isinstance(item, ResolvedLeaf) else item.name,
        "HubDefault": item.default,
        "Origin": str(item.origin),
        "Value": None if is_sent else item.value,
    }
    # CloudFormation knows no null.
    return {key: value for key, value in facts.items() if value is not None}
