"""S3 URIs, and the ARNs of a hub's data sets that may stand in their place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from constructs_trainers.errors import Problem
from constructs_trainers.values.arns import DATASET, arn_problems, is_arn
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, is_token, mask_tokens

SCHEME: Final = "s3://"
WILDCARD: Final = (
    "has *, ? or ${, which S3 takes as they are: a place stands for all that is below it"
)
_S3_FORM = "s3://<bucket>/<key>"
# S3 user guide: bucket naming rules for general purpose buckets.
_BUCKET = re.compile(r"[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_BUCKET_PIECE = re.compile(r"[a-z0-9.-]{0,63}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# In the policy of a role they would be wildcards and variables.
_WILDCARD = re.compile(r"[*?]|\$\{")
_BUCKET_RULE = "3 to 63 lower-case letters, digits, dots and hyphens"
_VIRTUAL_HOST = re.compile(r"https://([^/]+?)\.s3[.-][^/]*?amazonaws\.com[^/]*/?(.*)", re.DOTALL)
_PATH_STYLE = re.compile(r"https://s3[.-][^/]*?amazonaws\.com[^/]*/(.+)", re.DOTALL)
# The bucket of an access-point URI is an ARN, which holds a slash of its own.
_OBJECT = re.compile(
    r"s3://(?P<bucket>arn:[^:/]+:s3:[^:/]*:[^:/]*:accesspoint[/:][^/]+|[^/:]+)/(?P<key>.+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class S3Place:
    """An S3 URI taken apart.

    Attributes:
        bucket: The bucket.
        path: Bucket, slash and key.
        key: The key; None when only the deployment can tell it from the bucket.
    """

    bucket: str
    path: str
    key: str | None


class S3Object(NamedTuple):
    """Where an object is, as GetObject takes it: the bucket may be an access point's ARN."""

    bucket: str
    key: str


def is_s3_uri(value: str) -> bool:
    """Whether a text begins as S3 URIs do: bucket and key may be CDK tokens, ``s3://`` may not."""
    return value.startswith(SCHEME)


def s3_uri(bucket: str, key: str | None = None) -> str:
    """The S3 URI of a bucket, or of what is in it."""
    return f"{SCHEME}{bucket}/{key}" if key else f"{SCHEME}{bucket}"


def as_folder(uri: str) -> str:
    """A URI with a slash at its end."""
    return uri if uri.endswith("/") else f"{uri}/"


def is_within(uri: str, place: str) -> bool:
    """Whether a URI is a place, or below it."""
    return uri == place or uri.startswith(as_folder(place))


def names_object(uri: str) -> bool:
    """Whether there may be an object of that URI, and not only below it."""
    return "/" in uri.removeprefix(SCHEME) and not uri.endswith("/")


def file_name(uri: str) -> str:
    """What follows the last slash of a URI's key; empty for a folder and for a bucket."""
    return uri.removeprefix(SCHEME).partition("/")[2].rpartition("/")[2]


def is_dataset_arn(uri: str) -> bool:
    """Whether a data set is given by an ARN and not by an S3 URI."""
    return is_arn(uri)


def dataset_problems(path: str, value: object) -> list[Problem]:
    """What is wrong with a data set, given by S3 URI or DataSet ARN.

    Args:
        path: Where it was written.
        value: The URI or ARN. Only what is literal in it is checked, not its CDK tokens.
    """
    if isinstance(value, str) and is_dataset_arn(value):
        return arn_problems(path, value, DATASET)
    return _uri_problems(path, value, f"{_S3_FORM}, or {DATASET.template}")


def s3_uri_problems(path: str, value: object) -> list[Problem]:
    """What is wrong with an S3 URI, such as that of a job's output.

    Args:
        path: Where it was written.
        value: The URI. Only what is literal in it is checked, not its CDK tokens.
    """
    return _uri_problems(path, value, _S3_FORM)


def split_uri_problems(path: str, value: str, form: str) -> list[Problem]:
    """What is wrong with an S3 URI that synthesis takes apart."""
    if is_token(value) and not is_s3_uri(value):
        return [
            Problem(
                path=path,
                message="is only known at deployment as a whole",
                got=short_repr(value),
                allowed=f"{form}, whose parts may be tokens",
            )
        ]
    return s3_uri_problems(path, value)


