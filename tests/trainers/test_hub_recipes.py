"""Real hub recipes: a trainer of each synthesizes, and the API's model takes its request.

The recipes stand beside the checkout; without them there is nothing to test here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from constructs_trainers import (
    DPOTrainer,
    RLAIFTrainer,
    RLVRTrainer,
    SFTTrainer,
    TrainerError,
    TrainingJobCompute,
    testing,
)
from constructs_trainers.jobs.request.check import check_request
from tests.support.hub_locks import lock_document, write_lock
from tests.support.templates import template_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers import BaseTrainer

FOLDER = Path(__file__).parents[3] / "shared" / "recipes"
ACCOUNT = "123456789012"
SAGEMAKER = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}"
REWARD = f"arn:aws:lambda:us-west-2:{ACCOUNT}:function:score"
TRAINERS: dict[str, type[BaseTrainer]] = {
    "SFT": SFTTrainer,
    "DPO": DPOTrainer,
    "RLVR": RLVRTrainer,
    "RLAIF": RLAIFTrainer,
}
# Nothing is left to the deployment, so that the whole request can be held against the model.
PROPS: dict[str, Any] = {
    "accept_eula": True,
    "training_dataset": "s3://amzn-s3-demo-bucket/train.jsonl",
    "validation_dataset": "s3://amzn-s3-demo-bucket/validation.jsonl",
    "s3_output_path": "s3://amzn-s3-demo-bucket/output",
    "model_package_group": f"{SAGEMAKER}:model-package-group/models",
    "role": f"arn:aws:iam::{ACCOUNT}:role/training",
}
KINDS = ("serverless", "own", "own-without-validation")


def _files() -> Iterator[dict[str, Any]]:
    for file in sorted(FOLDER.glob("*.json")):
        yield json.loads(file.read_text(encoding="utf-8"))


def _cases() -> list[tuple[str, str]]:
    """Each recipe's name with each kind of compute that its technique has."""
    return [
        (entry["Name"], kind)
        for file in _files()
        for document in file["hub"].values()
        for entry in document["RecipeCollection"]
        for kind in KINDS
        if kind == "serverless" or entry["CustomizationTechnique"] != "RLAIF"
    ]


def _compute(entry: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    counts = spec.get("replicas", {}).get("enum") or [1]
    compute = TrainingJobCompute(
        instance_type=entry["InstanceTypes"][0], instance_count=int(counts[0])
    )
    image = "123456789012.dkr.ecr.us-west-2.amazonaws.com/image:1"
    return {"compute": compute} | ({} if "SmtjImageUri" in entry else {"training_image": image})


@pytest.fixture(scope="module")
def stack(feature_flags: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> cdk.Stack:
    app = cdk.App(context=feature_flags, outdir=str(tmp_path_factory.mktemp("out")))
    return cdk.Stack(app, "Stack", env=cdk.Environment(account=ACCOUNT, region="us-west-2"))


@pytest.fixture(scope="module")
def trainers(
    stack: cdk.Stack, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], BaseTrainer | TrainerError]:
    """All trainers in one stack, or what was wrong with them."""
    folder = tmp_path_factory.mktemp("locks")
    return {
        (entry["Name"], kind): _trainer(stack, kind, model, {**document}, entry, file, folder)
        for file in _files()
        for model, document in file["hub"].items()
        for entry in document["RecipeCollection"]
        for kind in KINDS
        if kind == "serverless" or entry["CustomizationTechnique"] != "RLAIF"
    }


def _trainer(  # noqa: PLR0917 - one place to call it from
    stack: cdk.Stack,
    kind: str,
    model: str,
    document: dict[str, Any],
    entry: dict[str, Any],
    file: dict[str, Any],
    folder: Path,
) -> BaseTrainer | TrainerError:
    # Of several recipes that fit, the hub's first is taken: this one is the only one.
    document["RecipeCollection"] = [entry]
    lock = lock_document({model: document}, file["s3"])
    (spec,) = lock["OverrideSpecs"].values()
    technique = entry["CustomizationTechnique"]
    props = PROPS | {
        "training_type": entry.get("Peft", "FULL"),
        "sequence_length": entry["SequenceLength"],
    }
    props |= {} if kind == "serverless" else _compute(entry, spec)
    props |= {"validation_dataset": None} if kind == "own-without-validation" else {}
    props |= {"custom_reward_function": REWARD} if technique == "RLVR" else {}
    try:
        return TRAINERS[technique](
            stack,
            f"{entry['Name']}-{kind}",
            model=model,
            recipe_lock=write_lock(lock, folder / f"{entry['Name']}.lock.json"),
            **props,
        )
    except TrainerError as error:
        return error


def test_there_are_recipes_where_the_folder_is() -> None:
    if not FOLDER.is_dir():
        pytest.skip("the hub's recipes are not beside the checkout")
    names = {name for name, _ in _cases()}
    assert len(names) == 24
    assert len(_cases()) == 24 + 2 * 20


@pytest.mark.parametrize(("name", "kind"), _cases())
def test_the_api_takes_the_request(
    name: str,
    kind: str,
    stack: cdk.Stack,
    trainers: dict[tuple[str, str], BaseTrainer | TrainerError],
) -> None:
    trainer = trainers[name, kind]
    if isinstance(trainer, TrainerError):
        raise trainer
    request = stack.resolve(trainer.training_job_request)
    assert "Fn::" not in json.dumps(request)
    check_request(request, allow_missing=frozenset({"TrainingJobName"}))
    assert ("ServerlessJobConfig" in request) == (kind == "serverless")


def test_all_of_them_synthesize_to_these_requests(
    stack: cdk.Stack, trainers: dict[tuple[str, str], BaseTrainer | TrainerError]
) -> None:
    if not trainers:
        pytest.skip("the hub's recipes are not beside the checkout")
    template = template_of(stack)
    for (name, kind), trainer in trainers.items():
        assert not isinstance(trainer, TrainerError)
        sent = testing.request(template, f"{name}-{kind}")
        assert sent == stack.resolve(trainer.training_job_request)
    recipes = [
        resource["Metadata"]["constructs-trainers:recipe"]["LockEntry"]["RecipeName"]
        for resource in template["Resources"].values()
        if "constructs-trainers:recipe" in resource.get("Metadata", {})
    ]
    assert sorted(recipes) == sorted(name for name, _ in _cases())
