"""The data of a job: its channels, and where each has it, with L2s beside the API's members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.channels import data_source
from constructs_trainers.jobs.request.sourced import Sourced
from constructs_trainers.trainers.props.api_form import api_members
from constructs_trainers.trainers.props.s3_location import (
    exclusive,
    s3_location_problems,
    s3_uri_of,
)
from constructs_trainers.values.s3 import dataset_problems, is_dataset_arn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.aws_efs import IFileSystem as IEfsFileSystem
    from aws_cdk.aws_fsx import IFileSystem as IFsxFileSystem
    from aws_cdk.aws_s3 import IBucket


@dataclass(frozen=True, kw_only=True)
class ModelAccessConfig:
    """Access to a gated model's files; the API's ModelAccessConfig.

    Attributes:
        accept_eula: Whether the model's licence is accepted.
    """

    accept_eula: bool


@dataclass(frozen=True, kw_only=True)
class HubAccessConfig:
    """Access to a private hub's model files; the API's HubAccessConfig.

    Attributes:
        hub_content_arn: The ARN of the hub content.
    """

    hub_content_arn: str


@dataclass(frozen=True, kw_only=True)
class S3DataSource:
    """Data in S3; the API's S3DataSource.

    Attributes:
        s3_uri: An S3 URI: a key prefix, or a manifest. Exclusive with ``bucket``.
        bucket: A bucket, with ``prefix`` below it.
        prefix: The key prefix in ``bucket``. Default: the whole bucket.
        s3_data_type: ``S3Prefix``, ``ManifestFile``, ``AugmentedManifestFile`` or ``Converse``.
            A role made by a trainer may read a manifest, but not what it lists: grant that with
            ``bucket.grant_read(trainer)``. Default: ``Converse`` for SFT and DPO of Amazon Nova,
            else ``S3Prefix``.
        s3_data_distribution_type: ``FullyReplicated`` or ``ShardedByS3Key``. Default: every
            instance gets all data.
        attribute_names: For ``AugmentedManifestFile``: the JSON attributes to read.
        instance_group_names: The instance groups that get the data. Default: all.
        model_access_config: For the files of a gated model. Default: none.
        hub_access_config: For the files of a private hub's model. Default: none.
    """

    s3_uri: str | None = None
    bucket: IBucket | None = None
    prefix: str | None = None
    s3_data_type: str | None = None
    s3_data_distribution_type: str = "FullyReplicated"
    attribute_names: Sequence[str] | None = None
    instance_group_names: Sequence[str] | None = None
    model_access_config: ModelAccessConfig | None = None
    hub_access_config: HubAccessConfig | None = None

    @property
    def uri(self) -> str | None:
        """The URI of the data."""
        return s3_uri_of(self.s3_uri, self.bucket, self.prefix)

    def to_api(self, path: str, s3_data_type: str) -> dict[str, object]:
        """The DataSource of the request.

        Args:
            path: The prop that holds the source.
            s3_data_type: For data that names no type of its own.
        """
        source = replace(self, s3_uri=self.uri, s3_data_type=self.s3_data_type or s3_data_type)
        members = api_members(source, path, leave_out=("bucket", "prefix"))
        first = {name: members[name] for name in ("S3DataType", "S3Uri") if name in members}
        return {"S3DataSource": first | members}

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with its members, but for what the API's model knows."""
        if self.s3_uri is None and self.bucket is None and self.prefix is None:
            fix = "give s3_uri, or bucket and prefix"
            return [Problem(path=path, message="names no data", fix=fix)]
        return s3_location_problems(path, "s3_uri", self.s3_uri, self.bucket, self.prefix)


@dataclass(frozen=True, kw_only=True)
class FileSystemDataSource:
    """Data in a file system; the API's FileSystemDataSource. The job must run in its VPC.

    Attributes:
        file_system_id: Exclusive with ``file_system``.
        file_system: The file system as a construct: EFS, or FSx for Lustre.
        file_system_type: ``EFS`` or ``FSxLustre``.
        directory_path: The directory in it, such as ``/data``.
        file_system_access_mode: ``ro`` or ``rw``. Default: read only.
    """

    file_system_type: str
    directory_path: str
    file_system_id: str | None = None
    file_system: IEfsFileSystem | IFsxFileSystem | None = None
    file_system_access_mode: str = "ro"

    def to_api(self, path: str, _s3_data_type: str) -> dict[str, object]:
        """The DataSource of the request.

        Args:
            path: The prop that holds the source.
        """
        system_id = self.file_system_id
        if self.file_system is not None:
            system_id = self.file_system.file_system_id
        source = replace(self, file_system_id=system_id)
        return {"FileSystemDataSource": api_members(source, path, leave_out=("file_system",))}

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with its members, but for what the API's model knows."""
        if self.file_system is not None and self.file_system_id is not None:
            return [exclusive(f"{path}.file_system", "file_system_id")]
        if self.file_system is None and self.file_system_id is None:
            fix = "give file_system or file_system_id"
            return [Problem(path=path, message="names no file system", fix=fix)]
        return []


