"""What starts a pipeline by itself: a schedule, and new data in a bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_trainers.trainers.resources.descriptions import description
from constructs_trainers.trainers.resources.rule_target import start_by_rule
from constructs_trainers.trainers.runs.run_permissions import permit_data
from constructs_trainers.values.s3 import s3_location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_events as events
    from aws_cdk import aws_stepfunctions as sfn

    from constructs_trainers.trainers.base_trainer import BaseTrainer
    from constructs_trainers.trainers.pipelines.new_data import NewData

BUCKET_MUST_SEND_EVENTS = "constructs-trainers:bucketMustSendEvents"


def start_on_schedule(
    scope: Construct, machine: sfn.StateMachine, schedule: events.Schedule | str
) -> None:
    """Start executions at times.

    Args:
        scope: The pipeline.
        machine: Its machine.
        schedule: The times.
    """
    from aws_cdk import aws_events as events

    times = events.Schedule.expression(schedule) if isinstance(schedule, str) else schedule
    rule = events.Rule(
        scope,
        "Schedule",
        description=description(f"Starts {scope.node.path}"),
        schedule=times,
    )
    start_by_rule(rule, machine, _starter(scope, machine), target_id="Pipeline", template="{}")


def start_on_new_data(
    scope: Construct,
    machine: sfn.StateMachine,
    on_new_data: Sequence[NewData],
    stages: Mapping[str, BaseTrainer],
) -> None:
    """Start an execution for each object that is created.

    Args:
        scope: The pipeline.
        machine: Its machine.
        on_new_data: Where.
        stages: The trainers of its stages by name.
    """
    from aws_cdk import aws_events as events

    for index, data in enumerate(on_new_data):
        home = Construct(scope, f"NewData{index}")
        _send_events(home, data)
        bucket, prefix = s3_location(data.uri)
        objects = {"object": {"key": events.Match.prefix(prefix)}} if prefix else {}
        rule = events.Rule(
            home,
            "Rule",
            description=description(f"New data for {scope.node.path}"),
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [bucket]}, **objects},
            ),
        )
        role = _starter(scope, machine)
        if data.stage is None:
            start_by_rule(rule, machine, role, target_id="Pipeline", template="{}")
            continue
        start_by_rule(
            rule,
            machine,
            role,
            target_id="Pipeline",
            template=json.dumps({data.stage: {"TrainingDataset": "s3://<bucket>/<key>"}}),
            paths={"bucket": "$.detail.bucket.name", "key": "$.detail.object.key"},
        )
        buckets = [] if data.bucket is None else [data.bucket]
        trainer, given = stages[data.stage], {"TrainingDataset": data.uri}
        permit_data(home, trainer.job_policies, trainer.allowed_input, [given], buckets)


def _starter(scope: Construct, machine: sfn.StateMachine) -> iam.IRole:
    """The role under which EventBridge starts the pipeline, made for the first rule."""
    existing = scope.node.try_find_child("EventsRole")
    if isinstance(existing, iam.Role):
        return existing
    role = iam.Role(scope, "EventsRole", assumed_by=iam.ServicePrincipal("events.amazonaws.com"))
    machine.grant_start_execution(role)
    return role


def _send_events(scope: Construct, data: NewData) -> None:
    if data.bucket is not None:
        data.bucket.enable_event_bridge_notification()
        return
    cdk.Annotations.of(scope).add_info_v2(
        BUCKET_MUST_SEND_EVENTS,
        f"{data.uri}: the bucket must send its events to EventBridge, which is not for this app to "
        "change. Give it as a construct, or see that EventBridge notifications are on.",
    )
