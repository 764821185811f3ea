"""The prop ``integration_pattern``: what it changes, what it refuses, and what it warns of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_trainers import (
    CheckpointConfig,
    RetryStrategy,
    SFTTrainer,
    TrainerError,
    TrainingJobCompute,
    testing,
)
from tests.support.small_trainers import INSTANCE_TYPE, small_trainer
from tests.support.templates import template_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUN_JOB = sfn.IntegrationPattern.RUN_JOB


def on_own_instances(stack: cdk.Stack, folder: Path, **props: Any) -> Any:  # noqa: ANN401 - props
    compute = TrainingJobCompute(instance_type=INSTANCE_TYPE, instance_count=1)
    return small_trainer(stack, folder, compute=compute, integration_pattern=RUN_JOB, **props)


def warnings(stack: cdk.Stack) -> list[str]:
    return [
        str(entry.data)
        for child in stack.node.find_all()
        for entry in child.node.metadata
        if entry.type == "aws:cdk:warning"
    ]


def test_the_machine_creates_the_job_and_waits_for_it(stack: cdk.Stack, tmp_path: Path) -> None:
    on_own_instances(stack, tmp_path)
    states = testing.definition(template_of(stack), "Trainer")["States"]
    create = states["CreateTrainingJob"]
    assert create["Resource"] == "arn:aws:states:::sagemaker:createTrainingJob.sync"
    assert create["Next"] == "DescribeTrainingJob"
    assert warnings(stack) == []


def test_members_that_it_may_refuse_are_warned_of(stack: cdk.Stack, tmp_path: Path) -> None:
    on_own_instances(
        stack,
        tmp_path,
        retry_strategy=RetryStrategy(maximum_retry_attempts=2),
        checkpoint_config=CheckpointConfig(s3_uri="s3://amzn-s3-demo-bucket/checkpoints"),
    )
    (warning,) = warnings(stack)
    assert "CheckpointConfig, RetryStrategy: not known to be taken" in warning
    assert "[ack: constructs-trainers:runJobMembersNotKnown]" in warning


def test_a_serverless_job_cannot_be_waited_for(sft: Callable[..., SFTTrainer]) -> None:
    with pytest.raises(TrainerError, match="integration_pattern: is for jobs on own instances"):
        sft(integration_pattern=RUN_JOB)


@pytest.mark.parametrize(
    "pattern",
    [
        sfn.IntegrationPattern.REQUEST_RESPONSE,
        sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
        "RUN_JOB",
    ],
)
def test_other_patterns_are_refused(sft: Callable[..., SFTTrainer], pattern: Any) -> None:  # noqa: ANN401 - a wrong type too
    with pytest.raises(TrainerError) as raised:
        sft(integration_pattern=pattern)
    assert [problem.path for problem in raised.value.problems] == ["integration_pattern"]


def test_step_functions_own_tag_leaves_46_to_the_user(stack: cdk.Stack, tmp_path: Path) -> None:
    tags = {f"tag-{number}": "x" for number in range(47)}
    with pytest.raises(TrainerError, match="46 of the user's"):
        on_own_instances(stack, tmp_path, tags=tags)
    tags.popitem()
    on_own_instances(stack, tmp_path, tags=tags)
