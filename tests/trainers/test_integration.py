"""The prop ``integration_pattern``: what it changes, what it refuses, and what it warns of."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_trainers import (
    CheckpointConfig,
    ExperimentConfig,
    RetryStrategy,
    StoppingCondition,
    TrainerError,
    TrainingJobCompute,
    testing,
)
from tests.support.templates import template_of
from tests.support.trainers import INSTANCE_TYPE, TrainerMaker

RUN_JOB = sfn.IntegrationPattern.RUN_JOB
COMPUTE = TrainingJobCompute(instance_type=INSTANCE_TYPE, instance_count=1)


def on_own_instances(make_trainer: TrainerMaker, **props: Any) -> Any:  # noqa: ANN401 - props
    return make_trainer(hub="one technique", compute=COMPUTE, integration_pattern=RUN_JOB, **props)


def warnings(stack: cdk.Stack) -> list[str]:
    return [
        str(entry.data)
        for child in stack.node.find_all()
        for entry in child.node.metadata
        if entry.type == "aws:cdk:warning"
    ]


def test_the_machine_creates_the_job_and_waits_for_it(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    on_own_instances(make_trainer)
    states = testing.definition(template_of(stack), "Trainer")["States"]
    create = states["CreateTrainingJob"]
    assert create["Resource"] == "arn:aws:states:::sagemaker:createTrainingJob.sync"
    assert create["Next"] == "DescribeTrainingJob"
    assert warnings(stack) == []


def test_members_that_it_may_refuse_are_warned_of(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    on_own_instances(
        make_trainer,
        retry_strategy=RetryStrategy(maximum_retry_attempts=2),
        stopping_condition=StoppingCondition(max_pending_time_in_seconds=7200),
        disable_output_compression=True,
    )
    (warning,) = warnings(stack)
    named, _, advice = warning.partition(": not known to be taken")
    assert set(named.split(", ")) == {
        "RetryStrategy",
        "StoppingCondition.MaxPendingTimeInSeconds",
        "OutputDataConfig.CompressionType",
    }
    assert "Leave integration_pattern out" in advice
    assert "[ack: constructs-trainers:runJobMembersNotKnown]" in advice


def test_members_that_are_known_to_be_taken_are_not_warned_of(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    on_own_instances(
        make_trainer,
        checkpoint_config=CheckpointConfig(s3_uri="s3://amzn-s3-demo-bucket/checkpoints"),
        experiment_config=ExperimentConfig(experiment_name="nightly"),
        environment={"TEAM": "nlp"},
    )
    assert warnings(stack) == []


def test_the_apis_own_compression_is_left_to_the_api(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    waits = on_own_instances(make_trainer)
    looks = make_trainer(hub="one technique", scope=Construct(stack, "Other"), compute=COMPUTE)
    assert "CompressionType" not in waits.training_job_request["OutputDataConfig"]
    assert looks.training_job_request["OutputDataConfig"]["CompressionType"] == "GZIP"


def test_no_other_trainer_is_warned_of_them(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    make_trainer(
        hub="one technique",
        compute=COMPUTE,
        retry_strategy=RetryStrategy(maximum_retry_attempts=2),
    )
    assert warnings(stack) == []


def test_a_serverless_job_cannot_be_waited_for(make_trainer: TrainerMaker) -> None:
    with pytest.raises(TrainerError, match="integration_pattern: is for jobs on own instances"):
        make_trainer(integration_pattern=RUN_JOB)


@pytest.mark.parametrize(
    "pattern",
    [
        sfn.IntegrationPattern.REQUEST_RESPONSE,
        sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
        "RUN_JOB",
    ],
)
def test_other_patterns_are_refused(make_trainer: TrainerMaker, pattern: Any) -> None:  # noqa: ANN401 - a wrong type too
    with pytest.raises(TrainerError) as raised:
        make_trainer(integration_pattern=pattern)
    assert [problem.path for problem in raised.value.problems] == ["integration_pattern"]


def test_step_functions_own_tag_leaves_46_to_the_user(
    make_trainer: TrainerMaker,
) -> None:
    tags = {f"tag-{number}": "x" for number in range(47)}
    with pytest.raises(TrainerError, match="46 of the user's"):
        on_own_instances(make_trainer, tags=tags)
    tags.popitem()
    on_own_instances(make_trainer, tags=tags)


def test_tags_of_scopes_count_beside_step_functions_own(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    on_own_instances(make_trainer, tags={f"own{n}": "x" for n in range(40)})
    for n in range(7):
        cdk.Tags.of(stack).add(f"scope{n}", "x")
    with pytest.raises(RuntimeError, match="tags: has too many tags: 47"):
        cdk.App.of(stack).synth()  # type: ignore[union-attr]
