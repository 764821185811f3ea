"""The channels of a trainer's job, and the props that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request import channels
from constructs_trainers.jobs.request.sourced import Sourced
from constructs_trainers.recipes.recipe_file import channel_path
from constructs_trainers.trainers.props.training_data import (
    FileSystemDataSource,
    S3DataSource,
    source_problems,
    to_api,
    uri_of,
)
from constructs_trainers.values.s3 import file_name, is_s3_uri
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.props.training_data import Channel, DataSource

_DATASETS = {channels.TRAIN: "training_dataset", channels.VALIDATION: "validation_dataset"}


def users_channels(props: TrainerProps, s3_data_type: str) -> list[Sourced]:
    """The channels that the user gives, data sets first.

    Args:
        props: The trainer's props.
        s3_data_type: For data in S3 that names no type of its own.
    """
    found: list[Sourced] = []
    for name, prop in _DATASETS.items():
        source: DataSource | None = getattr(props, prop)
        if source is not None:
            members = {"ChannelName": name, "DataSource": to_api(source, prop, s3_data_type)}
            found.append(Sourced(prop, members))
    for index, item in enumerate(props.input_data_config or ()):
        found.append(item.to_api(f"input_data_config[{index}]", s3_data_type))
    return found


def data_in_container(props: TrainerProps, channel_name: str) -> str | None:
    """The file or folder of a data set in the container; None without the data set.

    As in ``sagemaker.train``: a URI whose last part has a dot is a file.
    """
    _, source = located(props, channel_name)
    if source is None:
        return None
    name = last_part_of(source)
    return channel_path(channel_name, name if "." in name else None)


def last_part(props: TrainerProps, channel_name: str) -> str:
    """The last part of a data set's URI: a file's name, if it has a dot."""
    _, source = located(props, channel_name)
    return "" if source is None else last_part_of(source)


def channel_problems(props: TrainerProps) -> list[Problem]:
    """What is wrong with data sets and channels."""
    found: list[Problem] = []
    for prop in _DATASETS.values():
        source = getattr(props, prop)
        if source is not None:
            found += source_problems(prop, source)
    names = [name for name, prop in _DATASETS.items() if getattr(props, prop) is not None]
    for index, item in enumerate(props.input_data_config or ()):
        path = f"input_data_config[{index}]"
        found += item.problems(path)
        found += _name_problems(path, item, names)
        names.append(item.channel_name)
    if channels.TRAIN not in names:
        fix = "give an S3 URI or the ARN of a hub DataSet"
        found.append(Problem(path="training_dataset", message="is required", fix=fix))
    return found or _file_system_problems(props)


def _file_system_problems(props: TrainerProps) -> list[Problem]:
    """Source: API reference, FileSystemDataSource: the job must run in the file system's VPC."""
    sources = [getattr(props, prop) for prop in _DATASETS.values()]
    sources += [item.data_source for item in props.input_data_config or ()]
    has_network = props.networking is not None and (
        props.networking.vpc or props.networking.subnets
    )
    if has_network or not any(isinstance(source, FileSystemDataSource) for source in sources):
        return []
    return [
        Problem(
            path="networking",
            message="is required: a file system is reached from its VPC only",
            fix="give networking=Networking(vpc=...), or subnets and security_group_ids",
        )
    ]


def _name_problems(path: str, item: Channel, names: list[str]) -> list[Problem]:
    name = item.channel_name
    if name not in names:
        return []
    prop = _DATASETS.get(name)
    also = f"{prop} gives it" if prop and names.index(name) < len(_DATASETS) else "given twice"
    return [
        Problem(
            path=f"{path}.channel_name",
            message=f"the channel is there already: {also}",
            got=short_repr(name),
            fix="keep one of the two",
        )
    ]


def last_part_of(source: DataSource) -> str:
    """What the container sees of a source: a file's name, or nothing for a folder."""
    is_manifest = isinstance(source, S3DataSource) and "Manifest" in (source.s3_data_type or "")
    uri = None if is_manifest else uri_of(source)
    if uri is None:
        return ""
    # A token may hold anything.
    return file_name(uri) if is_s3_uri(uri) else uri


def located(props: TrainerProps, channel_name: str) -> tuple[str, DataSource | None]:
    """The data of a channel and the path of the prop that gives it."""
    prop = _DATASETS[channel_name]
    source: DataSource | None = getattr(props, prop)
    if source is not None:
        return prop, source
    for index, item in enumerate(props.input_data_config or ()):
        if item.channel_name == channel_name:
            return f"input_data_config[{index}].data_source", item.data_source
    return prop, None
