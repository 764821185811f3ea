"""Arguments as notebooks pass them to the SDK, which construct here unchanged."""

from __future__ import annotations

import re
from typing import Any

import pytest

from constructs_trainers import (
    Channel,
    Networking,
    OutputDataConfig,
    StoppingCondition,
    TrainingJobCompute,
    TrainingType,
)
from tests.support.small_hub import SPEC
from tests.support.trainers import DATA, INSTANCE_TYPE, Hub, TrainerMaker, one_technique

ACCOUNT = "us-west-2:123456789012"
LLAMA = "meta-textgeneration-llama-3-2-1b-instruct"
EVALUATOR = f"arn:aws:sagemaker:{ACCOUNT}:hub-content/MyHub/JsonDoc/my-evaluator/1.0.0"
DATASET = f"arn:aws:sagemaker:{ACCOUNT}:hub-content/MyHub/DataSet/chat/1.0.0"
LAMBDA = f"arn:aws:lambda:{ACCOUNT}:function:my-reward-fn"
JUDGED = {
    **SPEC,
    "judge_model_id": {"type": "string", "default": "bedrock/openai.gpt-oss-20b-1:0"},
    "judge_prompt_template": {
        "type": "string",
        "default": "prompts/summarize.jinja",
        "enum": ["prompts/summarize.jinja", "prompts/grader.jinja"],
    },
}

# What every notebook passes, and what it may.
USUAL: dict[str, Any] = {
    "model": LLAMA,
    "training_type": TrainingType.LORA,
    "model_package_group": "my-model-group",
    "training_dataset": DATA,
    "accept_eula": True,
}
EVERYTHING: dict[str, Any] = {
    **USUAL,
    "validation_dataset": "s3://amzn-s3-demo-bucket/validation.jsonl",
    "mlflow_resource_arn": f"arn:aws:sagemaker:{ACCOUNT}:mlflow-tracking-server/tracking",
    "mlflow_experiment_name": "experiment",
    "mlflow_run_name": "run",
    "s3_output_path": "s3://amzn-s3-demo-bucket/output/",
    "kms_key_id": "11111111-2222-3333-4444-555555555555",
    "networking": Networking(security_group_ids=["sg-1"], subnets=["subnet-1"]),
    "stopping_condition": StoppingCondition(max_runtime_in_seconds=3600),
    "sequence_length": "4K",
    "is_multimodal": False,
    "disable_output_compression": True,
    "notifications": {
        "sns_topic_arn": f"arn:aws:sns:{ACCOUNT}:alerts",
        "events": ["completed", "Failed"],
    },
    "role": "arn:aws:iam::123456789012:role/MyRole",
    "base_job_name": "my-job",
    "tags": [{"key": "team", "value": "nlp"}],
    "hyperparameters": {"learning_rate": 2e-5, "max_epochs": 3},
}
# None where the SDK's signature has it as a default, or allows it.
NOTHING = dict.fromkeys(
    [
        "accept_eula",
        "base_job_name",
        "base_model_name",
        "compute",
        "disable_output_compression",
        "environment",
        "hyperparameters",
        "input_data_config",
        "is_multimodal",
        "kms_key_id",
        "mlflow_experiment_name",
        "mlflow_resource_arn",
        "mlflow_run_name",
        "model_package_group",
        "networking",
        "notifications",
        "output_data_config",
        "overrides",
        "recipe",
        "role",
        "s3_output_path",
        "sequence_length",
        "stopping_condition",
        "tags",
        "training_image",
        "validation_dataset",
    ]
)
OVERRIDES = {"training_config": {"optim": {"lr": 2e-5}}}
OWN = TrainingJobCompute(instance_type=INSTANCE_TYPE, instance_count=2)


def hub_of(technique: str) -> Hub:
    """A hub whose model is called as the SDK's examples call it."""
    return one_technique(technique, model=LLAMA, spec=JUDGED)


@pytest.mark.parametrize(
    ("technique", "arguments"),
    [
        ("SFT", {}),
        ("SFT", {"training_type": "FULL"}),
        ("SFT", {"training_dataset": DATASET, "validation_dataset": DATASET}),
        ("SFT", {"overrides": OVERRIDES, "sequence_length": "8K"}),
        ("SFT", {"compute": OWN, "environment": {"A": "b"}, "training_image": "image:2"}),
        (
            "SFT",
            {
                "model": "s3://amzn-s3-demo-bucket/checkpoint/",
                "base_model_name": LLAMA,
                "compute": OWN,
            },
        ),
        ("SFT", {"data_mixing_config": None}),
        (
            "SFT",
            {"output_data_config": OutputDataConfig(s3_output_path="s3://amzn-s3-demo-bucket/out")},
        ),
        (
            "SFT",
            {
                "input_data_config": [
                    Channel(channel_name="extra", data_source="s3://amzn-s3-demo-bucket/x")
                ]
            },
        ),
        ("DPO", {}),
        ("DPO", {"overrides": OVERRIDES, "compute": OWN}),
        ("RLVR", {"custom_reward_function": EVALUATOR}),
        ("RLVR", {"custom_reward_function": LAMBDA, "skip_reward_validation": True}),
        ("RLAIF", {}),
        ("RLAIF", {"reward_model_id": "openai.gpt-oss-120b-1:0", "reward_prompt": "summarize"}),
        ("RLAIF", {"reward_prompt": "Builtin.Grader"}),
        ("RLAIF", {"reward_prompt": EVALUATOR}),
        ("RLAIF", {"reward_model_id": None, "reward_prompt": None}),
    ],
)
def test_what_a_notebook_passes_is_taken(
    make_trainer: TrainerMaker, technique: str, arguments: dict[str, Any]
) -> None:
    trainer = make_trainer(technique, hub=hub_of(technique), **{**USUAL, **arguments})
    assert trainer.base_model_name == LLAMA


@pytest.mark.parametrize("technique", ["SFT", "DPO", "RLVR", "RLAIF"])
@pytest.mark.parametrize("arguments", [EVERYTHING, {"model": LLAMA, **NOTHING}], ids=len)
def test_everything_and_nothing_is_taken(
    make_trainer: TrainerMaker, technique: str, arguments: dict[str, Any]
) -> None:
    own: dict[str, Any] = {"custom_reward_function": EVALUATOR} if technique == "RLVR" else {}
    assert make_trainer(technique, hub=hub_of(technique), **arguments, **own).training_job_request[
        "OutputDataConfig"
    ]


@pytest.mark.parametrize("technique", ["SFT", "DPO", "RLVR", "RLAIF"])
def test_only_the_session_is_unknown(make_trainer: TrainerMaker, technique: str) -> None:
    with pytest.raises(TypeError, match=re.escape("unknown prop 'sagemaker_session'")):
        make_trainer(technique, hub=hub_of(technique), **USUAL, sagemaker_session=object())
