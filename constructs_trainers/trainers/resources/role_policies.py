"""The policies of a role: inline where the role is made here, else one a stack, and all counted."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam

from constructs_trainers.errors import TrainerError
from constructs_trainers.jobs.permissions.statements import policy_document, shared_document
from constructs_trainers.trainers.resources.acknowledged_findings import acknowledge_wildcards
from constructs_trainers.trainers.resources.policy_sizes import (
    MOST_CHARACTERS,
    MOST_MANAGED,
    MOST_OF_A_MANAGED_ONE,
    check_room,
    deployed_length,
    too_many,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_stepfunctions as sfn
    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import Statement

# The CDK's context of Role.customize_roles.
_CUSTOMIZED: Final = "@aws-cdk/iam:customizeRoles"
_SELF: Final = "_constructs_trainers_policies"


@jsii.implements(cdk.IStableAnyProducer)
class _Document:
    """A policy document that grows until synthesis, as short as it gets.

    Attributes:
        statements: What it allows.
    """

    def __init__(self) -> None:
        self.statements: list[Statement] = []

    def produce(self) -> dict[str, Any]:
        """The document as it is now."""
        return shared_document(self.statements)


class _SharedPolicy:
    """A policy of what several trainers need.

    Attributes:
        length: About how many characters it has once it is deployed.

    Args:
        policy: The policy, whose document is replaced.
    """

    def __init__(self, policy: iam.Policy | iam.ManagedPolicy) -> None:
        self.length = 0
        self._policy, self._document = policy, _Document()
        resource = policy.node.default_child
        if not isinstance(resource, (iam.CfnPolicy, iam.CfnManagedPolicy)):
            raise TypeError(resource)
        resource.policy_document = cdk.Lazy.any(self._document)

    def growth(self, statements: Sequence[Statement]) -> int:
        """About how many characters more it has with some statements more."""
        held = self._document.statements
        return deployed_length(shared_document([*held, *statements])) - self.length

    def extended(self, statements: Sequence[Statement]) -> Construct:
        """The policy, with some statements more."""
        self.length += self.growth(statements)
        self._document.statements += statements
        acknowledge_wildcards(self._policy, statements)
        return self._policy


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
        # By the path of the stack that they are in.
        self._inline: dict[str, _SharedPolicy] = {}
        self._managed: list[tuple[str, _SharedPolicy]] = []

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
        policies = kept.setdefault(role.node.path, cls(role))
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

    def share(self, scope: Construct, statements: Sequence[Statement]) -> Construct | None:
        """Let a role that several trainers may share do what one of them needs.

        The stack's one policy takes it as long as there is room for it, then managed ones.

        Args:
            scope: The trainer; its stack has the policy, as what that names may be its own.
            statements: What its jobs need.

        Returns:
            The policy; None when there is none in the template.

        Raises:
            TrainerError: It is more than IAM takes.
        """
        if self._is_customized:
            self._report(scope, "JobPolicy", policy_document(statements))
            return None
        stack = cdk.Stack.of(scope)
        size = self._size_with(stack, statements)
        if not self._inline:
            check_room(scope, "runtime_overrides", size - self._own)
        if size <= MOST_CHARACTERS:
            return self._inline_in(stack, statements).extended(statements)
        return self._managed_with_room(scope, statements).extended(statements)

    def add(
        self, scope: Construct, statements: Sequence[Statement], *, path: str
    ) -> Construct | None:
        """Let the role do more, by the one policy that it has in a stack.

        Args:
            scope: What asks for it; its stack has the policy.
            statements: What it allows.
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
        check_room(scope, path, self._size_with(stack, statements))
        return self._inline_in(stack, statements).extended(statements)

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

    @property
    def _is_customized(self) -> bool:
        return self._role.node.try_get_context(_CUSTOMIZED) is not None

    def _report(self, scope: Construct, name: str, document: dict[str, Any]) -> None:
        """Tell the CDK's report; a policy that is attached to no role is in no template."""
        policy = iam.Policy(scope, name, document=iam.PolicyDocument.from_json(document))
        self._role.attach_inline_policy(policy)

    def _inline_in(self, stack: cdk.Stack, first: Sequence[Statement]) -> _SharedPolicy:
        path = stack.node.path
        if path not in self._inline:
            # The CDK leaves out a policy that is empty.
            document = iam.PolicyDocument.from_json(policy_document(first))
            policy = iam.Policy(stack, self._id, document=document)
            self._role.attach_inline_policy(policy)
            self._inline[path] = _SharedPolicy(policy)
        return self._inline[path]

    def _managed_with_room(
        self, scope: Construct, statements: Sequence[Statement]
    ) -> _SharedPolicy:
        stack = cdk.Stack.of(scope)
        for home, policy in self._managed:
            is_here = home == stack.node.path
            if is_here and policy.length + policy.growth(statements) <= MOST_OF_A_MANAGED_ONE:
                return policy
        document = shared_document(statements)
        length = deployed_length(document)
        if len(self._managed) == MOST_MANAGED or length > MOST_OF_A_MANAGED_ONE:
            raise TrainerError(scope.node.path, [too_many(length)])
        made = iam.ManagedPolicy(
            stack,
            f"{self._id}{len(self._managed) + 2}",
            document=iam.PolicyDocument.from_json(document),
            # Named there and not in the role, whose stack need not know of this one.
            roles=[self._role],
        )
        self._managed.append((stack.node.path, _SharedPolicy(made)))
        return self._managed[-1][1]

    @property
    def _id(self) -> str:
        digits = sha256(self._role.node.path.encode()).hexdigest()[:8]
        return f"ConstructsTrainersJobPolicy{digits}"
