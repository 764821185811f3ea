"""What the tests of the embedded engine share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.local.service import SageMaker
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.local.engine import Engine


@pytest.fixture
def oregon() -> Environment:
    return Environment(partition="aws", region="us-west-2", account="123456789012")


@pytest.fixture
def sagemaker() -> SageMaker:
    return SageMaker()


@pytest.fixture
def training_request() -> dict[str, Any]:
    """A serverless fine-tuning job that SageMaker would take."""
    return {
        "TrainingJobName": "sft-1",
        "RoleArn": "arn:aws:iam::123456789012:role/training",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out/"},
        "ServerlessJobConfig": {
            "BaseModelArn": (
                "arn:aws:sagemaker:us-west-2:aws:hub-content/SageMakerPublicHub/Model/llama/1.0.0"
            ),
            "JobType": "FineTuning",
            "CustomizationTechnique": "SFT",
            "AcceptEula": True,
        },
        "HyperParameters": {"learning_rate": "0.0001"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "Tags": [{"Key": "team", "Value": "nlp"}],
    }


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A running engine, shared: tests keep apart by the names that they use."""
    pytest.importorskip("ministack")
    from constructs_trainers.local.engine import Engine

    with Engine() as running:
        running.wait_until_ready()
        yield running
