"""Pipelines that start by themselves: on a schedule, and on new data."""

from __future__ import annotations

import json
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3

from constructs_trainers import (
    NewData,
    OutputDataConfig,
    RuntimeOverrides,
    Stage,
    Sweep,
    SweepManifest,
    TrainerError,
    TrainingJobCompute,
    TrainingPipeline,
)
from tests.support.role_policies import allowed, plain
from tests.support.templates import template_of
from tests.support.trainers import INSTANCE_TYPE, TrainerMaker


def rules(stack: cdk.Stack) -> list[dict[str, Any]]:
    """The rules of the pipeline."""
    return [
        resource["Properties"]
        for name, resource in template_of(stack)["Resources"].items()
        if resource["Type"] == "AWS::Events::Rule" and name.startswith("Pipeline")
    ]


@pytest.mark.parametrize(
    ("schedule", "expression"),
    [
        ("rate(7 days)", "rate(7 days)"),
        (events.Schedule.rate(cdk.Duration.hours(1)), "rate(1 hour)"),
        ("cron(0 6 ? * MON *)", "cron(0 6 ? * MON *)"),
    ],
)
def test_a_schedule_starts_the_pipeline(
    stack: cdk.Stack,
    make_trainer: TrainerMaker,
    schedule: str | events.Schedule,
    expression: str,
) -> None:
    pipeline = TrainingPipeline(
        stack, "Pipeline", stages=[Stage(trainer=make_trainer())], schedule=schedule
    )
    (rule,) = rules(stack)
    assert rule["ScheduleExpression"] == expression
    (target,) = rule["Targets"]
    machine = stack.resolve(pipeline.state_machine.state_machine_arn)
    assert (target["Arn"], target["Input"]) == (machine, "{}")
    held = allowed(template_of(stack), plain(target["RoleArn"]))
    assert held == {("states:StartExecution", plain(machine), "")}


def test_a_new_object_is_what_the_stage_trains_with(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    bucket = s3.Bucket(stack, "Incoming", encryption=s3.BucketEncryption.KMS)
    trainer = make_trainer()
    TrainingPipeline(
        stack,
        "Pipeline",
        stages=[Stage(trainer=trainer)],
        on_new_data=[NewData(bucket=bucket, prefix="chat/", stage="Sft")],
    )
    (rule,) = rules(stack)
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": [stack.resolve(bucket.bucket_name)]},
            "object": {"key": [{"prefix": "chat/"}]},
        },
    }
    (target,) = rule["Targets"]
    told = json.loads(target["InputTransformer"]["InputTemplate"])
    assert told == {"Sft": {"TrainingDataset": "s3://<bucket>/<key>"}}
    template = template_of(stack)
    role = plain(stack.resolve(trainer.role.role_arn))
    held = {need[:2] for need in allowed(template, role)}
    arn = plain(stack.resolve(bucket.bucket_name))
    assert ("s3:GetObject", f"arn:aws:s3:::{arn}/chat/*") in held
    assert any(action == "kms:Decrypt" for action, _ in held)
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    assert "Custom::S3BucketNotifications" in kinds


