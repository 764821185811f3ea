"""``constructs-trainers hub pull`` and ``list`` against the embedded engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.selection import Wanted, select_recipe
from tests.support.hub_command import PULL, REGION, ServedHub
from tests.support.small_hub import MODEL, small_hub

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine


def test_a_pull_writes_a_lock_that_an_app_synthesizes_from(hub: ServedHub, project: Path) -> None:
    answer = hub(*PULL, cwd=project)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines() == [
        f"us-west-2 {MODEL} 1.0.0: 3 recipes (SFT)",
        "recipes.lock.json: written",
    ]
    assert answer.stderr.splitlines() == [
        f"us-west-2 {MODEL} [1/3] SFT tiny-lora",
        f"us-west-2 {MODEL} [2/3] SFT tiny-lora-8k",
        f"us-west-2 {MODEL} [3/3] SFT tiny-full",
    ]
    model = RecipeLock.read(project / "recipes.lock.json").model(MODEL, REGION)
    chosen = select_recipe(
        model, Wanted(technique="SFT", training_type="FULL", sequence_length=None)
    )
    assert chosen.recipe.name == "tiny-full"
    assert model.last_modified_time == "2026-01-01T00:00:00Z"
    assert hub.synthesize(MODEL, project) == [model.hub_content_arn, "2e-05"]


def test_a_second_pull_leaves_the_file_as_it_is(hub: ServedHub, project: Path) -> None:
    hub(*PULL, cwd=project)
    lock = project / "recipes.lock.json"
    before = (lock.read_bytes(), lock.stat().st_mtime_ns)
    answer = hub(*PULL, cwd=project / "deep")
    assert answer.stdout.endswith("recipes.lock.json: unchanged\n")
    assert (lock.read_bytes(), lock.stat().st_mtime_ns) == before


def test_a_script_gets_one_object(hub: ServedHub, project: Path) -> None:
    answer = hub(*PULL, "--json", "--lock", "my.json", cwd=project)
    assert json.loads(answer.stdout) == {
        "lock": "my.json",
        "changed": True,
        "models": [
            {
                "region": REGION,
                "model": MODEL,
                "hub": "SageMakerPublicHub",
                "version": "1.0.0",
                "techniques": ["SFT"],
                "recipes": ["tiny-lora", "tiny-lora-8k", "tiny-full"],
            }
        ],
    }


def test_a_list_names_the_models_for_a_technique(hub: ServedHub, project: Path) -> None:
    documents, objects = small_hub()
    hub.serve({**documents, "b-model": documents[MODEL], "other": {}}, objects)
    listed = hub("list", "--technique", "sft", "--region", REGION, cwd=project)
    assert (listed.returncode, listed.stdout) == (0, f"b-model\n{MODEL}\n")
    as_json = hub("list", "--technique", "DPO", "--region", REGION, "--json", cwd=project)
    assert json.loads(as_json.stdout)["models"] == []


def test_a_private_hub_is_found_in_the_environment(hub: ServedHub, project: Path) -> None:
    hub.serve(*small_hub(), hub="Mine")
    answer = hub(*PULL, "--json", cwd=project, SAGEMAKER_HUB_NAME="Mine")
    assert json.loads(answer.stdout)["models"][0]["hub"] == "Mine"
    assert hub("check", cwd=project).returncode == 0
