"""What starts a pipeline by itself: a schedule, and new data in a bucket."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.data_sources import s3_location, s3_uri_problems
from constructs_trainers.jobs.display import shown
from constructs_trainers.recipes.tokens import is_token
from constructs_trainers.trainers.descriptions import description
from constructs_trainers.trainers.pipelines.stage_types import list_problems
from constructs_trainers.trainers.rule_target import start_by_rule
from constructs_trainers.trainers.runs.run_permissions import permit_data
from constructs_trainers.trainers.s3_location import s3_location_problems, s3_uri_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_events as events
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.aws_s3 import IBucket

    from constructs_trainers.trainers.base_trainer import BaseTrainer

BUCKET_MUST_SEND_EVENTS = "constructs-trainers:bucketMustSendEvents"

# EventBridge API reference, PutRule: ScheduleExpression.
_SCHEDULE: Final = re.compile(
    r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)"
    r"|cron\([^\s()]+( [^\s()]+){5}\)"
)
_SCHEDULE_FORM: Final = "an aws_events.Schedule, 'rate(7 days)' or 'cron(0 6 ? * MON *)'"


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
        if self.bucket is not None and not hasattr(self.bucket, "bucket_name"):
            where = f"{path}.bucket"
            got = shown(self.bucket)
            return [
                Problem(path=where, message="has the wrong type", got=got, allowed="an IBucket")
            ]
        if is_token(self.s3_uri) and not str(self.s3_uri).startswith("s3://"):
            return [
                Problem(
                    path=f"{path}.s3_uri",
                    message="is only known at deployment as a whole",
                    got=shown(self.s3_uri),
                    allowed="s3://BUCKET/PREFIX, whose parts may be tokens",
                )
            ]
        if self.s3_uri is not None and (found := s3_uri_problems(f"{path}.s3_uri", self.s3_uri)):
            return found
        return s3_location_problems(path, "s3_uri", self.s3_uri, self.bucket, self.prefix)


def trigger_problems(
    schedule: object, on_new_data: Sequence[object], stages: Mapping[str, BaseTrainer]
) -> list[Problem]:
    """What is wrong with the triggers of a pipeline.

    Args:
        schedule: When it starts.
        on_new_data: What starts it.
        stages: The trainers of its stages by name.
    """
    found = _schedule_problems(schedule)
    wrong = list_problems("on_new_data", on_new_data, "NewData")
    if wrong:
        return found + wrong
    for index, data in enumerate(on_new_data):
        path = f"on_new_data[{index}]"
        if isinstance(data, NewData):
            found += data.problems(path) or _stage_problems(f"{path}.stage", data, stages)
        else:
            got = shown(data)
            message = "has the wrong type"
            found.append(Problem(path=path, message=message, got=got, allowed="NewData"))
    return found


def _schedule_problems(schedule: object) -> list[Problem]:
    if isinstance(schedule, str):
        is_right = is_token(schedule) or _SCHEDULE.fullmatch(schedule) is not None
    else:
        is_right = schedule is None or hasattr(schedule, "expression_string")
    if is_right:
        return []
    message = "is no schedule of EventBridge"
    got = shown(schedule)
    return [Problem(path="schedule", message=message, got=got, allowed=_SCHEDULE_FORM)]


def _stage_problems(path: str, data: NewData, stages: Mapping[str, BaseTrainer]) -> list[Problem]:
    if data.stage is None:
        return []
    if data.stage not in stages:
        return [
            Problem(
                path=path,
                message="is the name of no Stage of this pipeline",
                got=shown(data.stage),
                allowed=", ".join(stages) or None,
                fix=did_you_mean(str(data.stage), stages),
            )
        ]
    rule = stages[data.stage].allowed_input.training_dataset
    if isinstance(rule, str):
        return [Problem(path=path, message=f"TrainingDataset {rule}", got=shown(data.stage))]
    if rule.is_file is not None:
        return [
            Problem(
                path=path,
                message="is a stage on own instances, whose recipe was written for one place",
                got=shown(data.stage),
                allowed="a stage of a serverless trainer",
                fix="leave stage out: then a new object starts the pipeline with the data it has",
            )
        ]
    return [] if is_token(data.uri) else rule.problems(path, data.uri)


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
        permit_data(home, stages[data.stage], [{"TrainingDataset": data.uri}], buckets)


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
