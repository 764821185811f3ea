"""The role that training jobs work under."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.permissions import S3Place, literal_place
from constructs_trainers.trainers.descriptions import description

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_trainers.jobs.permissions import Statement

ROLE_USED_AS_GIVEN = "constructs-trainers:jobRoleUsedAsGiven"


def create_job_role(scope: Construct) -> iam.Role:
    """A role that SageMaker may assume for this account, and that may do nothing yet."""
    stack = cdk.Stack.of(scope)
    principal = iam.ServicePrincipal(
        "sagemaker.amazonaws.com",
        conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
    )
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
        actions = sorted({action for statement in statements for action in statement.actions})
        cdk.Annotations.of(scope).add_info_v2(
            ROLE_USED_AS_GIVEN,
            "the job's role is not for this app to change. It must trust sagemaker.amazonaws.com "
            f"and allow: {', '.join(actions)}",
        )
        return None
    document = {"Version": "2012-10-17", "Statement": [s.to_json() for s in statements]}
    return iam.Policy(
        scope, "JobPolicy", document=iam.PolicyDocument.from_json(document), roles=[role]
    )


def locate(uri: str) -> S3Place:
    """Take an S3 URI apart, at deployment when it begins with a token."""
    if uri.startswith("s3://"):
        return literal_place(uri)
    # Of "s3://bucket/key" between slashes the third part is the bucket.
    bucket = cdk.Fn.select(2, cdk.Fn.split("/", uri))
    return S3Place(bucket, cdk.Fn.select(1, cdk.Fn.split("s3://", uri)), key=None)
