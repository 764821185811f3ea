"""A trainer finds its app's files, however the app is started."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
import pytest

from constructs_trainers import SFTTrainer, TrainerError
from tests.support.hub_locks import lock_document, write_lock
from tests.support.small_hub import MODEL, small_hub
from tests.support.trainers import TrainerMaker

DATA = "s3://amzn-s3-demo-bucket/train.jsonl"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "cdk.json").write_text("{}")
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "sft.yaml").write_text("training_config:\n  epochs: 2\n")
    write_lock(lock_document(*small_hub()), tmp_path / "recipes.lock.json")
    return tmp_path


def test_lock_and_recipe_are_found_beside_cdk_json(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "recipes")
    stack = cdk.Stack(cdk.App(), "Stack")
    trainer = SFTTrainer(
        stack, "Sft", model=MODEL, training_dataset=DATA, recipe="recipes/sft.yaml"
    )
    assert trainer.training_job_request["HyperParameters"]["max_epochs"] == "2"


def test_the_context_names_another_lock(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("locks") / "other.lock.json"
    (project / "recipes.lock.json").rename(elsewhere)
    monkeypatch.chdir(project)
    context = {"constructs-trainers:recipeLock": str(elsewhere)}
    stack = cdk.Stack(cdk.App(context=context), "Stack")
    SFTTrainer(stack, "Sft", model=MODEL, training_dataset=DATA)


def test_a_missing_recipe_is_named_as_it_was_written(
    make_trainer: TrainerMaker, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    with pytest.raises(TrainerError, match=r"recipes/nope\.yaml"):
        make_trainer(recipe="recipes/nope.yaml")
