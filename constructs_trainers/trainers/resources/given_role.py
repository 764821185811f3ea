"""What a role that was given may do without the trainers that share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IValidation

from constructs_trainers.trainers.resources.policy_sizes import (
    MOST_CHARACTERS,
    deployed_length,
    too_much_beside,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class GivenRole:
    """A role as far as this app fills it: its own policies, and what is granted to it.

    Policies that are attached to it otherwise are not known.

    Args:
        role: The role.
    """

    def __init__(self, role: iam.IRole) -> None:
        self._role = role
        resource = role.node.default_child if isinstance(role, iam.Role) else None
        self._resource = resource if isinstance(resource, iam.CfnRole) else None

    @property
    def length(self) -> int:
        """About how many characters its inline policies have by now."""
        if self._resource is None:
            return 0
        own = self._resource.policies
        documents: list[object] = [
            policy.policy_document
            for policy in (own if isinstance(own, list) else [])
            if isinstance(policy, iam.CfnRole.PolicyProperty)
        ]
        granted = self._role.node.try_find_child("DefaultPolicy")
        if isinstance(granted, iam.Policy):
            documents.append(granted.document)
        return sum(map(_length, documents))

    @property
    def managed_policies(self) -> int:
        """How many managed policies it has by now."""
        if self._resource is None:
            return 0
        return len(cdk.Stack.of(self._role).resolve(self._resource.managed_policy_arns) or ())

    def watch(self, shared: Callable[[], int]) -> None:
        """Have it checked at synthesis too: more may be granted to it until then.

        Args:
            shared: About how many characters its trainers need.
        """
        if self._resource is not None:
            self._role.node.add_validation(_RoomForAll(self, shared))


@jsii.implements(IValidation)
class _RoomForAll:
    """That a role has room for what it has of its own and for what its trainers need."""

    def __init__(self, role: GivenRole, shared: Callable[[], int]) -> None:
        self._role, self._shared = role, shared

    def validate(self) -> list[str]:
        """What is wrong, for the CDK."""
        length = self._role.length + self._shared()
        return [str(too_much_beside(length))] if length > MOST_CHARACTERS else []


def _length(document: object) -> int:
    known = document.to_json() if isinstance(document, iam.PolicyDocument) else document
    return deployed_length(known) if isinstance(known, dict) else 0
