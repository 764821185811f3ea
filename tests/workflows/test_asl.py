"""What definitions are built from, and the partition that is put in at the end."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from constructs_trainers.jobs.evaluators.evaluator_import import EvaluatorImport
from constructs_trainers.jobs.job_retry import JobRetry
from constructs_trainers.workflows.allowed_input import AllowedInput
from constructs_trainers.workflows.asl import choice, integration, retry, task, with_partition
from constructs_trainers.workflows.definition import training_definition
from constructs_trainers.workflows.pipeline import pipeline_definition
from constructs_trainers.workflows.pipeline_steps import (
    ManifestStep,
    ParallelStep,
    SweepStep,
    TrainStep,
)
from constructs_trainers.workflows.stop_jobs import stopper_definition

UNFINISHED = integration("s3:getObject")


def training(request: dict[str, Any], *, run_job: bool = False) -> dict[str, Any]:
    return training_definition(
        {"HyperParameters": request},
        stem="sft",
        allowed=AllowedInput(),
        s3_data_type="S3Prefix",
        registration=EvaluatorImport(
            evaluator_arn="",
            describe_hub_request=request,
            create_hub_request=request,
            describe_request={},
            import_request={},
        ),
        max_runtime_in_seconds=None,
        retry=JobRetry(),
        run_job=run_job,
    )


def train(name: str) -> TrainStep:
    return TrainStep(name=name, machine_arn="arn:machine", execution_input={}, wait_timeout=60)


def pipeline() -> dict[str, Any]:
    """One of every kind of step, whose states are called like members."""
    sweep = SweepStep(name="Branches", run=train("Run"), items=[{}], max_concurrency=5)
    manifest = ManifestStep(
        name="ItemReader",
        run=train("States"),
        file=("amzn-s3-demo-runs", "runs.jsonl"),
        input_type="JSONL",
        results=("amzn-s3-demo-runs", "results"),
        max_concurrency=5,
        tolerated_failure_percentage=0,
    )
    both = ParallelStep(name="ItemProcessor", steps=[sweep, train("ResultWriter")])
    return pipeline_definition([train("Resource"), both, manifest])


@pytest.mark.parametrize(
    "definition",
    [training({}), training({}, run_job=True), stopper_definition(), pipeline()],
    ids=["training", "waiting", "stopper", "pipeline"],
)
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "${Token[AWS.Partition.3]}"])
def test_every_integration_gets_the_partition_and_nothing_else_is_changed(
    definition: dict[str, Any], partition: str
) -> None:
    before = json.dumps(definition)
    finished = json.dumps(with_partition(definition, partition))
    assert finished == before.replace(integration(""), f"arn:{partition}:states:::")
    assert finished != before == json.dumps(definition)


def test_what_looks_like_an_integration_in_what_a_user_says_stays_as_it_is() -> None:
    inside = {"Resource": UNFINISHED, "ItemReader": {"Resource": UNFINISHED}}
    said = {
        **inside,
        "Type": "Task",
        "States": {"Resource": inside},
        "Branches": [{"States": {"A": inside}}],
    }
    states: Any = with_partition(training(said), "aws")["States"]
    expected = training(said)["States"]
    for name, member in [
        ("PrepareRequest", "Assign"),
        ("DescribeRegistry", "Arguments"),
        ("CreateRegistry", "Arguments"),
    ]:
        assert states[name][member] == expected[name][member]
        assert UNFINISHED in json.dumps(states[name][member])


def test_a_state_by_itself_gets_the_partition_too() -> None:
    state = task("s3:getObject", {"Key": UNFINISHED}, End=True)
    before = copy.deepcopy(state)
    finished = with_partition(state, "aws-cn")
    assert finished == {**before, "Resource": "arn:aws-cn:states:::s3:getObject"}
    assert state == before
    assert with_partition(finished, "aws") == finished


def test_members_stand_in_the_order_in_which_they_are_given() -> None:
    state = task("s3:getObject", {}, Retry=[], Assign={}, Next="Done", Catch=[])
    assert list(state) == ["Type", "Resource", "Arguments", "Retry", "Assign", "Next", "Catch"]


def test_conditions_are_tried_in_the_order_in_which_they_are_given() -> None:
    assert choice(("$a", "A"), ("$b", "B"), default="C") == {
        "Type": "Choice",
        "Choices": [
            {"Condition": "{% $a %}", "Next": "A"},
            {"Condition": "{% $b %}", "Next": "B"},
        ],
        "Default": "C",
    }


def test_the_waits_of_a_retry_have_a_bound_only_where_one_is_given() -> None:
    bound = retry(["E"], seconds=5, attempts=8, longest=60)
    free = retry(["E"], seconds=5, attempts=8)
    assert bound == {**free, "MaxDelaySeconds": 60}
