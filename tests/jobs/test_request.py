from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_trainers.jobs.check import check_request
from constructs_trainers.jobs.request import ServerlessJob, build_request, s3_data_type
from constructs_trainers.jobs.tags import job_tags

EXPECTED = Path(__file__).parents[3] / "shared" / "oracle" / "expected"
WITHOUT_NAME = frozenset({"TrainingJobName"})

MODEL = "meta-textgeneration-llama-3-2-1b-instruct"
SAGEMAKER = "arn:aws:sagemaker:us-west-2:123456789012:"
PUBLIC_HUB = "arn:aws:sagemaker:us-west-2:aws:hub-content/SageMakerPublicHub"
FACTS: dict[str, Any] = {
    "role_arn": "arn:aws:iam::123456789012:role/MyRole",
    "hyperparameters": {
        "name": "",
        "model_name_or_path": "",
        "learning_rate": "0.0001",
        "max_epochs": "5",
        "global_batch_size": "16",
        "lr_warmup_ratio": "0.1",
        "lora_rank": "16",
        "lora_alpha": "32",
        "use_flash": "True",
    },
    "training_dataset": "s3://data/train.jsonl",
    "s3_data_type": "S3Prefix",
    "s3_output_path": "s3://sagemaker-us-west-2-123456789012/output",
    "base_model_arn": f"{PUBLIC_HUB}/Model/{MODEL}/1.0.0",
    "customization_technique": "SFT",
    "accept_eula": True,
    "peft": "LORA",
    "mlflow_resource_arn": SAGEMAKER + "mlflow-app/app-1",
    "model_package_group_arn": SAGEMAKER + "model-package-group/my-grp",
    "tags": job_tags(MODEL, "SageMakerPublicHub", [], "d1g3st"),
}


@pytest.mark.skipif(not EXPECTED.is_dir(), reason="the SDK's recorded requests are not here")
def test_the_request_is_the_sdks_and_our_digest() -> None:
    recorded = json.loads((EXPECTED / "sft_serverless_min.json").read_text(encoding="utf-8"))
    sdk = recorded["requests"]["CreateTrainingJob"]
    del sdk["TrainingJobName"]
    sdk["Tags"].append({"Key": "constructs-trainers:recipe-digest", "Value": "d1g3st"})
    assert build_request(ServerlessJob(**FACTS)) == sdk


def test_a_full_request_has_all_blocks_in_order_and_is_accepted() -> None:
    job = ServerlessJob(
        **FACTS,
        validation_dataset=SAGEMAKER + "hub-content/hub/DataSet/held-out/1.0.0",
        kms_key_id="alias/key",
        disable_output_compression=True,
        sequence_length="4K",
        evaluator_arn=SAGEMAKER + "hub-content/hub/JsonDoc/reward/0.0.1",
        mlflow_experiment_name="experiment",
        mlflow_run_name="run",
        source_model_package_arn=SAGEMAKER + "model-package/g/1",
        security_group_ids=["sg-1"],
        subnets=("subnet-1",),
        max_runtime_in_seconds=3600,
        max_wait_time_in_seconds=7200,
        max_pending_time_in_seconds=1800,
    )
    request: dict[str, Any] = build_request(job)
    check_request(request, allow_missing=WITHOUT_NAME)
    assert list(request) == [
        "RoleArn",
        "HyperParameters",
        "InputDataConfig",
        "OutputDataConfig",
        "ServerlessJobConfig",
        "MlflowConfig",
        "ModelPackageConfig",
        "VpcConfig",
        "StoppingCondition",
        "Tags",
    ]
    assert [channel["ChannelName"] for channel in request["InputDataConfig"]] == [
        "train",
        "validation",
    ]
    assert list(request["InputDataConfig"][1]["DataSource"]) == ["DatasetSource"]
    assert list(request["OutputDataConfig"]) == ["S3OutputPath", "KmsKeyId", "CompressionType"]
    assert request["OutputDataConfig"]["CompressionType"] == "NONE"
    assert list(request["ServerlessJobConfig"]) == [
        "JobType",
        "BaseModelArn",
        "CustomizationTechnique",
        "AcceptEula",
        "Peft",
        "SequenceLength",
        "EvaluatorArn",
    ]
    assert list(request["MlflowConfig"]) == [
        "MlflowResourceArn",
        "MlflowExperimentName",
        "MlflowRunName",
    ]
    assert request["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    assert request["StoppingCondition"] == {
        "MaxRuntimeInSeconds": 3600,
        "MaxWaitTimeInSeconds": 7200,
        "MaxPendingTimeInSeconds": 1800,
    }


def test_the_least_request_has_no_empty_blocks() -> None:
    left_out = {"training_dataset", "peft", "mlflow_resource_arn", "model_package_group_arn"}
    facts = {name: value for name, value in FACTS.items() if name not in left_out}
    request = build_request(ServerlessJob(**{**facts, "accept_eula": False}))
    check_request(request, allow_missing=WITHOUT_NAME)
    assert list(request) == [
        "RoleArn",
        "HyperParameters",
        "OutputDataConfig",
        "ServerlessJobConfig",
        "Tags",
    ]
    assert request["ServerlessJobConfig"] == {
        "JobType": "FineTuning",
        "BaseModelArn": FACTS["base_model_arn"],
        "CustomizationTechnique": "SFT",
        "AcceptEula": False,
    }


def test_mlflow_names_alone_make_no_block() -> None:
    job = ServerlessJob(**{**FACTS, "mlflow_resource_arn": None, "mlflow_run_name": "run"})
    assert "MlflowConfig" not in build_request(job)


def test_a_request_shares_nothing_with_what_it_was_built_from() -> None:
    request: dict[str, Any] = build_request(ServerlessJob(**FACTS))
    request["HyperParameters"]["new"] = "1"
    request["Tags"][0]["Key"] = "changed"
    assert "new" not in FACTS["hyperparameters"]
    assert FACTS["tags"][0]["Key"] == "sagemaker-sdk:jumpstart-model-id"


@pytest.mark.parametrize(
    ("model", "technique", "expected"),
    [
        ("nova-textgeneration-lite-v2", "SFT", "Converse"),
        ("nova-textgeneration-micro", "DPO", "Converse"),
        ("amazon.nova-pro-v1", "SFT", "Converse"),
        ("nova-textgeneration-lite-v2", "RLVR", "S3Prefix"),
        ("nova-textgeneration-lite-v2", "RLAIF", "S3Prefix"),
        (MODEL, "SFT", "S3Prefix"),
        ("arcee-supernova", "SFT", "S3Prefix"),
    ],
)
def test_only_nova_reads_conversations(model: str, technique: str, expected: str) -> None:
    assert s3_data_type(model, technique) == expected
