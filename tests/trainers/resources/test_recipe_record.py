"""What the template says of a recipe that travels as a file."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from constructs_trainers import TrainingJobCompute
from tests.support.small_hub import small_hub
from tests.support.templates import template_of
from tests.support.trainers import Hub, TrainerMaker

if TYPE_CHECKING:
    import aws_cdk as cdk

OWN: dict[str, Any] = {
    "compute": TrainingJobCompute(instance_type="ml.p5.48xlarge"),
    "training_image": "123456789012.dkr.ecr.us-west-2.amazonaws.com/image:1",
}


def changed(stack: cdk.Stack) -> Any:  # noqa: ANN401 - as in the template
    (machine,) = (
        resource
        for resource in template_of(stack)["Resources"].values()
        if "constructs-trainers:recipe" in resource.get("Metadata", {})
    )
    return machine["Metadata"]["constructs-trainers:recipe"]["Changed"]


def test_a_change_of_a_recipe_in_a_file_shows_in_the_template(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    trainer = make_trainer(
        **OWN,
        hyperparameters={"learning_rate": 2e-4},
        overrides={"training_config": {"optim": {"betas": [0.9, 0.99]}}},
    )
    assert "learning_rate" not in trainer.training_job_request["HyperParameters"]
    # Where cdk diff shows them: of a resource it shows no metadata.
    path = trainer.node.path.removeprefix("Stack/")
    assert template_of(stack)["Metadata"] == {
        f"{path}: training_config.optim.lr": "0.0002",
        f"{path}: training_config.optim.betas": "[0.9, 0.99]",
        f"{path}: training_config.data.path": "/opt/ml/input/data/train/train.jsonl",
    }
    assert changed(stack) == {
        "learning_rate": {
            "Path": "training_config.optim.lr",
            "HubDefault": 0.0001,
            "Origin": "hyperparameters",
            "Value": 0.0002,
        },
        "betas": {
            "Path": "training_config.optim.betas",
            "HubDefault": [0.9, 0.95],
            "Origin": "overrides",
            "Value": [0.9, 0.99],
        },
        "data_path": {
            "Path": "training_config.data.path",
            "HubDefault": "",
            "Origin": "trainer",
            "Value": "/opt/ml/input/data/train/train.jsonl",
        },
    }


def test_changes_of_leaves_with_one_name_are_told_apart(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    documents, objects = small_hub()
    objects = copy.deepcopy(objects)
    objects["s3://hub/recipe.yaml"]["scale"] = {"one": {"nodes": 1}, "two": {"nodes": 2}}
    make_trainer(
        **OWN,
        hub=Hub(documents=documents, objects=objects, construct_id="Sft"),
        overrides={"scale": {"one": {"nodes": 3}, "two": {"nodes": 4}}},
    )
    values = {name: told["Value"] for name, told in changed(stack).items()}
    assert values["scale.one.nodes"] == 3
    assert values["scale.two.nodes"] == 4
