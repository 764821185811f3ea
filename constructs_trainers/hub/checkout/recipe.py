"""One recipe of a checkout, as hub content."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_trainers.hub.checkout.compose import compose
from constructs_trainers.hub.checkout.families import (
    family_of,
    lora_rank,
    training_images,
    value_at,
)
from constructs_trainers.hub.checkout.parameters import (
    declared_parameters,
    make_spec,
    make_template,
    placeholder_places,
)
from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.hub.recipe_files import read_spec
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_trainers.hub.checkout.families import Family, RecipeFacts
    from constructs_trainers.hub.checkout.files import Checkout


@dataclass(frozen=True, kw_only=True)
class CheckoutRecipe:
    """A recipe of a checkout that training jobs are fine-tuned with.

    Attributes:
        file: Its file.
        family: Its family.
        tree: Its values.
        facts: What is read off it.
        display_name: What people call it.
        instance_types: The instance types that it is for.
        images: The image for training jobs by region.
    """

    file: Path
    family: Family
    tree: Mapping[str, Any]
    facts: RecipeFacts
    display_name: str
    instance_types: list[str]
    images: Mapping[str, str]

    @property
    def name(self) -> str:
        """The recipe's name in the hub."""
        return self.file.stem

    def members(self, region: str) -> dict[str, Any]:
        """What a lock file holds of it beside template and spec."""
        found = {
            "Name": self.name,
            "DisplayName": self.display_name,
            "CustomizationTechnique": self.facts.technique,
            "Peft": self.facts.peft,
            "SequenceLength": self.facts.sequence_length,
            "SmtjImageUri": self.images.get(region),
            "InstanceTypes": self.instance_types,
        }
        return {name: value for name, value in found.items() if value is not None}


def find_recipe(
    checkout: Checkout, file: Path, models: Mapping[str, str], model: str
) -> CheckoutRecipe | None:
    """A recipe, if it is one of a model and for training jobs.

    ``models`` is what recipes call a model to its hub content name.

    Raises:
        HubError: The recipe cannot be read or understood.
    """
    family = family_of(file.stem)
    if family is None:
        return None
    # Most recipes name their model themselves: others need not be put together.
    named = value_at(checkout.tree(file), *family.model_key)
    if named is not None and models.get(str(named)) != model:
        return None
    tree = compose(checkout, file)
    if models.get(str(value_at(tree, *family.model_key))) != model:
        return None
    metadata = _metadata(checkout, family, file, tree)
    if metadata is None:
        return None
    where = checkout.shown(file)
    display_name, types = metadata.get("display_name"), metadata.get("instance_types")
    if not isinstance(display_name, str):
        raise hub_error(where, "the recipe has no 'display_name'")
    if not isinstance(types, list) or not all(isinstance(item, str) for item in types):
        raise hub_error(where, "'instance_types' is not a list of text", got=short_repr(types))
    facts = family.facts(file.stem, display_name, tree)
    if facts is None:
        return None
    regional = checkout.family_json(family.name, "regional_parameters")
    key = family.image_key(where, tree) if family.image_key is not None else None
    return CheckoutRecipe(
        file=file,
        family=family,
        tree=tree,
        facts=facts,
        display_name=display_name,
        instance_types=types,
        images=training_images(regional, file.stem, key),
    )


def _metadata(
    checkout: Checkout, family: Family, file: Path, tree: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    if not family.own_metadata:
        return tree
    # A recipe without an entry is not published.
    found = checkout.family_json(family.name, "metadata").get(file.stem)
    return found if isinstance(found, dict) else None


def hub_files(
    checkout: Checkout, recipe: CheckoutRecipe, model: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The template and the override spec that the hub would serve.

    Raises:
        HubError: The parameter files do not have the recipe's group, or cannot be understood.
    """
    family, where = recipe.family.name, checkout.shown(recipe.file)
    parameters = checkout.family_json(family, "recipe_template_parameters")
    groups = parameters.get("templates") or {}
    group = groups.get(recipe.facts.group) if isinstance(groups, dict) else None
    if not isinstance(group, dict) or not isinstance(group.get("recipe_template"), dict):
        raise hub_error(
            where,
            f"the parameter file of the {family} recipes has no group for this recipe",
            got=recipe.facts.group,
            allowed=", ".join(groups) or None,
        )
    shown_as = f"{family}_recipe_template_parameters.json: {recipe.facts.group}"
    places = placeholder_places(group["recipe_template"], shown_as=shown_as)
    template, defaults = make_template(recipe.tree, places, shown_as=where)
    if defaults.get("lora_rank") == 0:
        # Some recipes write the adapter's rank elsewhere, with a zero in its place.
        config = value_at(recipe.tree, "training_config")
        rank = lora_rank(value_at(config, "actor_rollout_ref", "model"))
        defaults["lora_rank"] = rank or lora_rank(value_at(config, "model"))
    declared = declared_parameters(
        group,
        checkout.base_parameters(),
        family=family,
        placeholders=places.values(),
        shown_as=shown_as,
    )
    spec = make_spec(declared, defaults, _conditions(recipe, model), shown_as=shown_as)
    return template, read_spec(json.dumps(spec), shown_as=shown_as)


def _conditions(recipe: CheckoutRecipe, model: str) -> dict[str, Any]:
    """What the parameter files' conditions may ask, in their words."""
    is_nova = recipe.family.own_metadata
    technique = recipe.facts.technique
    facts = {
        "Name": recipe.name,
        "DisplayName": recipe.display_name,
        "Type": "FineTuning",
        "CustomizationTechnique": technique.lower()
        if is_nova and technique in {"SFT", "DPO"}
        else technique,
        "SequenceLength": recipe.facts.sequence_length,
        "Model_ID": model,
        "Hardware": "GPU",
        "InstanceTypes": recipe.instance_types,
    }
    if recipe.facts.peft:
        facts["Peft"] = "lora" if is_nova else "LoRA"
    return facts