def s3_key_problems(path: str, value: str, allowed: str = "a key of S3") -> list[Problem]:
    """What is wrong with the text of a place, such as a prefix below a bucket.

    Args:
        path: Where it was written.
        value: The text. Only what is literal in it is checked, not its CDK tokens.
        allowed: What is expected, in words.
    """
    text = mask_tokens(value)
    if text != text.strip() or UNKNOWN in value or _CONTROL.search(text.replace(UNKNOWN, "")):
        return [
            Problem(
                path=path,
                message="has spaces around it, or line breaks or other control characters in it",
                got=short_repr(value),
                allowed=allowed,
                fix=f"write {short_repr(value.strip())}" if value.strip().isprintable() else None,
            )
        ]
    wildcard = _WILDCARD.search(text)
    if wildcard is None:
        return []
    folder = text[: wildcard.start()].rpartition("/")[0]
    is_place = UNKNOWN not in folder and folder not in {"", "s3:", "s3:/"}
    return [
        Problem(
            path=path,
            message=WILDCARD,
            got=short_repr(value),
            allowed=allowed,
            fix=f"write {short_repr(folder)}" if is_place else None,
        )
    ]


def s3_location(uri: str) -> tuple[str, str]:
    """The bucket and the key of an S3 URI, either of which may hold CDK tokens.

    Args:
        uri: ``s3://bucket`` or ``s3://bucket/key``.

    Returns:
        The bucket and the key; the key is empty when there is none.

    Raises:
        ValueError: If the URI does not start with ``s3://``: what a token stands for can
            only be taken apart at deployment.
    """
    if not is_s3_uri(uri):
        raise ValueError(f"{short_repr(uri)} does not start with {SCHEME}")
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    return bucket, key


def literal_place(uri: str) -> S3Place:
    """Take an S3 URI apart whose ``s3://`` is literal; bucket and key may hold CDK tokens."""
    bucket, key = s3_location(uri)
    return S3Place(bucket, f"{bucket}/{key}", key)


def s3_object(uri: str) -> S3Object | None:
    """The object that a URI names, or None when it names none.

    Args:
        uri: ``s3://BUCKET/KEY`` or ``s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/KEY``.
    """
    match = _OBJECT.fullmatch(uri)
    return None if match is None else S3Object(match["bucket"], match["key"])


def _uri_problems(path: str, value: object, allowed: str) -> list[Problem]:
    if not isinstance(value, str):
        return [
            Problem(path=path, message="is not a string", got=short_repr(value), allowed=allowed)
        ]
    text = mask_tokens(value)
    if found := s3_key_problems(path, value, allowed):
        return found
    if text.startswith(UNKNOWN):
        return []
    if not is_s3_uri(text):
        return [
            Problem(
                path=path,
                message="is not an S3 URI",
                got=short_repr(value),
                allowed=allowed,
                fix=_uri_fix(value),
            )
        ]
    return _bucket_problems(path, value, text.removeprefix(SCHEME).partition("/")[0])


def _uri_fix(value: str) -> str | None:
    if is_s3_uri(value.lower()):
        return f"write {short_repr(SCHEME + value[len(SCHEME) :])}"
    if host := _VIRTUAL_HOST.fullmatch(value):
        return f"write {short_repr(f'{SCHEME}{host[1]}/{host[2]}')}"
    if host := _PATH_STYLE.fullmatch(value):
        return f"write {short_repr(SCHEME + host[1])}"
    return None


def _bucket_problems(path: str, value: str, bucket: str) -> list[Problem]:
    fix = None
    if is_arn(bucket):
        fix = "write the access point's alias in place of its ARN"
    elif UNKNOWN in bucket:
        if _BUCKET_PIECE.fullmatch(bucket.replace(UNKNOWN, "")):
            return []
    elif _BUCKET.fullmatch(bucket):
        return []
    return [
        Problem(
            path=path,
            message="has no bucket"
            if not bucket
            else f"has an illegal bucket {short_repr(bucket)}",
            got=short_repr(value),
            allowed=f"a bucket of {_BUCKET_RULE}",
            fix=fix,
        )
    ]
