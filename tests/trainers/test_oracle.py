"""Requests against those that the SageMaker Python SDK really sent for the same arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers import SFTTrainer, TrainerError, TrainingType
from constructs_trainers.jobs.tags import DIGEST_TAG
from constructs_trainers.trainers.output_data_config import OutputDataConfig
from tests.support.hub_locks import lock_document, write_lock

if TYPE_CHECKING:
    import aws_cdk as cdk

ORACLE = Path(__file__).parents[3] / "shared" / "oracle"

# Arguments that are looked up by the SDK, and what the reference's own defects need instead.
_ADAPTED: dict[str, dict[str, Any]] = {
    # A typo that the SDK drops with a log line, and we refuse.
    "sft_serverless_overrides": {
        "overrides": {"training_config": {"learning_rate": 5e-6, "max_len": 8192}}
    },
    # Synthesis looks no model package up.
    "sft_model_package_arn_with_mpg": {
        "base_model_name": "meta-textgeneration-llama-3-2-1b-instruct"
    },
    # The SDK drops both silently; we refuse them (another test holds that).
    "sft_env_training_image_serverless": {"environment": None, "training_image": None},
}
# Where the SDK sends something wrong: member to what we send.
_BETTER: dict[str, dict[str, object]] = {
    # "FULL" is no value of the API's Peft enum; full fine-tuning sends none.
    "sft_serverless_full_ft_str": {"Peft": None},
}
_PASSED_ON = (
    "model",
    "model_package_group",
    "training_dataset",
    "validation_dataset",
    "accept_eula",
    "role",
    "overrides",
    "base_job_name",
    "base_model_name",
    "environment",
    "training_image",
)


def _cases() -> list[str]:
    if not ORACLE.is_dir():
        return []
    names = []
    for file in sorted((ORACLE / "cases").glob("*.json")):
        case = json.loads(file.read_text())
        expected = json.loads((ORACLE / "expected" / file.name).read_text())
        sent = "CreateTrainingJob" in expected.get("requests", {})
        if case["trainer"] == "SFTTrainer" and "compute" not in case["args"] and sent:
            names.append(file.stem)
    # Data mixing is a prop of its own, which this trainer does not have yet.
    return [name for name in names if name != "nova_sft_datamix"]


def test_there_are_cases_where_the_oracle_is() -> None:
    if not ORACLE.is_dir():
        pytest.skip("the recorded requests are not beside the checkout")
    assert len(_cases()) >= 7


@pytest.mark.parametrize("name", _cases())
def test_the_request_equals_what_the_sdk_sent(name: str, stack: cdk.Stack, tmp_path: Path) -> None:
    case = json.loads((ORACLE / "cases" / f"{name}.json").read_text())
    expected = json.loads((ORACLE / "expected" / f"{name}.json").read_text())
    sent = expected["requests"]["CreateTrainingJob"]
    trainer = SFTTrainer(stack, "Sft", **_props(name, case, sent, tmp_path))

    ours = trainer.training_job_request
    del sent["TrainingJobName"]
    assert ours["Tags"].pop()["Key"] == DIGEST_TAG
    config = sent["ServerlessJobConfig"]
    for member, value in _BETTER.get(name, {}).items():
        config.pop(member) if value is None else config.update({member: value})
    assert ours == sent


def test_a_dropped_environment_and_image_are_refused(stack: cdk.Stack, tmp_path: Path) -> None:
    name = "sft_env_training_image_serverless"
    if name not in _cases():
        pytest.skip("the recorded requests are not beside the checkout")
    case = json.loads((ORACLE / "cases" / f"{name}.json").read_text())
    lock = write_lock(lock_document(case["hub"], case["s3"]), tmp_path / "recipes.lock.json")
    props = {key: value for key, value in case["args"].items() if key in _PASSED_ON}
    with pytest.raises(TrainerError) as error:
        SFTTrainer(stack, "Sft", recipe_lock=lock, **props)
    assert {problem.path for problem in error.value.problems} == {"environment", "training_image"}


def _props(name: str, case: dict[str, Any], sent: dict[str, Any], folder: Path) -> dict[str, Any]:
    props = {key: value for key, value in case["args"].items() if key in _PASSED_ON}
    training_type = case["args"].get("training_type")
    if isinstance(training_type, dict):
        training_type = TrainingType[training_type["$training_type"]]
    if training_type is not None:
        props["training_type"] = training_type
    return {
        **props,
        **_ADAPTED.get(name, {}),
        "recipe_lock": write_lock(
            lock_document(case["hub"], case["s3"]), folder / "recipes.lock.json"
        ),
        # What the SDK looks up.
        "output_data_config": OutputDataConfig(
            s3_output_path=sent["OutputDataConfig"]["S3OutputPath"]
        ),
        "mlflow_resource_arn": sent.get("MlflowConfig", {}).get("MlflowResourceArn"),
    }
