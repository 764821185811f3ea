"""A bad value is shown in one short form, whatever it is and wherever it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

import constructs_trainers as ct
from constructs_trainers import TrainerError
from tests.support.trainers import TrainerMaker

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = "x" * 100_000
# A line of its own, and text that reads from right to left: what a message must not be torn by.
TORN = "a\nb\x1b[31m\u202e\u2066\u200f\u061cc"
PACKAGE = "arn:aws:sagemaker:us-west-2:123456789012:model-package/g/1"
MEMBERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "a hyperparameter": lambda text: {"hyperparameters": {"learning_rate": text}},
    "a hyperparameter's name": lambda text: {"hyperparameters": {text: 1}},
    "a key of overrides": lambda text: {"overrides": {"training_config": {text: {text: 1}}}},
    "overrides": lambda text: {"overrides": text},
    "a leaf": lambda text: {"overrides": {"training_config": {"training_args": text}}},
    "a model": lambda text: {"model": text},
    "a base model": lambda text: {"model": PACKAGE, "base_model_name": text},
    "a job name": lambda text: {"base_job_name": f"{text}."},
    "a training type": lambda text: {"training_type": text},
    "a sequence length": lambda text: {"sequence_length": text},
    "a recipe": lambda text: {"recipe": text},
    "a recipe elsewhere": lambda text: {"recipe": f"https://{text}"},
    "a lock": lambda text: {"recipe_lock": text},
    "a variable of the container": lambda text: {"environment": {text: text}},
    "data": lambda text: {"training_dataset": text},
    "a prefix": lambda text: {
        "training_dataset": ct.S3DataSource(s3_uri="s3://bucket", prefix=f"/{text}")
    },
    "an output": lambda text: {"s3_output_path": text},
    "a channel": lambda text: {
        "input_data_config": [ct.Channel(channel_name=text, data_source="s3://bucket/x")] * 2
    },
    "a role": lambda text: {"role": text},
    "a tag": lambda text: {"tags": {f"aws:{text}": text}},
    "a mixing": lambda text: {
        "data_mixing_config": ct.DataMixingConfig(
            customer_data_percent=50, nova_data_percentages={text: 1}
        )
    },
}


@pytest.mark.parametrize("text", [LONG, TORN, LONG + TORN], ids=["long", "torn", "both"])
@pytest.mark.parametrize("member", MEMBERS)
def test_a_bad_value_is_shown_in_short(make_trainer: TrainerMaker, member: str, text: str) -> None:
    with pytest.raises(TrainerError) as caught:
        make_trainer(hub="all techniques", **MEMBERS[member](text))
    for problem in caught.value.problems:
        assert len(problem.path) <= 300
        assert len(problem.message) <= 300
        assert len(problem.got or "") <= 250
        assert len(problem.fix or "") <= 500
        for part in (problem.path, problem.message, problem.got, problem.fix):
            assert (part or "").isprintable(), part


@pytest.mark.parametrize("text", [LONG, TORN], ids=["long", "torn"])
def test_what_a_stage_gives_is_shown_in_short(
    make_trainer: TrainerMaker, stack: cdk.Stack, text: str
) -> None:
    stage = ct.Stage(trainer=make_trainer(hub="all techniques"), hyperparameters={text: text})
    with pytest.raises(TrainerError) as caught:
        ct.TrainingPipeline(stack, "Pipeline", stages=[stage])
    (problem,) = caught.value.problems
    assert len(str(problem)) <= 1000
    assert all(line.isprintable() for line in str(problem).split("\n"))
