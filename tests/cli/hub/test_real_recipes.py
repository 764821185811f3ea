"""Recipes of the real hub, pulled, checked and synthesized from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from constructs_trainers.recipes.lock import RecipeLock
from tests.support.hub_command import PROJECT, REGION, ServedHub

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

REAL_RECIPES = PROJECT.parent / "shared" / "recipes"


@pytest.mark.skipif(not REAL_RECIPES.is_dir(), reason="the recipes of the real hub are not here")
def test_real_recipes_are_pulled_and_checked(hub: ServedHub, project: Path) -> None:
    files = [json.loads(file.read_text()) for file in sorted(REAL_RECIPES.glob("*.json"))]
    documents = {model: doc for file in files for model, doc in file["hub"].items()}
    hub.serve(documents, {uri: text for file in files for uri, text in file["s3"].items()})
    models = [argument for model in documents for argument in ("--model", model)]
    answer = hub("pull", *models, "--region", REGION, cwd=project)
    assert answer.returncode == 0, answer.stderr
    lock = RecipeLock.read(project / "recipes.lock.json")
    for model, document in documents.items():
        pulled = [recipe.name for recipe in lock.model(model, REGION).recipes]
        assert pulled == [recipe["Name"] for recipe in document["RecipeCollection"]]
    assert hub("check", cwd=project).returncode == 0
    llama = "meta-textgeneration-llama-3-2-1b-instruct"
    assert hub.synthesize(llama, project)[1] == "2e-05"

    template = next(uri for uri in files[0]["s3"] if uri.endswith("/recipe.yaml"))
    hub.serve(documents, {template: files[0]["s3"][template] + "\nnew_in_the_hub: 1\n"})
    moved = hub("check", cwd=project)
    assert moved.returncode == 1
    assert "RecipeTemplate.new_in_the_hub: added (1)" in moved.stdout
