"""The role that training jobs work under."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.trainers.acknowledged_findings import acknowledge_wildcards
from constructs_trainers.trainers.descriptions import description
from constructs_trainers.trainers.readable_values import readable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from constructs_trainers.jobs.policy_statements import Statement

ROLE_USED_AS_GIVEN = "constructs-trainers:jobRoleUsedAsGiven"


def create_job_role(scope: Construct, *, takes_session_tags: bool = False) -> iam.Role:
    """A role that SageMaker may assume for this account, and that may do nothing yet.

    Args:
        scope: The trainer.
        takes_session_tags: Whether SageMaker may tag its sessions.
    """
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


def permit_job(
    scope: Construct, role: iam.IRole, statements: Sequence[Statement]
) -> iam.Policy | None:
    """Let a role do what its job needs.

    A role of this app gets a policy. One that was imported, or must not change, is used as it
    is; an annotation says what it must allow.

    Args:
        scope: The trainer.
        role: The job's role.
        statements: What the job needs.

    Returns:
        The policy, or None for a role that is used as it is.
    """
    if not isinstance(role, (iam.Role, iam.LazyRole)):
        needs = "\n".join(_in_words(scope, statements))
        cdk.Annotations.of(scope).add_info_v2(
            ROLE_USED_AS_GIVEN,
            "the job's role is not for this app to change. It must trust sagemaker.amazonaws.com "
            f"and allow\n{needs}",
        )
        return None
    document = {"Version": "2012-10-17", "Statement": [s.to_json() for s in statements]}
    policy = iam.Policy(
        scope, "JobPolicy", document=iam.PolicyDocument.from_json(document), roles=[role]
    )
    acknowledge_wildcards(policy, statements)
    return policy


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
