"""Texts of a request that roles are given permissions for: they must say one thing, literally.

Which these are the API's model tells by the name of their shape, so that a member that it gains is
held to the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.values.arns import is_arn
from constructs_trainers.values.resource_names import pattern_problems
from constructs_trainers.values.s3 import s3_uri_problems
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.values.arns import Environment

_PLACE: Final = "S3Uri"
_NAMES: Final = {
    "AlgorithmImage": "an image of one repository",
    "FileSystemId": "the id of one file system",
    "KmsKeyId": "the id, ARN or alias of one key",
    "SecurityGroupId": "the id of one security group",
    "SubnetId": "the id of one subnet",
}
_ARN: Final = "Arn"
_HALF_A_SIGN: Final = re.compile("[\ud800-\udfff]")
# What the user's own code reads; and an MLflow client takes its server's region from the ARN.
_FREE: Final = frozenset({"HyperParameters", "Environment", "Tags", "MlflowConfig"})


def literal_problems(shape_name: str, value: str, path: str) -> list[Problem]:
    """What is wrong with a text for those who are granted what it names.

    Args:
        shape_name: The API's name of its shape.
        value: The text. Only what is literal in it is checked, not its CDK tokens.
        path: Where it stands.
    """
    if _HALF_A_SIGN.search(value):
        return [
            Problem(
                path=path,
                message="has half of a sign in it (a surrogate), which no template can hold",
                got=short_repr(value),
                allowed="text",
            )
        ]
    if shape_name == _PLACE:
        return s3_uri_problems(path, value)
    if shape_name in _NAMES:
        return pattern_problems(path, value, _NAMES[shape_name])
    if shape_name.endswith(_ARN):
        return pattern_problems(path, value, "the ARN of one resource")
    return []


def elsewhere_problems(
    request: Mapping[str, object], place: Environment, path: str = ""
) -> Iterator[Problem]:
    """Resources of another partition or region than the job's, which it cannot use.

    Args:
        request: A request, or a part of one.
        place: Where the job runs.
        path: Where the part stands.
    """
    for name, value in request.items():
        if path or name not in _FREE:
            yield from _elsewhere(value, place, f"{path}.{name}" if path else name)


def _elsewhere(value: object, place: Environment, path: str) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        yield from elsewhere_problems(value, place, path)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _elsewhere(item, place, f"{path}[{index}]")
    elif isinstance(value, str) and is_arn(value):
        yield from place.problems(path, value)