def test_a_bucket_of_others_must_send_its_events(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    pipeline = TrainingPipeline(
        stack,
        "Pipeline",
        stages=[Stage(trainer=make_trainer())],
        on_new_data=[
            NewData(s3_uri="s3://amzn-s3-demo-incoming"),
            NewData(s3_uri="s3://amzn-s3-demo-two/x/"),
        ],
    )
    first, second = rules(stack)
    assert first["EventPattern"]["detail"] == {"bucket": {"name": ["amzn-s3-demo-incoming"]}}
    assert second["EventPattern"]["detail"]["object"] == {"key": [{"prefix": "x/"}]}
    assert first["Targets"][0]["Input"] == "{}"
    told = [
        str(entry.data)
        for child in pipeline.node.find_all()
        for entry in child.node.metadata
        if entry.type == "aws:cdk:info"
    ]
    assert len([text for text in told if "bucketMustSendEvents" in text]) == 2


@pytest.mark.parametrize(
    ("props", "message"),
    [
        ({"schedule": "every day"}, "schedule: is no schedule of EventBridge"),
        ({"schedule": "rate(1 days)"}, "schedule: is no schedule of EventBridge"),
        ({"schedule": 5}, "schedule: is no schedule of EventBridge"),
        ({"on_new_data": [NewData()]}, r"on_new_data\[0\]: does not say where"),
        ({"on_new_data": ["s3://b3"]}, r"on_new_data\[0\]: has the wrong type"),
        ({"on_new_data": [NewData(s3_uri="b3")]}, r"on_new_data\[0\].s3_uri: "),
        ({"on_new_data": [NewData(s3_uri="s3://bucket", prefix="x")]}, "cannot be given together"),
        (
            {"on_new_data": [NewData(s3_uri="s3://bucket", stage="Stf")]},
            "is the name of no Stage.*(?s:.)*did you mean 'Sft'",
        ),
        (
            {"on_new_data": [NewData(s3_uri="s3://bucket/other", stage="Sft")]},
            r"on_new_data\[0\].stage: is not within what runtime_overrides",
        ),
        (
            {"on_new_data": [NewData(s3_uri="s3://bucket/ours", stage="Sft")]},
            r"objects beside the place(?s:.)*write 's3://bucket/ours/'",
        ),
        (
            {"on_new_data": [NewData(s3_uri="s3://b3", prefix=cast("Any", 5))]},
            r"\.prefix: has the wrong type",
        ),
        (
            {"on_new_data": [NewData(s3_uri="s3://b3", stage=cast("Any", ["Sft"]))]},
            "stage: has the wrong type",
        ),
        ({"on_new_data": [NewData(s3_uri="s3://bucket/*")]}, r"s3_uri: has \*"),
    ],
)
def test_wrong_triggers_are_refused(
    stack: cdk.Stack, make_trainer: TrainerMaker, props: dict[str, Any], message: str
) -> None:
    trainer = make_trainer(
        runtime_overrides=RuntimeOverrides(training_dataset=["s3://bucket/ours"])
    )
    with pytest.raises(TrainerError, match=message):
        TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=trainer)], **props)


def test_a_pipeline_does_not_start_itself(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    bucket = s3.Bucket(stack, "All")
    trainer = make_trainer(output_data_config=OutputDataConfig(bucket=bucket, prefix="models"))
    again = r"again and again: it writes what the jobs of Stack/Sft make there"
    for data in (NewData(bucket=bucket), NewData(bucket=bucket, prefix="models/", stage="Sft")):
        with pytest.raises(TrainerError, match=again):
            TrainingPipeline(stack, "P", stages=[Stage(trainer=trainer)], on_new_data=[data])
    beside = NewData(bucket=bucket, prefix="incoming/")
    TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=trainer)], on_new_data=[beside])
    assert len(rules(stack)) == 1


def test_a_sweep_does_not_start_itself(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    bucket = s3.Bucket(stack, "Runs")
    sweep = Sweep(trainer=make_trainer(), manifest=SweepManifest(bucket=bucket, key="runs.jsonl"))
    with pytest.raises(TrainerError, match="it writes the results of a sweep there"):
        TrainingPipeline(stack, "Pipeline", stages=[sweep], on_new_data=[NewData(bucket=bucket)])
    data = NewData(bucket=bucket, prefix="runs.jsonl")
    TrainingPipeline(stack, "Pipeline", stages=[sweep], on_new_data=[data])


def test_a_recipe_in_a_file_reads_no_object_of_another_name(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    compute = TrainingJobCompute(instance_type=INSTANCE_TYPE, instance_count=1)
    trainer = make_trainer(hub="one technique", compute=compute)
    data = NewData(s3_uri="s3://amzn-s3-demo-incoming", stage=trainer.node.id)
    with pytest.raises(TrainerError, match="is a stage on own instances"):
        TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=trainer)], on_new_data=[data])
