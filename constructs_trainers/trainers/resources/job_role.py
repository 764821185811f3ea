"""The role that training jobs work under."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.trainers.resources.acknowledged_findings import (
    acknowledge_wildcards,
    readable,
)
from constructs_trainers.trainers.resources.rule_target import description
from constructs_trainers.values.tokens import STRING_TOKEN

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import Statement

# IAM user guide, "IAM and STS quotas": all inline policies of a role together, without spaces.
_MOST_CHARACTERS: Final = 10_240
# What tokens stand for: us-west-2, say; names that the CDK makes are about as long.
_LENGTHS: Final = {"AWS.Partition": 3, "AWS.Region": 9, "AWS.AccountId": 12}
_LENGTH_OF_A_NAME: Final = 40

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

    A role of this app gets inline policies, which share what IAM gives a role. One that was
    imported, or must not change, is used as it is; an annotation says what it must allow.

    Args:
        role: The role.
    """

    def __init__(self, role: iam.IRole) -> None:
        self._role = role
        self._size = 0

    def add(self, scope: Construct, statements: Sequence[Statement], *, path: str) -> None:
        """Let the role do more.

        Args:
            scope: Where the policy, or the annotation, is made.
            statements: What a job needs.
            path: The prop whose places are in them, for messages.

        Raises:
            TrainerError: With the policies before it, it is more than IAM takes.
        """
        if not isinstance(self._role, (iam.Role, iam.LazyRole)):
            needs = "\n".join(_in_words(scope, statements))
            cdk.Annotations.of(scope).add_info_v2(
                ROLE_USED_AS_GIVEN,
                "the job's role is not for this app to change. It must trust "
                f"sagemaker.amazonaws.com and allow\n{needs}",
            )
            return
        document = {"Version": "2012-10-17", "Statement": [s.to_json() for s in statements]}
        size = self._size + _deployed_length(json.dumps(document, separators=(",", ":")))
        if size > _MOST_CHARACTERS:
            raise TrainerError(scope.node.path, [_too_large(path, size)])
        self._size = size
        policy = iam.Policy(
            scope, "JobPolicy", document=iam.PolicyDocument.from_json(document), roles=[self._role]
        )
        acknowledge_wildcards(policy, statements)


def _deployed_length(text: str) -> int:
    """About how long a text is once tokens have become what they stand for."""

    def value(token: re.Match[str]) -> str:
        known = (length for name, length in _LENGTHS.items() if name in token[0])
        return "x" * next(known, _LENGTH_OF_A_NAME)

    return len(STRING_TOKEN.sub(value, text))


def _too_large(path: str, size: int) -> Problem:
    return Problem(
        path=path,
        message="names more places than the policies of the job's role have room for",
        got=f"some {size:,} characters in the role's policies",
        allowed=f"{_MOST_CHARACTERS:,} characters",
        fix="give the trainer runtime_overrides whose training_dataset lists the folder or bucket "
        "that they are all in: its jobs may then read what is below it",
    )


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
