"""What a stack keeps of a trainer's recipe: its file on own instances, and what metadata tell."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_trainers.recipes.locked_models import content_digest
from constructs_trainers.recipes.paths import dotted
from constructs_trainers.recipes.recipe_file import RECIPE_FILE_NAME
from constructs_trainers.recipes.resolved_recipe import ResolvedLeaf
from constructs_trainers.values.s3 import s3_uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_trainers.recipes.resolve import RecipeChoice, RecipeProps
    from constructs_trainers.recipes.resolved_recipe import ResolvedParameter


@dataclass(frozen=True)
class RecipeAsset:
    """Where the recipe is once the stack is deployed.

    Attributes:
        bucket_name: The staging bucket.
        object_key: The key.
    """

    bucket_name: str
    object_key: str

    @property
    def s3_uri(self) -> str:
        """The S3 URI of the file."""
        return s3_uri(self.bucket_name, self.object_key)


def add_recipe_asset(scope: Construct, text: str) -> RecipeAsset:
    """Put a recipe among the assets of a stack.

    The key is ``<SHA-256>/recipe.yaml``: a channel keeps the last part of the key as the file's
    name, and the image looks for ``recipe.yaml``. An asset of the CDK's own is named by its hash
    alone.
    """
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    stage, stack = cdk.Stage.of(scope), cdk.Stack.of(scope)
    if stage is None:
        raise TypeError(scope)
    file = Path(stage.asset_outdir) / f"asset.{digest}" / RECIPE_FILE_NAME
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    location = stack.synthesizer.add_file_asset(
        source_hash=f"{digest}/{Path(RECIPE_FILE_NAME).stem}",
        file_name=os.path.relpath(file, stage.outdir),
        packaging=cdk.FileAssetPackaging.FILE,
        display_name=f"{scope.node.path} recipe",
    )
    return RecipeAsset(location.bucket_name, location.object_key)


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


def show_in_diffs(scope: Construct, recipe: Mapping[str, Any]) -> None:
    """Put what a recipe in a file changes into the stack's metadata, a line a value.

    ``cdk diff`` passes over the metadata of resources, and would show the file's name only.

    Args:
        scope: The trainer.
        recipe: What :func:`recipe_metadata` tells.
    """
    stack = cdk.Stack.of(scope)
    path = scope.node.path.removeprefix(f"{stack.node.path}/")
    for facts in recipe["Changed"].values():
        if "Value" in facts:
            value = facts["Value"]
            # As text: CloudFormation's schema knows no fractions in the metadata of a template.
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            stack.add_metadata(f"{path}: {facts['Path']}", text)


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
