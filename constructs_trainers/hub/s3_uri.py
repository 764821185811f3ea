"""S3 URIs as the hub's documents hold them."""

from __future__ import annotations

import re
from typing import NamedTuple

from constructs_trainers.hub.hub_errors import hub_error

CUSTOMER_ID = "{customer_id}"
"""Stands in a URI for the account that asks."""

# The bucket of an access-point URI is an ARN, which holds a slash of its own.
_URI = re.compile(
    r"s3://(?P<bucket>arn:[^:/]+:s3:[^:/]*:[^:/]*:accesspoint[/:][^/]+|[^/:]+)/(?P<key>.+)",
    re.DOTALL,
)


class S3Object(NamedTuple):
    """Where an object is, as GetObject takes it: the bucket may be an access point's ARN."""

    bucket: str
    key: str


def parse_s3_uri(uri: str) -> S3Object:
    """Take a URI apart.

    Args:
        uri: ``s3://BUCKET/KEY`` or ``s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/KEY``.

    Raises:
        HubError: It is neither.
    """
    match = _URI.fullmatch(uri)
    if match is None:
        raise hub_error(
            uri,
            "not the URI of an S3 object",
            allowed="s3://BUCKET/KEY or s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/KEY",
        )
    return S3Object(match["bucket"], match["key"])
