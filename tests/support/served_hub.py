"""A hub as DescribeHubContent answers it, made from hub documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC_HUB = "SageMakerPublicHub"
_JANUARY = 1767225600  # 2026-01-01T00:00:00Z


def hub_answer(
    model: str,
    document: object,
    *,
    hub: str = PUBLIC_HUB,
    region: str = "us-west-2",
    version: str = "1.0.0",
) -> dict[str, Any]:
    """What DescribeHubContent answers for a model, with times in seconds since the epoch."""
    arn = f"arn:aws:sagemaker:{region}:aws:hub"
    return {
        "HubName": hub,
        "HubArn": f"{arn}/{hub}",
        "HubContentName": model,
        "HubContentArn": f"{arn}-content/{hub}/Model/{model}/{version}",
        "HubContentVersion": version,
        "HubContentType": "Model",
        "DocumentSchemaVersion": "2.0.0",
        "HubContentDocument": document if isinstance(document, str) else json.dumps(document),
        "HubContentSearchKeywords": _keywords(document),
        "HubContentStatus": "Available",
        "CreationTime": _JANUARY,
        "LastModifiedTime": _JANUARY,
    }


def hub_answers(documents: Mapping[str, Any], **members: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - as above
    """Answers for the embedded engine: see :class:`HubContents`."""
    answers = [hub_answer(model, document, **members) for model, document in documents.items()]
    return {f"{a['HubName']}/Model/{a['HubContentName']}": a for a in answers}


def object_text(content: object) -> str:
    """An S3 object's text: as it is, or as JSON, which is YAML too."""
    return content if isinstance(content, str) else json.dumps(content)


def _keywords(document: object) -> list[str]:
    recipes = document.get("RecipeCollection", []) if isinstance(document, dict) else []
    found = {str(recipe.get("CustomizationTechnique")).lower() for recipe in recipes}
    return [f"@recipe:finetuning_{technique}_lora" for technique in sorted(found)]
