"""The role that training jobs work under."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.errors import TrainerError
from constructs_trainers.trainers.resources.acknowledged_findings import readable
from constructs_trainers.trainers.resources.policy_sizes import MOST_CHARACTERS, too_many_places
from constructs_trainers.trainers.resources.role_policies import RolePolicies
from constructs_trainers.trainers.resources.rule_target import description

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import Statement

ROLE_USED_AS_GIVEN = "constructs-trainers:jobRoleUsedAsGiven"


def create_job_role(scope: Construct, *, takes_session_tags: bool = False) -> iam.Role:
    """A role that SageMaker may assume for this account, and that may do nothing yet."""
    stack = cdk.Stack.of(scope)
    principal: iam.PrincipalBase = iam.ServicePrincipal(
        "sagemaker.amazonaws.com",
        conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
    )
    if takes_session_tags:
        principal = principal.with_session_tags()
    return iam.Role(
        scope,
        "Role",
        assumed_by=principal,
        description=description(f"Training jobs of {scope.node.path}"),
    )


class JobPolicies:
    """The policies of the role that a trainer's jobs work under.

    One that was made for the trainer holds the permissions itself. A role of this app gets one
    policy a stack, however many trainers share it. One that was imported, or must not change, is
    used as it is; an annotation says what it must allow.

    Args:
        role: The role.
        is_made: Whether it was made for the trainer.
    """

    def __init__(self, role: iam.IRole, *, is_made: bool) -> None:
        self._role, self._is_made = role, is_made

    def begin(self, scope: Construct, statements: Sequence[Statement]) -> Construct | None:
        """Let the role do what the trainer's jobs need.

        Args:
            scope: The trainer.
            statements: What a job needs.

        Returns:
            The policy to wait for; None where the role says it all.

        Raises:
            TrainerError: It is more than IAM takes.
        """
        if self._is_told_of(scope, statements):
            return None
        if not self._is_made or not isinstance(self._role, iam.Role):
            return RolePolicies.of(self._role).share(scope, statements, path="runtime_overrides")
        policies = RolePolicies.of_made(self._role)
        policies.begin(scope, "JobPolicy", statements)
        if policies.size > MOST_CHARACTERS:
            problem = too_many_places("runtime_overrides", policies.size)
            raise TrainerError(scope.node.path, [problem])
        return None

    def add(
        self, scope: Construct, statements: Sequence[Statement], *, path: str
    ) -> Construct | None:
        """Let the role do more.

        Args:
            scope: What asks for it: it has the annotation, and its stack the policy.
            statements: What a job needs.
            path: The prop whose places are in them, for messages.

        Returns:
            The policy to wait for; None where there is none.

        Raises:
            TrainerError: With the policies before it, it is more than IAM takes.
        """
        if self._is_told_of(scope, statements):
            return None
        return RolePolicies.of(self._role).share(scope, statements, path=path)

    def _is_told_of(self, scope: Construct, statements: Sequence[Statement]) -> bool:
        """Whether the role is not for this app to change, so that all it can do is tell of it."""
        if isinstance(self._role, (iam.Role, iam.LazyRole)):
            return False
        needs = "\n".join(_in_words(scope, statements))
        cdk.Annotations.of(scope).add_info_v2(
            ROLE_USED_AS_GIVEN,
            "the job's role is not for this app to change. It must trust "
            f"sagemaker.amazonaws.com and allow\n{needs}",
        )
        return True


def _in_words(scope: Construct, statements: Sequence[Statement]) -> list[str]:
    """A line for each thing that must be allowed: actions, resources and conditions."""
    resolved = cdk.Stack.of(scope).resolve(
        [[list(s.resources), dict(s.conditions)] for s in statements]
    )
    lines: dict[str, list[str]] = {}
    for statement, (resources, conditions) in zip(statements, resolved, strict=True):
        where = f"on {', '.join(map(readable, resources))}{_conditions_in_words(conditions)}"
        actions = lines.setdefault(where, [])
        actions += [action for action in statement.actions if action not in actions]
    return [f"  {', '.join(actions)} {where}" for where, actions in lines.items()]


def _conditions_in_words(conditions: Mapping[str, Mapping[str, object]]) -> str:
    found = []
    for operator, keys in conditions.items():
        for key, value in keys.items():
            values = value if isinstance(value, list) else [value]
            found.append(f"{key} {operator} {' or '.join(map(readable, values))}")
    return f" if {' and '.join(found)}" if found else ""
