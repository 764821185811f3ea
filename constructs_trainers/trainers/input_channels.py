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
    from constructs_trainers.trainers.props.training_data import DataSource

_DATASETS = {channels.TRAIN: "training_dataset", channels.VALIDATION: "validation_dataset"}


class InputChannels:
    """The data of a trainer's job.

    Args:
        props: The trainer's props.
    """

    def __init__(self, props: TrainerProps) -> None:
        self._datasets: dict[str, tuple[str, DataSource]] = {
            name: (prop, source)
            for name, prop in _DATASETS.items()
            if (source := getattr(props, prop)) is not None
        }
        self._channels = list(props.input_data_config or ())
        networking = props.networking
        self._has_network = networking is not None and bool(networking.vpc or networking.subnets)

    @property
    def sources(self) -> list[DataSource]:
        """All data that the user gives, data sets first."""
        return [
            *(source for _, source in self._datasets.values()),
            *(item.data_source for item in self._channels),
        ]

    def to_api(self, s3_data_type: str) -> list[Sourced]:
        """The channels that the user gives, data sets first.

        Args:
            s3_data_type: For data in S3 that names no type of its own.
        """
        found = [
            Sourced(prop, {"ChannelName": name, "DataSource": to_api(source, prop, s3_data_type)})
            for name, (prop, source) in self._datasets.items()
        ]
        for index, item in enumerate(self._channels):
            found.append(item.to_api(f"input_data_config[{index}]", s3_data_type))
        return found

    def located(self, channel_name: str) -> tuple[str, DataSource] | None:
        """The data of a channel, after the path of the prop that gives it; None without any."""
        if channel_name in self._datasets:
            return self._datasets[channel_name]
        for index, item in enumerate(self._channels):
            if item.channel_name == channel_name:
                return f"input_data_config[{index}].data_source", item.data_source
        return None

    def last_part(self, channel_name: str) -> str | None:
        """The last part of a data set's URI: a file's name, if it has a dot; None without any."""
        found = self.located(channel_name)
        return None if found is None else last_part_of(found[1])

    def data_in_container(self, channel_name: str) -> str | None:
        """The file or folder of a data set in the container; None without the data set.

        As in ``sagemaker.train``: a URI whose last part has a dot is a file.
        """
        name = self.last_part(channel_name)
        if name is None:
            return None
        return channel_path(channel_name, name if "." in name else None)

    def problems(self) -> list[Problem]:
        """What is wrong with data sets and channels."""
        found: list[Problem] = []
        for prop, source in self._datasets.values():
            found += source_problems(prop, source)
        given_by = {name: f"{prop} gives it" for name, (prop, _) in self._datasets.items()}
        for index, item in enumerate(self._channels):
            path = f"input_data_config[{index}]"
            found += item.problems(path)
            name = item.channel_name
            if name in given_by:
                found.append(
                    Problem(
                        path=f"{path}.channel_name",
                        message=f"the channel is there already: {given_by[name]}",
                        got=short_repr(name),
                        fix="keep one of the two",
                    )
                )
            given_by.setdefault(name, "given twice")
        if channels.TRAIN not in given_by:
            fix = "give an S3 URI or the ARN of a hub DataSet"
            found.append(Problem(path="training_dataset", message="is required", fix=fix))
        return found or self._file_system_problems()

    def _file_system_problems(self) -> list[Problem]:
        """Source: API reference, FileSystemDataSource: the job must run in its VPC."""
        if self._has_network or not any(
            isinstance(source, FileSystemDataSource) for source in self.sources
        ):
            return []
        return [
            Problem(
                path="networking",
                message="is required: a file system is reached from its VPC only",
                fix="give networking=Networking(vpc=...), or subnets and security_group_ids",
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
