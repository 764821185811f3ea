"""Lock files for tests, written from hub documents as DescribeHubContent and S3 give them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_trainers.recipes.locked_models import content_digest
from constructs_trainers.recipes.paths import tree_of
from constructs_trainers.recipes.yaml_file import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KEPT = (
    "Name",
    "DisplayName",
    "CustomizationTechnique",
    "Peft",
    "SequenceLength",
    "IsSubscriptionModel",
    "SmtjImageUri",
    "InstanceTypes",
)


def lock_document(
    hub: Mapping[str, Mapping[str, Any]], s3: Mapping[str, Any], region: str = "us-west-2"
) -> dict[str, Any]:
    """The lock for the models of a hub.

    Args:
        hub: Hub content name to hub document.
        s3: S3 URI to the object's content: text, or what JSON text stands for.
        region: The region that was asked.
    """
    templates: dict[str, Any] = {}
    specs: dict[str, Any] = {}
    models = {name: _model(name, doc, s3, region, templates, specs) for name, doc in hub.items()}
    return {
        "LockVersion": 1,
        "Regions": {region: {"Models": models}},
        "RecipeTemplates": templates,
        "OverrideSpecs": specs,
    }


def write_lock(document: Mapping[str, Any], file: Path) -> str:
    """Write a lock and give its path as a prop takes it."""
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def _model(  # noqa: PLR0917 - one place to call it from
    name: str,
    document: Mapping[str, Any],
    s3: Mapping[str, Any],
    region: str,
    templates: dict[str, Any],
    specs: dict[str, Any],
) -> dict[str, Any]:
    recipes = []
    for entry in document["RecipeCollection"]:
        if "SmtjRecipeTemplateS3Uri" not in entry or entry.get("Type") != "FineTuning":
            continue
        template, spec = s3[entry["SmtjRecipeTemplateS3Uri"]], s3[entry["SmtjOverrideParamsS3Uri"]]
        if isinstance(template, str):
            leaves = parse_yaml(template, shown_as="recipe.yaml").leaves
            template = tree_of({path: value for path, value, _ in leaves})
        spec = json.loads(spec) if isinstance(spec, str) else spec
        references = {
            "RecipeTemplate": content_digest(template),
            "OverrideSpec": content_digest(spec),
        }
        templates[references["RecipeTemplate"]] = template
        specs[references["OverrideSpec"]] = spec
        recipes.append({key: entry[key] for key in _KEPT if key in entry} | references)
    return {
        "HubName": "SageMakerPublicHub",
        "HubContentArn": f"arn:aws:sagemaker:{region}:aws:hub-content/SageMakerPublicHub/Model/"
        f"{name}/1.0.0",
        "HubContentVersion": "1.0.0",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "GatedBucket": document["GatedBucket"],
        "TrainingArtifactUri": document.get("TrainingArtifactUri"),
        "RecipeCollection": recipes,
    }
