"""A place in S3, given as URI or as a bucket with a prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.errors import Problem
from constructs_trainers.values.s3 import (
    SCHEME,
    S3Place,
    is_s3_uri,
    literal_place,
    s3_key_problems,
    s3_uri,
    s3_uri_problems,
)
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from aws_cdk.aws_s3 import IBucket


def s3_uri_of(uri: str | None, bucket: IBucket | None, prefix: str | None) -> str | None:
    """The S3 URI of a place; None when neither URI nor bucket is given."""
    if uri is not None or bucket is None:
        return uri
    return s3_uri(bucket.bucket_name, prefix)


def s3_location_problems(
    path: str, uri_name: str, uri: str | None, bucket: IBucket | None, prefix: str | None
) -> list[Problem]:
    """What is wrong with a place whose members have the right types."""
    found: list[Problem] = []
    if uri is not None:
        found += s3_uri_problems(f"{path}.{uri_name}", uri)
        for name, value in (("bucket", bucket), ("prefix", prefix)):
            if value is not None:
                found.append(exclusive(f"{path}.{name}", uri_name))
    elif bucket is None and prefix is not None:
        fix = "give the bucket it is in"
        found.append(Problem(path=f"{path}.prefix", message="has no bucket", fix=fix))
    if prefix is not None:
        found += s3_key_problems(f"{path}.prefix", prefix, "what keys begin with")
    if prefix is not None and prefix.startswith("/"):
        found.append(
            Problem(
                path=f"{path}.prefix",
                message="starts with a slash, which would be part of the key",
                got=short_repr(prefix),
                fix=f"write {short_repr(prefix.lstrip('/'))}",
            )
        )
    return found


def exclusive(path: str, other: str) -> Problem:
    """Two props, or members of a group, that were both given."""
    return Problem(
        path=path,
        message=f"cannot be given together with {other}",
        fix="keep one of the two",
    )


def locate(uri: str) -> S3Place:
    """Take an S3 URI apart, at deployment when it begins with a token."""
    if is_s3_uri(uri):
        return literal_place(uri)
    # Of "s3://bucket/key" between slashes the third part is the bucket.
    bucket = cdk.Fn.select(2, cdk.Fn.split("/", uri))
    return S3Place(bucket, cdk.Fn.select(1, cdk.Fn.split(SCHEME, uri)), key=None)
