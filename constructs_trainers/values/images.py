"""Images of containers, by their URIs."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_ECR: Final = re.compile(
    r"(?P<account>[^.]+)\.dkr\.ecr\.(?P<region>[^.]+)\.[^/]+/(?P<repository>[^:@]+)"
)


class EcrRepository(NamedTuple):
    """A repository of images in Amazon ECR; each part may be a CDK token."""

    account: str
    region: str
    name: str


def ecr_repository(image: str) -> EcrRepository | None:
    """The repository that an image is in; None for one that is not known to be in Amazon ECR."""
    match = _ECR.match(image)
    return match and EcrRepository(match["account"], match["region"], match["repository"])
