"""Objects in S3 that start a pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.props.s3_location import s3_location_problems, s3_uri_of
from constructs_trainers.values.s3 import split_uri_problems

if TYPE_CHECKING:
    from aws_cdk.aws_s3 import IBucket


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
