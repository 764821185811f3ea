from __future__ import annotations

import pytest

from constructs_trainers.values.resource_names import ecr_repository

TOKEN = "${Token[AWS.AccountId.4]}"  # noqa: S105  a CDK token


@pytest.mark.parametrize("end", ["", ":1", "@sha256:0123"])
def test_an_image_is_in_a_repository(end: str) -> None:
    image = f"123456789012.dkr.ecr.us-west-2.amazonaws.com/own/image{end}"
    assert ecr_repository(image) == ("123456789012", "us-west-2", "own/image")


def test_parts_of_an_image_may_be_known_at_deployment_only() -> None:
    assert ecr_repository(TOKEN) is None


@pytest.mark.parametrize("image", ["", "image:1", "docker.io/own/image:1"])
def test_an_image_elsewhere_is_in_none(image: str) -> None:
    assert ecr_repository(image) is None
