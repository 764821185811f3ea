from __future__ import annotations

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.s3_uri import parse_s3_uri

ACCESS_POINT = "arn:aws:s3:us-west-2:123456789012:accesspoint/recipes"


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("s3://bucket/key", ("bucket", "key")),
        ("s3://bucket/a/b c/d.yaml", ("bucket", "a/b c/d.yaml")),
        (f"s3://{ACCESS_POINT}/a/b.yaml", (ACCESS_POINT, "a/b.yaml")),
    ],
)
def test_bucket_and_key_are_as_get_object_takes_them(uri: str, place: tuple[str, str]) -> None:
    assert parse_s3_uri(uri) == place


@pytest.mark.parametrize(
    "uri",
    ["", "s3://bucket", "s3://bucket/", "https://bucket/key", f"s3://{ACCESS_POINT}", "s3:///key"],
)
def test_anything_else_is_refused_with_what_is_allowed(uri: str) -> None:
    with pytest.raises(HubError, match="s3://BUCKET/KEY"):
        parse_s3_uri(uri)
