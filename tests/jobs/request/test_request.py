from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.jobs.request.channels import channel, data_source, s3_data_type
from constructs_trainers.jobs.request.check import check_request
from constructs_trainers.jobs.request.request import build_request, serverless_members
from constructs_trainers.jobs.request.tags import job_tags

WITHOUT_NAME = frozenset({"TrainingJobName"})

MODEL = "meta-textgeneration-llama-3-2-1b-instruct"
SAGEMAKER = "arn:aws:sagemaker:us-west-2:123456789012:"
PUBLIC_HUB = "arn:aws:sagemaker:us-west-2:aws:hub-content/SageMakerPublicHub"
COMMON: dict[str, Any] = {
    "role_arn": "arn:aws:iam::123456789012:role/MyRole",
    "hyperparameters": {"learning_rate": "0.0001"},
    "channels": [channel("train", data_source("s3://data/train.jsonl", "S3Prefix"))],
    "output_data_config": {"S3OutputPath": "s3://out/models"},
    "tags": job_tags(MODEL, "SageMakerPublicHub", [], "d1g3st"),
}
SERVERLESS: dict[str, Any] = {
    "base_model_arn": f"{PUBLIC_HUB}/Model/{MODEL}/1.0.0",
    "customization_technique": "SFT",
    "accept_eula": True,
}
OWN: dict[str, Any] = {
    "AlgorithmSpecification": {
        "TrainingImage": "111122223333.dkr.ecr.us-west-2.amazonaws.com/image:1",
        "TrainingInputMode": "File",
    },
    "ResourceConfig": {
        "InstanceType": "ml.p5.48xlarge",
        "InstanceCount": 1,
        "VolumeSizeInGB": 30,
    },
}


def test_a_full_serverless_request_has_all_blocks_and_is_accepted() -> None:
    request = build_request(
        **COMMON,
        members=serverless_members(
            **SERVERLESS,
            peft="LORA",
            sequence_length="4K",
            evaluator_arn=SAGEMAKER + "hub-content/hub/JsonDoc/reward/0.0.1",
            mlflow_config={"MlflowResourceArn": SAGEMAKER + "mlflow-app/app-1"},
        ),
        model_package_config={"ModelPackageGroupArn": SAGEMAKER + "model-package-group/g"},
        vpc_config={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        stopping_condition={"MaxRuntimeInSeconds": 3600},
    ).request
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
    assert list(request["ServerlessJobConfig"]) == [
        "JobType",
        "BaseModelArn",
        "CustomizationTechnique",
        "AcceptEula",
        "Peft",
        "SequenceLength",
        "EvaluatorArn",
    ]


def test_the_least_serverless_request_has_no_empty_blocks() -> None:
    members = serverless_members(**{**SERVERLESS, "accept_eula": False})
    request = build_request(**{**COMMON, "channels": ()}, members=members).request
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
        "BaseModelArn": SERVERLESS["base_model_arn"],
        "CustomizationTechnique": "SFT",
        "AcceptEula": False,
    }


def test_a_request_for_own_instances_names_image_and_compute() -> None:
    settings = {"Environment": {"A": "b"}, "EnableManagedSpotTraining": False}
    members = {**OWN, **settings}
    limits = {"MaxRuntimeInSeconds": 86_400}
    request = build_request(**COMMON, members=members, stopping_condition=limits).request
    check_request(request, allow_missing=WITHOUT_NAME)
    assert request["AlgorithmSpecification"] == OWN["AlgorithmSpecification"]
    assert request["ResourceConfig"] == OWN["ResourceConfig"]
    assert request["Environment"] == {"A": "b"}
    # False is a value, not the absence of one.
    assert request["EnableManagedSpotTraining"] is False
    assert "ServerlessJobConfig" not in request


def test_a_request_shares_nothing_with_what_it_was_built_from() -> None:
    request: dict[str, Any] = build_request(
        **COMMON, members=serverless_members(**SERVERLESS)
    ).request
    request["HyperParameters"]["new"] = "1"
    request["Tags"][0]["Key"] = "changed"
    assert "new" not in COMMON["hyperparameters"]
    assert COMMON["tags"][0]["Key"] == "sagemaker-sdk:jumpstart-model-id"


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
