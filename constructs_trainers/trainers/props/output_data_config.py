"""Where a job writes its results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.props.s3_location import exclusive
from constructs_trainers.values.resource_names import key_problems
from constructs_trainers.values.s3 import s3_key_problems, s3_uri_problems
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from aws_cdk.aws_kms import IKey
    from aws_cdk.aws_s3 import IBucket

_PATH = "output_data_config"


@dataclass(frozen=True, kw_only=True)
class OutputDataConfig:
    """Where a job writes its results; the API's OutputDataConfig with L2s beside its members.

    Attributes:
        s3_output_path: An S3 URI. Exclusive with ``bucket``.
        bucket: A bucket, with ``prefix`` below it. Default: one bucket a stack, made by the
            first trainer that needs it: encrypted, private, kept when the stack is deleted.
        prefix: The key prefix in ``bucket``, without slashes at its ends. Default: ``output/`` and
            the name of the trainer's state machine, a folder of the trainer's own.
        kms_key_id: Id, ARN or alias of the key that SageMaker encrypts the output with. Default:
            the bucket's own encryption. Exclusive with ``kms_key``.
        kms_key: The same as a construct.
    """

    s3_output_path: str | None = None
    bucket: IBucket | None = None
    prefix: str | None = None
    kms_key_id: str | None = None
    kms_key: IKey | None = None

    def problems(self) -> list[Problem]:
        """What is wrong with the combination of members."""
        found: list[Problem] = []
        if self.s3_output_path is not None:
            found += s3_uri_problems(f"{_PATH}.s3_output_path", self.s3_output_path)
            for name, value in (("bucket", self.bucket), ("prefix", self.prefix)):
                if value is not None:
                    found.append(exclusive(f"{_PATH}.{name}", "s3_output_path"))
        if self.kms_key is not None and self.kms_key_id is not None:
            found.append(exclusive(f"{_PATH}.kms_key", "kms_key_id"))
        if self.kms_key_id is not None:
            found += key_problems("output_data_config.kms_key_id", self.kms_key_id)
        if self.prefix is not None:
            found += s3_key_problems(f"{_PATH}.prefix", self.prefix, "what keys begin with")
        if self.prefix is not None and self.prefix.strip("/") != self.prefix:
            found.append(
                Problem(
                    path="output_data_config.prefix",
                    message="has a slash at an end",
                    got=short_repr(self.prefix),
                    fix=f"write {short_repr(self.prefix.strip('/'))}",
                )
            )
        return found
