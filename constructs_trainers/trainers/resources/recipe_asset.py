"""The recipe of a job on own instances as a file asset, named by its content."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.recipes.recipe_file import RECIPE_FILE_NAME
from constructs_trainers.values.s3 import s3_uri

if TYPE_CHECKING:
    from constructs import Construct


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

    Args:
        scope: The trainer.
        text: The recipe's YAML.
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
