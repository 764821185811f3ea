"""What is wrong with what starts a pipeline by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.permissions.outputs import written_uris
from constructs_trainers.values.s3 import as_folder, s3_location, s3_uri
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_trainers.trainers.base_trainer import BaseTrainer
    from constructs_trainers.trainers.pipelines.new_data import NewData
    from constructs_trainers.trainers.pipelines.sweep_manifest import SweepManifest
    from constructs_trainers.workflows.allowed_input import Dataset

# EventBridge API reference, PutRule: ScheduleExpression.
_SCHEDULE: Final = re.compile(
    r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)"
    r"|cron\([^\s()]+( [^\s()]+){5}\)"
)
_SCHEDULE_FORM: Final = "an aws_events.Schedule, 'rate(7 days)' or 'cron(0 6 ? * MON *)'"


def written_by(
    trainers: Iterable[BaseTrainer], manifests: Iterable[SweepManifest]
) -> dict[str, str]:
    """Where a pipeline writes: S3 URIs of folders, each with what is written there.

    Args:
        trainers: The trainers that it runs.
        manifests: The files that its sweeps go over.
    """
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
                fix=did_you_mean(str(data.stage), stages),
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
