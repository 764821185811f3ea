"""A small hub whose one model has a recipe for every technique."""

from __future__ import annotations

from typing import Any

from tests.support import small_hub

MODEL = small_hub.MODEL
JUDGE = "openai.gpt-oss-20b-1:0"
TECHNIQUES = ("SFT", "DPO", "RLVR", "RLAIF")


def hub_of_all_techniques() -> tuple[dict[str, Any], dict[str, Any]]:
    """The hub, and the S3 objects it refers to."""
    documents, _ = small_hub.small_hub()
    document: dict[str, Any] = documents[MODEL]
    first = document["RecipeCollection"][0]
    document["TrainingArtifactUri"] = "s3://amzn-s3-demo-weights/tiny/"
    document["RecipeCollection"] = [
        {
            **first,
            "Name": f"tiny-{technique.lower()}",
            "CustomizationTechnique": technique,
            "SmtjRecipeTemplateS3Uri": f"s3://hub/{technique}/recipe.yaml",
            "SmtjOverrideParamsS3Uri": f"s3://hub/{technique}/spec.json",
        }
        for technique in TECHNIQUES
    ]
    objects: dict[str, Any] = {}
    for technique in TECHNIQUES:
        more = _SPECS.get(technique, {})
        objects[f"s3://hub/{technique}/spec.json"] = {**small_hub.SPEC, **_WEIGHTS, **more}
        objects[f"s3://hub/{technique}/recipe.yaml"] = {
            **small_hub.TEMPLATE,
            "extra": {name: f"{{{{{name}}}}}" for name in _WEIGHTS | more},
        }
    return {MODEL: document}, objects


_WEIGHTS: dict[str, Any] = {"model_name_or_path": {"type": "string", "default": ""}}
_SPECS: dict[str, dict[str, Any]] = {
    "RLVR": {"reward_lambda_arn": {"type": "string", "default": ""}},
    "RLAIF": {
        "judge_model_id": {"type": "string", "default": f"bedrock/{JUDGE}"},
        "judge_prompt_template": {
            "type": "string",
            "default": "summarize.jinja",
            "enum": ["summarize.jinja"],
        },
    },
}
