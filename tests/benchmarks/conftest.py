from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.recipes.cases import Case, read_cases

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """
training_config:
  optim: {lr: "{{learning_rate}}", decay: "{{decay}}"}
  schedule: {decay: 0.5}
  data: "{{data_path}}"
  epochs: "'{{max_epochs}}'"
  batch: "{{batch}}"
  ranks: "{{rank}}"
model_type: "{{model_type}}"
"""
SPEC: dict[str, Any] = {
    "data_path": {"type": "integer", "default": 3, "min": 1},
    "model_type": {"type": "integer", "default": 3, "min": 1},
    "decay": {"type": "float", "default": 0.5, "min": 0.1},
    "batch": {"type": "integer", "default": 8, "min": 8},
    "rank": {"type": "integer", "default": 8, "min": 1, "enum": [1, 8]},
    "no_place": {"type": "integer", "default": 8, "min": 1},
    "learning_rate": {"type": "float", "default": 0.0001, "min": 1e-7, "max": 0.001},
    "max_epochs": {"type": "integer", "default": 5, "min": 1, "max": 100},
}
RECIPE = {
    "Name": "tiny-sft",
    "Type": "FineTuning",
    "CustomizationTechnique": "SFT",
    "SequenceLength": "4K",
    "SmtjRecipeTemplateS3Uri": "s3://hub/recipe.yaml",
    "SmtjOverrideParamsS3Uri": "s3://hub/spec.json",
}


@pytest.fixture
def hub_content(tmp_path: Path) -> Path:
    """A folder as the benchmark reads it, with one recipe."""
    others = [{"Name": "evaluation", "Type": "Evaluation"}, {**RECIPE, "Type": "Evaluation"}]
    content = {
        "hub": {"tiny-model": {"RecipeCollection": [*others, RECIPE]}},
        "s3": {"s3://hub/recipe.yaml": TEMPLATE, "s3://hub/spec.json": json.dumps(SPEC)},
    }
    folder = tmp_path / "recipes"
    folder.mkdir()
    (folder / "tiny-model.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture
def case(hub_content: Path) -> Case:
    """The one case of that folder."""
    (found,) = read_cases(hub_content)
    return found