@dataclass(frozen=True, kw_only=True)
class DatasetSource:
    """A DataSet of a hub; the API's DatasetSource. For serverless jobs.

    Attributes:
        dataset_arn: The DataSet's ARN.
    """

    dataset_arn: str

    def to_api(self, path: str, _s3_data_type: str) -> dict[str, object]:
        """The DataSource of the request.

        Args:
            path: The prop that holds the source.
        """
        return {"DatasetSource": api_members(self, path)}

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with the ARN."""
        return dataset_problems(f"{path}.dataset_arn", self.dataset_arn)


DataSource: TypeAlias = str | S3DataSource | FileSystemDataSource | DatasetSource
"""What data may be given as; a string is an S3 URI or the ARN of a hub's DataSet."""


def to_api(source: DataSource, path: str, s3_data_type: str) -> Sourced:
    """The DataSource of a request.

    Args:
        source: The data.
        path: The prop that names it.
        s3_data_type: For data that names no type of its own.
    """
    if not isinstance(source, str):
        return Sourced(path, source.to_api(path, s3_data_type))
    # Whatever is wrong with one of its members is wrong with the text.
    return Sourced(path, _all_from(path, data_source(source, s3_data_type)))


def _all_from(path: str, value: object) -> object:
    if not isinstance(value, Mapping):
        return Sourced(path, value)
    return {name: _all_from(path, item) for name, item in value.items()}


def source_problems(path: str, source: DataSource) -> list[Problem]:
    """What is wrong with a source, but for what the API's model knows."""
    if isinstance(source, str):
        return dataset_problems(path, source)
    return source.problems(path)


def is_dataset(source: DataSource) -> bool:
    """Whether a source is a hub's DataSet."""
    if isinstance(source, str):
        return is_dataset_arn(source)
    return isinstance(source, DatasetSource)


def uri_of(source: DataSource) -> str | None:
    """The S3 URI of a source; None when it is not in S3."""
    if isinstance(source, str):
        return None if is_dataset_arn(source) else source
    return source.uri if isinstance(source, S3DataSource) else None


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel of a job's input; the API's Channel.

    Attributes:
        channel_name: The folder of the data in the container, below ``/opt/ml/input/data``.
            ``train`` and ``validation`` are those that the recipe reads.
        data_source: An S3 URI, the ARN of a hub's DataSet, or a source with all its members.
        content_type: The data's MIME type. Default: none.
        compression_type: ``None`` or ``Gzip``, with Pipe mode only. Default: not compressed.
        record_wrapper_type: ``None`` or ``RecordIO``. Default: not wrapped.
        input_mode: ``File``, ``FastFile`` or ``Pipe``. Default: the job's.
        shuffle_seed: Seed for shuffling the files or manifest entries of every epoch. Default:
            not shuffled.
    """

    channel_name: str
    data_source: DataSource
    content_type: str | None = None
    compression_type: str | None = None
    record_wrapper_type: str | None = None
    input_mode: str | None = None
    shuffle_seed: int | None = None

    def to_api(self, path: str, s3_data_type: str) -> Sourced:
        """The channel of the request.

        Args:
            path: The prop that holds the channel.
            s3_data_type: For data in S3 that names no type of its own.
        """
        left_out = ("channel_name", "data_source", "shuffle_seed")
        members = api_members(self, path, leave_out=left_out)
        if self.shuffle_seed is not None:
            members["ShuffleConfig"] = {"Seed": Sourced(f"{path}.shuffle_seed", self.shuffle_seed)}
        source = to_api(self.data_source, f"{path}.data_source", s3_data_type)
        name = Sourced(f"{path}.channel_name", self.channel_name)
        return Sourced(path, {"ChannelName": name, "DataSource": source, **members})

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with its members, but for what the API's model knows."""
        return source_problems(f"{path}.data_source", self.data_source)
