"""A channel of a job's input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.jobs.request.channels import channel
from constructs_trainers.trainers.props.api_members import api_members
from constructs_trainers.trainers.props.training_data import source_problems, to_api

if TYPE_CHECKING:
    from constructs_trainers.errors import Problem
    from constructs_trainers.trainers.props.training_data import DataSource


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

    def to_api(self, s3_data_type: str) -> dict[str, object]:
        """The channel of the request.

        Args:
            s3_data_type: For data in S3 that names no type of its own.
        """
        left_out = ("channel_name", "data_source", "shuffle_seed")
        members = api_members(self, leave_out=left_out)
        if self.shuffle_seed is not None:
            members["ShuffleConfig"] = {"Seed": self.shuffle_seed}
        return channel(self.channel_name, to_api(self.data_source, s3_data_type), **members)

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with its members, but for what the API's model knows."""
        return source_problems(f"{path}.data_source", self.data_source)
