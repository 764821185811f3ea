"""What a lock file holds: models and their recipes, as the hub gave them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from constructs_trainers.recipes.spec import OverrideSpec

if TYPE_CHECKING:
    from collections.abc import Mapping


LORA = "LORA"
FULL = "FULL"

TEXT_MIXING = "text_with_datamix"
MULTIMODAL_MIXING = "mm_with_datamix"
"""What the names of recipes with Nova's data have in common (``sagemaker.train`` 1.27)."""


@dataclass(frozen=True, kw_only=True)
class LockedRecipe:
    """One recipe of a model.

    Attributes:
        name: The recipe's name in the hub.
        technique: SFT, DPO, RLVR or RLAIF.
        peft: ``LORA``, or None for full fine-tuning.
        sequence_length: Such as ``4K``, or None when the hub gives none.
        subscription: Whether the recipe is for subscription models.
        image_uri: The training image for own instances, or None.
        instance_types: The instance types the hub lists for the recipe.
        template: The recipe template.
        spec_document: The override spec in the hub's JSON form.
    """

    name: str
    technique: str
    peft: str | None
    sequence_length: str | None
    subscription: bool
    image_uri: str | None
    instance_types: tuple[str, ...]
    template: Mapping[str, object]
    spec_document: Mapping[str, object]

    @property
    def mixes_data(self) -> bool:
        """Whether the recipe is there for its list of Nova's data alone (data mixing)."""
        name = self.name.lower()
        return TEXT_MIXING in name or MULTIMODAL_MIXING in name

    @property
    def training_type(self) -> str:
        """``LORA`` or ``FULL``."""
        return LORA if self.peft == LORA else FULL

    @cached_property
    def spec(self) -> OverrideSpec:
        """The override spec."""
        return OverrideSpec.from_json(self.spec_document, shown_as=f"override spec of {self.name}")


@dataclass(frozen=True, kw_only=True)
class LockedModel:
    """What the hub said about a model in one region.

    Attributes:
        name: The hub content name.
        region: The region that was asked.
        hub_name: The hub, such as ``SageMakerPublicHub``.
        hub_content_arn: The ARN with the content's version.
        hub_content_version: The content's version.
        last_modified_time: When the content was last modified, ISO 8601.
        gated: Whether the model's licence must be accepted.
        training_artifact_uri: S3 URI of the model's weights, for own instances; or None.
        recipes: The recipes in the hub's order, which decides between equals.
    """

    name: str
    region: str
    hub_name: str
    hub_content_arn: str
    hub_content_version: str
    last_modified_time: str | None
    gated: bool
    training_artifact_uri: str | None = None
    recipes: tuple[LockedRecipe, ...]

    def same_content(self, other: LockedModel) -> bool:
        """Whether both regions hold the same content, images apart (those are per region)."""

        def facts(model: LockedModel) -> object:
            recipes = [
                (
                    (r.name, r.technique, r.peft, r.sequence_length, r.subscription),
                    (content_digest(r.template), content_digest(r.spec_document)),
                )
                for r in model.recipes
            ]
            return (model.hub_name, model.hub_content_version, model.gated, recipes)

        return facts(self) == facts(other)


def is_nova_model(name: str) -> bool:
    """Whether a hub's name is that of an Amazon Nova model."""
    return "nova" in re.split(r"[^a-z0-9]+", name.lower())


def content_digest(document: object) -> str:
    """The key under which a template or spec is stored: SHA-256 of its canonical JSON."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
