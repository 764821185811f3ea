"""A hub document small enough to read in a test, with one SFT recipe a training type."""

from __future__ import annotations

from typing import Any

MODEL = "tiny-model"

TEMPLATE = {
    "run": {"name": "{{name}}", "model_type": "tiny"},
    "training_config": {
        "max_len": 4096,
        "optim": {"lr": "{{learning_rate}}", "betas": [0.9, 0.95]},
        "data": {"path": "{{data_path}}"},
        "scheduler": "{{scheduler}}",
        "epochs": "{{max_epochs}}",
    },
}
SPEC = {
    "name": {"type": "string", "default": "tiny", "required": True},
    "learning_rate": {"type": "float", "default": 0.0001, "min": 1e-7, "max": 0.001},
    "max_epochs": {"type": "integer", "default": 5, "min": 1, "max": 100},
    "scheduler": {"type": "string", "default": "cosine", "enum": ["cosine", "constant"]},
    "chat_template": {"type": "string", "default": None},
    "data_path": {"type": "string", "default": ""},
}


def small_hub(*, gated: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """A hub with one model, and the S3 objects it refers to."""

    def recipe(name: str, **members: object) -> dict[str, object]:
        return {
            "Name": name,
            "Type": "FineTuning",
            "CustomizationTechnique": "SFT",
            "SmtjRecipeTemplateS3Uri": "s3://hub/recipe.yaml",
            "SmtjOverrideParamsS3Uri": "s3://hub/spec.json",
            **members,
        }

    document = {
        "GatedBucket": gated,
        "RecipeCollection": [
            recipe("tiny-lora", Peft="LORA", SequenceLength="4K"),
            recipe("tiny-lora-8k", Peft="LORA", SequenceLength="8K"),
            recipe("tiny-full", SequenceLength="4K"),
        ],
    }
    return {MODEL: document}, {"s3://hub/recipe.yaml": TEMPLATE, "s3://hub/spec.json": SPEC}
