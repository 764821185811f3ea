"""What starts a pipeline by itself, a schedule or new data, and what is wrong with it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.permissions.outputs import written_uris
from constructs_trainers.trainers.props.s3_location import s3_location_problems, s3_uri_of
from constructs_trainers.trainers.resources.rule_target import (
    create_starter,
    description,
    start_by_rule,
)
from constructs_trainers.trainers.runs.run_permissions import permit_data
from constructs_trainers.values.s3 import as_folder, s3_location, s3_uri, split_uri_problems
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aws_cdk import aws_events as events
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.aws_s3 import IBucket

    from constructs_trainers.trainers.base_trainer import BaseTrainer
    from constructs_trainers.trainers.pipelines.stages import SweepManifest
    from constructs_trainers.workflows.allowed_input import Dataset


@dataclass(frozen=True, kw_only=True)
class NewData:
    """Objects in S3 whose creation starts an execution of a pipeline.

    The bucket must send its events to EventBridge. A bucket that is given as a construct is told
    to; for one by its URI that is up to whoever owns it. EventBridge delivers an event at least
    once, so in rare cases an object starts two executions.

    Attributes:
        bucket: The bucket, with ``prefix`` below it. Exclusive with ``s3_uri``.
        prefix: What the objects' keys begin with. Default: all objects.
        s3_uri: An S3 URI that the objects' URIs begin with.
        stage: The stage that trains with the new object in place of its data set; its trainer's
            role may then read what is below the place. Serverless trainers only. Default: none:
            the stages train with the data that they have.
    """

    bucket: IBucket | None = None
    prefix: str | None = None
    s3_uri: str | None = None
    stage: str | None = None

    @property
    def uri(self) -> str:
        """The place as a URI."""
        return s3_uri_of(self.s3_uri, self.bucket, self.prefix) or ""

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with the place.

        Args:
            path: Where it was given.
        """
        if self.bucket is None and self.s3_uri is None:
            fix = "give bucket, or s3_uri"
            return [Problem(path=path, message="does not say where the objects are", fix=fix)]
        if self.s3_uri is not None:
            found = split_uri_problems(f"{path}.s3_uri", self.s3_uri, "s3://BUCKET/PREFIX")
            if found:
                return found
        return s3_location_problems(path, "s3_uri", self.s3_uri, self.bucket, self.prefix)


BUCKET_MUST_SEND_EVENTS = "constructs-trainers:bucketMustSendEvents"


def start_on_schedule(
    scope: Construct, machine: sfn.StateMachine, schedule: events.Schedule | str
) -> None:
    """Start executions at times."""
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
    """Start an execution for each object that is created."""
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
    return create_starter(scope, machine)


def _send_events(scope: Construct, data: NewData) -> None:
    if data.bucket is not None:
        data.bucket.enable_event_bridge_notification()
        return
    cdk.Annotations.of(scope).add_info_v2(
        BUCKET_MUST_SEND_EVENTS,
        f"{data.uri}: the bucket must send its events to EventBridge, which is not for this app to "
        "change. Give it as a construct, or see that EventBridge notifications are on.",
    )


# EventBridge API reference, PutRule: ScheduleExpression.
_SCHEDULE: Final = re.compile(
    r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)"
    r"|cron\([^\s()]+( [^\s()]+){5}\)"
)
_SCHEDULE_FORM: Final = "an aws_events.Schedule, 'rate(7 days)' or 'cron(0 6 ? * MON *)'"


def written_by(
    trainers: Iterable[BaseTrainer], manifests: Iterable[SweepManifest]
) -> dict[str, str]:
    """Where a pipeline writes: S3 URIs of folders, each with what is written there."""
    found = {
        uri: f"what the jobs of {trainer.node.path} make"
        for trainer in trainers
        for uri in written_uris(trainer.training_job_request)
    }
    for manifest in manifests:
        found[s3_uri(*manifest.results)] = "the results of a sweep"
    return found


def trigger_problems(
    schedule: object,
    on_new_data: Sequence[tuple[str, NewData]],
    stages: Mapping[str, BaseTrainer],
    written: Mapping[str, str],
) -> list[Problem]:
    """What is wrong with the triggers of a pipeline.

    Args:
        schedule: When it starts.
        on_new_data: What starts it, each with the path where it was given.
        stages: The trainers of its stages by name.
        written: Where its stages write: S3 URIs of folders, each with what is written there.
    """
    found = _schedule_problems(schedule)
    for path, data in on_new_data:
        found += data.problems(path) or [
            *_loop_problems(path, data.uri, written),
            *_stage_problems(f"{path}.stage", data, stages),
        ]
    return found


def _loop_problems(path: str, uri: str, written: Mapping[str, str]) -> list[Problem]:
    """Each end of the pipeline would start it again. Tokens of one bucket are one text."""
    start = uri if s3_location(uri)[1] else f"{uri}/"
    for folder, what in written.items():
        if as_folder(folder).startswith(start):
            return [
                Problem(
                    path=path,
                    message=f"would start the pipeline again and again: it writes {what} there",
                    got=short_repr(uri),
                    allowed=f"a place that {short_repr(folder)} is not below",
                    fix="give a prefix for new data alone, or another bucket",
                )
            ]
    return []


def _schedule_problems(schedule: object) -> list[Problem]:
    if isinstance(schedule, str):
        is_right = is_token(schedule) or _SCHEDULE.fullmatch(schedule) is not None
    else:
        is_right = schedule is None or hasattr(schedule, "expression_string")
    if is_right:
        return []
    message = "is no schedule of EventBridge"
    got = short_repr(schedule)
    return [Problem(path="schedule", message=message, got=got, allowed=_SCHEDULE_FORM)]


def _stage_problems(path: str, data: NewData, stages: Mapping[str, BaseTrainer]) -> list[Problem]:
    if data.stage is None:
        return []
    if data.stage not in stages:
        return [
            Problem(
                path=path,
                message="is the name of no Stage of this pipeline",
                got=short_repr(data.stage),
                allowed=", ".join(stages) or None,
                fix=did_you_mean(data.stage, stages),
            )
        ]
    rule = stages[data.stage].allowed_input.training_dataset
    if isinstance(rule, str):
        return [Problem(path=path, message=f"TrainingDataset {rule}", got=short_repr(data.stage))]
    if rule.is_file is not None:
        return [
            Problem(
                path=path,
                message="is a stage on own instances, whose recipe was written for one place",
                got=short_repr(data.stage),
                allowed="a stage of a serverless trainer",
                fix="leave stage out: then a new object starts the pipeline with the data it has",
            )
        ]
    return [] if is_token(data.uri) else _reach_problems(path, data.uri, rule)


def _reach_problems(path: str, uri: str, rule: Dataset) -> list[Problem]:
    """New objects that executions would refuse. Any that begins with the place is a new one."""
    found = rule.problems(path, uri)
    beside = f"{uri}-and-more" if s3_location(uri)[1] else f"{uri}/and-more"
    if found or not rule.problems(path, beside):
        return found
    return [
        Problem(
            path=path,
            message="would train with objects beside the place too, which runtime_overrides of the "
            "trainer does not allow",
            got=short_repr(beside),
            allowed=", ".join(rule.places or ()),
            fix=f"write {short_repr(f'{uri}/')}",
        )
    ]
