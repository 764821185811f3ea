"""The policies of a role: inline where the role is made here, else one a stack, and all counted."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.errors import TrainerError
from constructs_trainers.jobs.permissions.statements import policy_document, shared_document
from constructs_trainers.trainers.resources.acknowledged_findings import acknowledge_wildcards
from constructs_trainers.trainers.resources.given_role import GivenRole
from constructs_trainers.trainers.resources.policy_sizes import (
    MOST_CHARACTERS,
    MOST_MANAGED,
    MOST_OF_A_MANAGED_ONE,
    deployed_length,
    too_many_places,
    too_many_trainers,
)
from constructs_trainers.trainers.resources.shared_policy import SharedDocument, SharedPolicy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_stepfunctions as sfn
    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import Statement

# The CDK's context of Role.customize_roles.
_CUSTOMIZED: Final = "@aws-cdk/iam:customizeRoles"
_SELF: Final = "_constructs_trainers_policies"


class RolePolicies:
    """What this library lets a role of the app do. One object a role, whoever shares it.

    A role whose policies are others' affair (``iam.Role.customize_roles``) has each policy in the
    CDK's report, and none in a template: it takes what it is given when it is attached.

    Args:
        role: The role.
    """

    def __init__(self, role: iam.IRole) -> None:
        self._role = role
        self._own = 0
        self._given_managed = 0
        # By the path of the stack that they are in.
        self._inline: dict[str, SharedPolicy] = {}
        self._managed: list[tuple[str, SharedPolicy]] = []

    @classmethod
    def of(cls, role: iam.IRole) -> RolePolicies:
        """The policies of a role.

        They are kept on its object in Python; and, as a role of the CDK's own making is another
        object each time that it is asked for, by its path on what stays the same.
        """
        found = vars(role).get(_SELF)
        if isinstance(found, cls):
            return found
        root = role.node.root
        home = root if root is role.node.root else cdk.Stack.of(role)
        kept: dict[str, RolePolicies] = vars(home).setdefault(_SELF, {})
        policies = kept.get(role.node.path)
        if policies is None:
            policies = kept[role.node.path] = cls(role)
            policies._count_given()
        vars(role)[_SELF] = policies
        return policies

    @classmethod
    def of_made(cls, owner: iam.Role | sfn.StateMachine) -> RolePolicies:
        """The policies of a role that was made here, or of the role of a machine."""
        role = owner if isinstance(owner, iam.Role) else owner.role
        found = vars(owner).setdefault(_SELF, cls(role))
        if not isinstance(found, cls):
            raise TypeError(found)
        return found

    def begin(self, scope: Construct, name: str, statements: Sequence[Statement]) -> None:
        """Give a role that was just made its inline policy.

        Args:
            scope: What it was made for.
            name: The policy's name.
            statements: What it allows.
        """
        document = policy_document(statements)
        resource = self._role.node.default_child
        if self._is_customized:
            self._report(scope, name, document)
        elif isinstance(resource, iam.CfnRole):
            # Inline in the role: one resource less, and whoever waits for the role has it.
            resource.policies = [
                iam.CfnRole.PolicyProperty(policy_name=name, policy_document=document)
            ]
            acknowledge_wildcards(resource, statements)
        self._own += deployed_length(document)

    def share(
        self, scope: Construct, statements: Sequence[Statement], *, path: str
    ) -> Construct | None:
        """Let a role that several trainers may share do what one of them needs.

        The stack's one policy takes it as long as there is room for it, then managed ones.

        Args:
            scope: What asks for it; its stack has the policy, as what that names may be its own.
            statements: What its jobs need.
            path: The prop whose places are in them, for messages.

        Returns:
            The policy; None when there is none in the template.

        Raises:
            TrainerError: It is more than IAM takes.
        """
        if self._is_customized:
            self._report(scope, "JobPolicy", policy_document(statements))
            return None
        stack = cdk.Stack.of(scope)
        if self._size_with(stack, statements) <= MOST_CHARACTERS:
            return self._inline_in(stack).extended(scope, statements)
        return self._managed_with_room(scope, statements, path).extended(scope, statements)

    def add_apart(
        self, scope: Construct, name: str, statements: Sequence[Statement]
    ) -> iam.Policy | None:
        """Let the role do more by a policy that is there for as long as what asks for it.

        Args:
            scope: What asks for it.
            name: The policy's construct id in it.
            statements: What it allows.

        Returns:
            The policy; None when there is none in the template.
        """
        document = policy_document(statements)
        if self._is_customized:
            self._report(scope, name, document)
            return None
        policy = iam.Policy(scope, name, document=iam.PolicyDocument.from_json(document))
        self._role.attach_inline_policy(policy)
        acknowledge_wildcards(policy, statements)
        self._own += deployed_length(document)
        return policy

    @property
    def size(self) -> int:
        """About how many characters the inline policies have once they are deployed."""
        return self._own + sum(policy.length for policy in self._inline.values())

    def _size_with(self, stack: cdk.Stack, statements: Sequence[Statement]) -> int:
        """The size with some statements more in a stack's policy, or in its first one."""
        held = self._inline.get(stack.node.path)
        if held is None:
            return self.size + deployed_length(shared_document(statements))
        return self.size + held.growth(statements)

    def _count_given(self) -> None:
        """Count what a role has that was not made here."""
        given = GivenRole(self._role)
        self._own, self._given_managed = given.length, given.managed_policies
        given.watch(lambda: sum(policy.length for policy in self._inline.values()))

    @property
    def _is_customized(self) -> bool:
        return self._role.node.try_get_context(_CUSTOMIZED) is not None

    def _report(self, scope: Construct, name: str, document: dict[str, Any]) -> None:
        """Tell the CDK's report; a policy that is attached to no role is in no template."""
        policy = iam.Policy(scope, name, document=iam.PolicyDocument.from_json(document))
        self._role.attach_inline_policy(policy)

    def _inline_in(self, stack: cdk.Stack) -> SharedPolicy:
        path = stack.node.path
        if path not in self._inline:
            document = SharedDocument()
            policy = iam.Policy(stack, self._id, document=document)
            self._role.attach_inline_policy(policy)
            self._inline[path] = SharedPolicy(policy, document)
        return self._inline[path]

    def _managed_with_room(
        self, scope: Construct, statements: Sequence[Statement], path: str
    ) -> SharedPolicy:
        stack = cdk.Stack.of(scope)
        for home, policy in self._managed:
            is_here = home == stack.node.path
            if is_here and policy.length + policy.growth(statements) <= MOST_OF_A_MANAGED_ONE:
                return policy
        length = deployed_length(shared_document(statements))
        if length > MOST_OF_A_MANAGED_ONE:
            raise TrainerError(scope.node.path, [too_many_places(path, length)])
        if self._given_managed + len(self._managed) >= MOST_MANAGED:
            raise TrainerError(scope.node.path, [too_many_trainers(length)])
        document = SharedDocument()
        made = iam.ManagedPolicy(
            stack,
            f"{self._id}{len(self._managed) + 2}",
            document=document,
            # Named there and not in the role, whose stack need not know of this one.
            roles=[self._role],
        )
        self._managed.append((stack.node.path, SharedPolicy(made, document)))
        return self._managed[-1][1]

    @property
    def _id(self) -> str:
        digits = sha256(self._role.node.path.encode()).hexdigest()[:8]
        return f"ConstructsTrainersJobPolicy{digits}"
