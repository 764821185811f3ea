"""Sweeps over a file in S3: the state, the permissions, and what is refused."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from constructs_trainers import Stage, Sweep, SweepManifest, TrainerError, TrainingPipeline, testing
from tests.support.role_policies import allowed, plain
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker

FILE = "s3://amzn-s3-demo-runs/sweeps/runs.jsonl"


def sweep_state(stack: cdk.Stack, name: str) -> dict[str, Any]:
    state: dict[str, Any] = testing.definition(template_of(stack), "Pipeline")["States"][name]
    return state


def test_the_file_is_read_and_the_results_are_written_beside_it(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    sweep = Sweep(
        trainer=make_trainer(),
        manifest=SweepManifest(s3_uri=FILE),
        max_concurrency=50,
        tolerated_failure_percentage=5,
    )
    TrainingPipeline(stack, "Pipeline", stages=[sweep])
    state = sweep_state(stack, "Sft")
    assert state["ItemReader"]["ReaderConfig"] == {"InputType": "JSONL"}
    file = {"Bucket": "amzn-s3-demo-runs", "Key": "sweeps/runs.jsonl"}
    assert state["ItemReader"]["Arguments"] == file
    written = {"Bucket": "amzn-s3-demo-runs", "Prefix": "sweeps/runs-results"}
    assert state["ResultWriter"]["Arguments"] == written
    assert state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert (state["MaxConcurrency"], state["ToleratedFailurePercentage"]) == (50, 5)


def test_its_runs_get_the_model_of_the_stage_before_them(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    first = make_trainer()
    manifest = SweepManifest(
        s3_uri="s3://amzn-s3-demo-runs/runs.json", results_s3_path="s3://amzn-s3-demo-out/x/"
    )
    sweep = Sweep(trainer=make_trainer(construct_id="More", model=first), manifest=manifest)
    TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=first), sweep])
    state = sweep_state(stack, "More")
    assert "OutputModelPackageArn" in state["ItemSelector"]
    assert state["ItemReader"]["ReaderConfig"] == {"InputType": "JSON"}
    assert state["ResultWriter"]["Arguments"] == {"Bucket": "amzn-s3-demo-out", "Prefix": "x"}
    # Executions of a Map Run know no variable of the machine around them.
    assert "$outputs" not in str(state["ItemProcessor"])


def test_the_role_may_do_just_what_the_map_run_needs(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainer = make_trainer()
    pipeline = TrainingPipeline(
        stack,
        "Pipeline",
        stages=[Sweep(trainer=trainer, manifest=SweepManifest(s3_uri=FILE))],
    )
    role = plain(stack.resolve(pipeline.state_machine.role.role_arn))
    itself = plain(stack.resolve(pipeline.state_machine.state_machine_arn))
    inner = plain(stack.resolve(trainer.state_machine.state_machine_arn))
    held = {need[:2] for need in allowed(template_of(stack), role) if need[1] != "*"}
    executions = "arn:aws:states:us-west-2:123456789012:execution"
    own = f"{executions}:{plain(stack.resolve(pipeline.state_machine.state_machine_name))}"
    others = f"{executions}:{plain(stack.resolve(trainer.state_machine.state_machine_name))}"
    bucket = "arn:aws:s3:::amzn-s3-demo-runs/sweeps"
    results = f"{bucket}/runs-results/*"
    rule = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
    events = f"arn:aws:events:us-west-2:123456789012:rule/{rule}"
    assert held == {
        ("states:StartExecution", itself),
        ("states:StartExecution", inner),
        *{
            (f"states:{action}Execution", f"{own}{separator}*")
            for action in ("Describe", "Stop", "Redrive")
            for separator in "/:"
        },
        ("states:DescribeExecution", f"{others}:*"),
        ("states:StopExecution", f"{others}:*"),
        *{(f"events:{action}", events) for action in ("PutTargets", "PutRule", "DescribeRule")},
        ("s3:GetObject", f"{bucket}/runs.jsonl"),
        ("s3:GetObject", results),
        ("s3:PutObject", results),
        ("s3:ListMultipartUploadParts", results),
        ("s3:AbortMultipartUpload", results),
    }


def test_the_key_of_a_bucket_that_is_given_as_a_construct_may_be_used(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    bucket = s3.Bucket(stack, "Runs", encryption=s3.BucketEncryption.KMS)
    manifest = SweepManifest(bucket=bucket, key="runs.jsonl")
    pipeline = TrainingPipeline(
        stack, "Pipeline", stages=[Sweep(trainer=make_trainer(), manifest=manifest)]
    )
    role = plain(stack.resolve(pipeline.state_machine.role.role_arn))
    held = {need[0] for need in allowed(template_of(stack), role)}
    assert {"kms:Decrypt", "kms:GenerateDataKey"} <= held


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({}, ""),
        ({"s3_uri": "s3://amzn-s3-demo-runs/runs.csv"}, ".s3_uri"),
        ({"s3_uri": "runs.jsonl"}, ".s3_uri"),
        ({"s3_uri": 5}, ".s3_uri"),
        ({"s3_uri": FILE, "key": "a.json"}, ".key"),
        ({"key": "a.json"}, ""),
        ({"s3_uri": FILE, "results_s3_path": "out"}, ".results_s3_path"),
    ],
)
def test_a_wrong_file_is_refused(
    stack: cdk.Stack, make_trainer: TrainerMaker, members: dict[str, Any], path: str
) -> None:
    sweep = Sweep(trainer=make_trainer(), manifest=SweepManifest(**members))
    with pytest.raises(TrainerError) as raised:
        TrainingPipeline(stack, "Pipeline", stages=[sweep])
    assert [p.path for p in raised.value.problems] == [f"stages[0].manifest{path}"]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"datasets": ["s3://amzn-s3-demo-other/a"]}, ".datasets"),
        ({"hyperparameters": [{"max_epochs": 1}]}, ".hyperparameters"),
        ({"max_concurrency": 1001}, ".max_concurrency"),
        ({"max_concurrency": "5"}, ".max_concurrency"),
        ({"tolerated_failure_percentage": 101}, ".tolerated_failure_percentage"),
        ({"tolerated_failure_percentage": "5"}, ".tolerated_failure_percentage"),
        ({"manifest": FILE}, ".manifest"),
    ],
)
def test_a_wrong_sweep_over_a_file_is_refused(
    stack: cdk.Stack, make_trainer: TrainerMaker, members: dict[str, Any], path: str
) -> None:
    given = {"manifest": SweepManifest(s3_uri=FILE), **members}
    with pytest.raises(TrainerError) as raised:
        TrainingPipeline(stack, "Pipeline", stages=[Sweep(trainer=make_trainer(), **given)])
    assert [p.path for p in raised.value.problems] == [f"stages[0]{path}"]


def test_a_list_bears_no_failures(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    sweep = Sweep(
        trainer=make_trainer(),
        datasets=["s3://amzn-s3-demo-other/a"],
        tolerated_failure_percentage=5,
    )
    with pytest.raises(TrainerError, match="is for sweeps with a manifest"):
        TrainingPipeline(stack, "Pipeline", stages=[sweep])
