"""Texts of a request that roles are given permissions for: they must say one thing, literally.

Which these are the API's model tells by the name of their shape, so that a member that it gains is
held to the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.values.resource_names import pattern_problems
from constructs_trainers.values.s3 import s3_uri_problems

if TYPE_CHECKING:
    from constructs_trainers.errors import Problem

_PLACE: Final = "S3Uri"
_NAMES: Final = {
    "AlgorithmImage": "an image of one repository",
    "FileSystemId": "the id of one file system",
    "KmsKeyId": "the id, ARN or alias of one key",
    "SecurityGroupId": "the id of one security group",
    "SubnetId": "the id of one subnet",
}
_ARN: Final = "Arn"


def literal_problems(shape_name: str, value: str, path: str) -> list[Problem]:
    """What is wrong with a text for those who are granted what it names.

    Args:
        shape_name: The API's name of its shape.
        value: The text. Only what is literal in it is checked, not its CDK tokens.
        path: Where it stands.
    """
    if shape_name == _PLACE:
        return s3_uri_problems(path, value)
    if shape_name in _NAMES:
        return pattern_problems(path, value, _NAMES[shape_name])
    if shape_name.endswith(_ARN):
        return pattern_problems(path, value, "the ARN of one resource")
    return []
