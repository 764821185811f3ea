"""Keys that are given as constructs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_kms as kms

from constructs_trainers.errors import Problem
from constructs_trainers.values.resource_names import is_alias
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from constructs_trainers.values.arns import Environment

_SYMMETRIC = "SYMMETRIC_DEFAULT"


def key_construct_problems(path: str, key: kms.IKey, place: Environment) -> list[Problem]:
    """What is wrong with a key that an AWS service is to encrypt with.

    Only of a key that is made in this app it is known what kind it is.

    Args:
        path: The prop.
        key: The key.
        place: Where the stack is deployed to.
    """
    found = place.problems(path, key.key_arn)
    resource = key.node.default_child
    spec = resource.key_spec if isinstance(resource, kms.CfnKey) else None
    if spec not in {None, _SYMMETRIC}:
        # KMS developer guide, "Key type reference": data keys come from symmetric keys only.
        found.append(
            Problem(
                path=path,
                message="is a key that AWS services do not encrypt with",
                got=f"key_spec {short_repr(spec)}",
                allowed=_SYMMETRIC,
                fix="give a kms.Key of the default key_spec",
            )
        )
    return found


def log_key_problems(path: str, key: kms.IKey, place: Environment) -> list[Problem]:
    """What is wrong with a key that a log group is to be encrypted with.

    CloudWatch Logs API reference, AssociateKmsKey: it takes a key's ARN only.

    Args:
        path: The prop.
        key: The key.
        place: Where the stack is deployed to.
    """
    found = key_construct_problems(path, key, place)
    if is_alias(key.key_arn):
        found.append(
            Problem(
                path=path,
                message="is an alias, which CloudWatch Logs does not take",
                got=short_repr(key.key_arn),
                allowed="a key",
                fix="give the kms.Key itself, or kms.Key.from_key_arn(...)",
            )
        )
    return found
