"""The channels of a trainer's job, and the props that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request import channels
from constructs_trainers.jobs.request.channels import channel, data_source
from constructs_trainers.recipes.own_instances import channel_path
from constructs_trainers.trainers.props.training_data import (
    FileSystemDataSource,
    S3DataSource,
    is_dataset,
    source_problems,
    to_api,
    uri_of,
)
from constructs_trainers.values.s3 import file_name, is_s3_uri
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.props.training_data import Channel, DataSource

_DATASETS = {channels.TRAIN: "training_dataset", channels.VALIDATION: "validation_dataset"}
# Channels that a trainer on own instances makes by itself.
_OWN = (channels.MODEL, channels.RECIPE)

PropChannel = tuple[str, dict[str, object]]


def users_channels(props: TrainerProps, s3_data_type: str) -> list[PropChannel]:
    """The channels that the user gives, each with the path of its prop: data sets first."""
    found: list[PropChannel] = []
    for name, prop in _DATASETS.items():
        source: DataSource | None = getattr(props, prop)
        if source is not None:
            found.append((prop, channel(name, to_api(source, s3_data_type))))
    for index, item in enumerate(props.input_data_config or ()):
        found.append((f"input_data_config[{index}]", item.to_api(s3_data_type)))
    return found


def own_instances_channels(model_uri: str | None, recipe_uri: str) -> list[PropChannel]:
    """The channels that a trainer on own instances adds."""
    found: list[PropChannel] = []
    if model_uri is not None:
        found.append(("model", channel(channels.MODEL, data_source(model_uri, "S3Prefix"))))
    recipe = channel(channels.RECIPE, data_source(recipe_uri, "S3Prefix"), InputMode="File")
    return [*found, ("recipe", recipe)]


def data_in_container(props: TrainerProps, channel_name: str) -> str | None:
    """The file or folder of a data set in the container; None without the data set.

    As in ``sagemaker.train``: a URI whose last part has a dot is a file.
    """
    _, source = _located(props, channel_name)
    if source is None:
        return None
    name = _last_part(source)
    return channel_path(channel_name, name if "." in name else None)


def last_part(props: TrainerProps, channel_name: str) -> str:
    """The last part of a data set's URI: a file's name, if it has a dot."""
    _, source = _located(props, channel_name)
    return "" if source is None else _last_part(source)


def channel_problems(props: TrainerProps, *, own_instances: bool) -> list[Problem]:
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
        found += _name_problems(path, item, names, own_instances=own_instances)
        names.append(item.channel_name)
    if channels.TRAIN not in names:
        fix = "give an S3 URI or the ARN of a hub DataSet"
        found.append(Problem(path="training_dataset", message="is required", fix=fix))
    if found:
        return found
    return [
        *_file_system_problems(props),
        *(_own_instances_problems(props) if own_instances else []),
    ]


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


def _name_problems(
    path: str, item: Channel, names: list[str], *, own_instances: bool
) -> list[Problem]:
    name = item.channel_name
    if name in names:
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
    if own_instances and name in _OWN:
        return [
            Problem(
                path=f"{path}.channel_name",
                message="the trainer makes this channel itself",
                got=short_repr(name),
                fix="choose another name",
            )
        ]
    return []


def _own_instances_problems(props: TrainerProps) -> list[Problem]:
    found: list[Problem] = []
    for name in _DATASETS:
        path, source = _located(props, name)
        if source is None:
            continue
        if is_dataset(source):
            found.append(
                Problem(
                    path=path,
                    message="a job on own instances cannot read a hub's DataSet",
                    got=short_repr(source),
                    allowed="an S3 URI, an S3DataSource or a FileSystemDataSource",
                )
            )
        elif is_token(_last_part(source)):
            found.append(
                Problem(
                    path=path,
                    message="the last part of the URI is only known at deployment, and the recipe "
                    "names the file that is read",
                    got=short_repr(uri_of(source)),
                    fix="write the last part out, or end the URI with a slash for a folder",
                )
            )
    return found


def _last_part(source: DataSource) -> str:
    """What the container sees of a source: a file's name, or nothing for a folder."""
    is_manifest = isinstance(source, S3DataSource) and "Manifest" in (source.s3_data_type or "")
    uri = None if is_manifest else uri_of(source)
    if uri is None:
        return ""
    # A token may hold anything.
    return file_name(uri) if is_s3_uri(uri) else uri


def _located(props: TrainerProps, channel_name: str) -> tuple[str, DataSource | None]:
    """The data of a channel and the path of the prop that gives it."""
    prop = _DATASETS[channel_name]
    source: DataSource | None = getattr(props, prop)
    if source is not None:
        return prop, source
    for index, item in enumerate(props.input_data_config or ()):
        if item.channel_name == channel_name:
            return f"input_data_config[{index}].data_source", item.data_source
    return prop, None
