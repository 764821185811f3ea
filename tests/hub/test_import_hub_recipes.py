"""Recipes of the real hub, taken back to the material that they were made of, and imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_trainers.hub.checkout.families import family_of, value_at
from constructs_trainers.hub.checkout.files import Checkout
from constructs_trainers.hub.import_model import NotInCheckout, import_model
from constructs_trainers.hub.recipe_files import read_spec, read_template
from constructs_trainers.recipes.locked_models import content_digest
from constructs_trainers.recipes.paths import leaves, tree_of
from tests.support.small_checkout import write_checkout

HUB = Path(__file__).parents[3] / "shared" / "recipes"
FILES = sorted(HUB.glob("*.json"))
REGION = "us-west-2"
MEMBERS = (
    "CustomizationTechnique",
    "DisplayName",
    "InstanceTypes",
    "Peft",
    "SequenceLength",
    "SmtjImageUri",
)

pytestmark = pytest.mark.skipif(not FILES, reason="the recipes of the real hub are not here")


def material(hub: dict[str, Any]) -> dict[str, Any]:
    """The files of a checkout that a hub's content may have been made from."""
    files: dict[str, Any] = {"jumpstart_model-id_map.json": {}}
    for model, document in hub["hub"].items():
        for entry in document["RecipeCollection"]:
            name = entry["Name"]
            template = read_template(hub["s3"][entry["SmtjRecipeTemplateS3Uri"]], shown_as=name)
            spec = read_spec(hub["s3"][entry["SmtjOverrideParamsS3Uri"]], shown_as=name)
            add(files, entry, template, spec)
            family = family_of(name)
            assert family is not None
            recipe = files[f"recipe:{name}"]
            files["jumpstart_model-id_map.json"][value_at(recipe, *family.model_key)] = model
    return files


def add(
    files: dict[str, Any], entry: dict[str, Any], template: dict[str, Any], spec: dict[str, Any]
) -> None:
    name = entry["Name"]
    family = family_of(name)
    assert family is not None
    places = {p: v for p, v in leaves(template) if isinstance(v, str) and v.startswith("{{")}
    defaults = {n: e.get("default") for n, e in spec.items()}
    # Of a cluster alone: the hub's spec for training jobs does not have them.
    defaults |= {value[2:-2]: 1 for value in places.values() if value[2:-2] not in spec}
    recipe = {p: defaults[places[p][2:-2]] if p in places else v for p, v in leaves(template)}
    files[f"recipe:{name}"] = tree_of(recipe)
    if family.own_metadata:
        kept = {"display_name": entry["DisplayName"], "instance_types": entry["InstanceTypes"]}
        files.setdefault(f"{family.name}/{family.name}_metadata.json", {})[name] = kept
    facts = family.facts(name, entry["DisplayName"], files[f"recipe:{name}"])
    assert facts is not None
    images = {"container_image": {"prod": {REGION: entry["SmtjImageUri"]}}}
    regional = files.setdefault(f"{family.name}/{family.name}_regional_parameters.json", {})
    key = family.image_key(name, files[f"recipe:{name}"]) if family.image_key else name
    regional[key] = {"sm_jobs": images}
    parameters = f"{family.name}/{family.name}_recipe_template_parameters.json"
    groups = files.setdefault(parameters, {"templates": {}})["templates"]
    # What differs between the recipes of a group is to come from the recipes themselves.
    common = {
        n: e | ({} if n not in recipe_values(places) else lost(n, e)) for n, e in spec.items()
    }
    groups[facts.group] = {
        "recipe_template": tree_of(places),
        "recipe_override_parameters": common,
    }


def recipe_values(places: dict[Any, str]) -> set[str]:
    return {value[2:-2] for value in places.values()} - {"results_directory"}


def lost(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    batch = name == "global_batch_size" and "enum" in entry
    return {"default": "not the recipe's", **({"enum": [1]} if batch else {})}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_hub_content_is_made_anew_from_its_material(file: Path, tmp_path: Path) -> None:
    hub = json.loads(file.read_text(encoding="utf-8"))
    write_checkout(tmp_path, material(hub))
    ((model, document),) = hub["hub"].items()
    content = import_model(
        Checkout(tmp_path),
        model,
        REGION,
        said=NotInCheckout(version="1.0.0", gated=document["GatedBucket"]),
        techniques=None,
        held=None,
        progress=lambda _line: None,
    )
    served = document["RecipeCollection"]
    assert [recipe["Name"] for recipe in content.recipes] == [entry["Name"] for entry in served]
    for recipe, entry in zip(content.recipes, served, strict=True):
        name = entry["Name"]
        template = read_template(hub["s3"][entry["SmtjRecipeTemplateS3Uri"]], shown_as=name)
        spec = read_spec(hub["s3"][entry["SmtjOverrideParamsS3Uri"]], shown_as=name)
        assert content.templates[recipe["RecipeTemplate"]] == template
        assert content.specs[recipe["OverrideSpec"]] == spec
        assert recipe["RecipeTemplate"] == content_digest(template)
        assert recipe["OverrideSpec"] == content_digest(spec)
        assert {m: recipe.get(m) for m in MEMBERS} == {m: entry.get(m) for m in MEMBERS}
