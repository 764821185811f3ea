"""The data of a single run, as an execution's input has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, TypeAlias

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.request.channels import TRAIN, VALIDATION
from constructs_trainers.jobs.request.check import shape_problems
from constructs_trainers.trainers.props.training_data import Channel, DatasetSource, S3DataSource
from constructs_trainers.values.expressions import Expression
from constructs_trainers.values.s3 import dataset_problems, is_dataset_arn
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.aws_s3 import IBucket

    from constructs_trainers.workflows.allowed_input import AllowedInput, Dataset

    RunData: TypeAlias = Mapping[str, str | Expression] | Sequence[Channel]
    """Channels of a run: a mapping of channel name to URI or ARN, or a list of Channel."""

_MEMBERS = {TRAIN: "TrainingDataset", VALIDATION: "ValidationDataset"}
_FIX = "make it a prop of the trainer: a run can replace the data of train and validation only"


def run_data(
    given: RunData | None, allowed: AllowedInput
) -> tuple[dict[str, object], list[Problem]]:
    """The members of an execution's input for the data of a run, and what is wrong with it.

    Args:
        given: What was given as ``input_data_config``, of the right type.
        allowed: What executions of the trainer may give.
    """
    path = "input_data_config"
    problems: list[Problem] = []
    found: dict[str, object] = {}
    for name, source in _channels(given):
        here = f"{path}.{name}"
        if name not in _MEMBERS:
            message = "is not a channel that a run can replace"
            fix = did_you_mean(str(name), _MEMBERS) or _FIX
            channels = ", ".join(_MEMBERS)
            problems.append(
                Problem(path=here, message=message, got=short_repr(name), allowed=channels, fix=fix)
            )
            continue
        place = _place_of(source)
        if place is None:
            message = "does not say where the data is, or says more"
            form = "a channel with nothing but an S3 URI, or the ARN of a hub's DataSet"
            got = short_repr(source)
            problems.append(Problem(path=here, message=message, got=got, allowed=form, fix=_FIX))
            continue
        problems += _refusals(here, place, _allowed(allowed, name))
        if _MEMBERS[name] in found:
            problems.append(Problem(path=here, message="is there twice"))
        found[_MEMBERS[name]] = place
    return ({} if problems else found), problems


def buckets_of(given: RunData | None) -> list[IBucket]:
    """The buckets among the data of a run that were given as constructs."""
    if given is None or isinstance(given, Mapping):
        return []
    sources = [item.data_source for item in given]
    buckets = [item.bucket for item in sources if isinstance(item, S3DataSource)]
    return [bucket for bucket in buckets if bucket is not None]


def _allowed(allowed: AllowedInput, name: str) -> Dataset | str:
    return allowed.training_dataset if name == TRAIN else allowed.validation_dataset


def _refusals(path: str, place: object, rule: Dataset | str) -> list[Problem]:
    """What an execution would be refused for, as far as synthesis knows it."""
    if isinstance(rule, str):
        return [Problem(path=path, message=rule, got=short_repr(place))]
    if isinstance(place, Expression):
        return []
    found = dataset_problems(path, place)
    if found or not isinstance(place, str) or is_token(place):
        return found
    if not is_dataset_arn(place):
        found = shape_problems(path, place, "S3Uri")
    return found or rule.problems(path, place)


def _channels(given: RunData | None) -> list[tuple[str, object]]:
    if isinstance(given, Mapping):
        return list(given.items())
    return [(item.channel_name, item) for item in given or ()]


def _place_of(source: object) -> object | None:
    """URI or ARN, or None for a channel that says more."""
    if not isinstance(source, Channel):
        return source
    members = [f.name for f in fields(source) if f.name not in {"channel_name", "data_source"}]
    if any(getattr(source, name) is not None for name in members):
        return None
    data = source.data_source
    if isinstance(data, S3DataSource):
        plain = S3DataSource(s3_uri=data.s3_uri, bucket=data.bucket, prefix=data.prefix)
        return data.uri if data == plain else None
    if isinstance(data, DatasetSource):
        return data.dataset_arn
    return data if isinstance(data, str) else None
