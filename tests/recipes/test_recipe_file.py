"""The recipe of a job on own instances: what the trainer fills in, and what it leaves out."""

from __future__ import annotations

import copy
import json
from typing import Any

from constructs_trainers.errors import Problem
from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.recipe_file import RecipeFile
from constructs_trainers.recipes.resolve import RecipeChoice, RecipeProps, choose_recipe
from tests.support.hub_locks import lock_document
from tests.support.small_hub import MODEL, small_hub

OWNED = {"data_path": "training_dataset", "validation_data_path": "validation_dataset"}


def chosen(own: RecipeFile) -> tuple[RecipeChoice | None, list[Problem]]:
    """The choice for a recipe that calls for both data sets and has no default for either."""
    hub, s3 = small_hub()
    changed: dict[str, Any] = copy.deepcopy(s3)
    template, spec = changed["s3://hub/recipe.yaml"], changed["s3://hub/spec.json"]
    template["training_config"]["data"]["validation"] = "{{validation_data_path}}"
    for name in OWNED:
        spec[name] = {"type": "string", "default": None, "required": True}
    lock = RecipeLock.parse(json.dumps(lock_document(hub, changed)), shown_as="recipes.lock.json")
    props = RecipeProps(
        base_model=MODEL,
        technique="SFT",
        training_type="LORA",
        sequence_length=None,
        recipe=None,
        overrides=None,
        hyperparameters=None,
        owned=OWNED,
        rules=own,
    )
    problems: list[Problem] = []
    choice = choose_recipe(
        props, lock=lambda: lock, region="us-west-2", number_token_as_text=str, problems=problems
    )
    return choice, problems


def test_a_recipe_that_calls_for_validation_data_goes_without() -> None:
    choice, problems = chosen(RecipeFile(training_data="/opt/ml/input/data/train"))
    assert problems == []
    assert choice is not None
    data = choice.resolved.to_dict()["training_config"]
    assert isinstance(data, dict)
    assert data["data"] == {"path": "/opt/ml/input/data/train", "validation": None}


def test_it_does_not_go_without_training_data() -> None:
    choice, problems = chosen(RecipeFile(validation_data="/opt/ml/input/data/validation"))
    assert choice is None
    assert [problem.path for problem in problems] == ["data_path"]
