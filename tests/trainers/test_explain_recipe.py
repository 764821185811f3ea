"""A trainer says where the values of its recipe come from."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk

from tests.support.trainers import TrainerMaker


def test_a_trainer_explains_its_recipe(make_trainer: TrainerMaker, tmp_path: Path) -> None:
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("training_config:\n  max_len: 8192\n")
    trainer = make_trainer(recipe=recipe, overrides={"learning_rate": 2e-5})
    rows = {row.path: row for row in trainer.explain_recipe()}
    assert rows["training_config.max_len"].origin == "mine.yaml:2"
    rate = rows["training_config.optim.lr"]
    assert (rate.value, rate.origin, rate.replaced) == (2e-5, "overrides", 0.0001)
    sent = trainer.training_job_request["HyperParameters"]
    named = {row.hyperparameter: row for row in rows.values() if row.hyperparameter}
    assert {name: str(row.value) for name, row in named.items()} == sent


def test_the_explanation_prints_as_a_table(make_trainer: TrainerMaker) -> None:
    changed = make_trainer(hyperparameters={"max_epochs": 3}).explain_recipe(changed_only=True)
    header, line = str(changed).splitlines()
    assert header.startswith("path")
    assert line.startswith("training_config.epochs")
    assert json.loads(changed.to_json())[0]["default"] == 5


def test_tokens_are_explained_as_they_are(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(stack, "Epochs", type="Number")
    token = parameter.value_as_number
    trainer = make_trainer(hyperparameters={"max_epochs": token})
    (row,) = trainer.explain_recipe(changed_only=True)
    assert row.value == token
    assert str(trainer.explain_recipe())
