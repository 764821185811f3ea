"""Permissions for objects in S3 and the keys that they are encrypted with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs.permissions import sources
from constructs_trainers.jobs.permissions.statements import Access, Permission, service_actions
from constructs_trainers.values.resource_names import aliased_keys, is_key_arn
from constructs_trainers.values.s3 import as_folder
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_trainers.jobs.permissions.statements import Conditions, PermissionContext
    from constructs_trainers.values.arns import Environment
    from constructs_trainers.values.s3 import S3Place

OUTPUT_KEY_ACTIONS: Final = service_actions("kms", "Encrypt", "Decrypt", "GenerateDataKey")
"""What a role needs of a key that its output is encrypted with."""
INPUT_KEY_ACTIONS: Final = service_actions("kms", "Decrypt")
"""What a role needs of a key that its data is encrypted with."""
_CHINA: Final = "aws-cn"


@dataclass(frozen=True)
class S3Objects:
    """Objects that a job reads or writes.

    Attributes:
        uri: An S3 URI.
        suffix: What follows it in the names of the objects: ``*`` or nothing.
    """

    uri: str
    suffix: str = "*"

    def place(self, at: PermissionContext) -> S3Place:
        """The URI taken apart."""
        return at.locate(self.uri)


def below(uri: str) -> S3Objects:
    """The objects below a folder."""
    return S3Objects(as_folder(uri))


def s3_permissions(
    member: str,
    objects: Callable[[PermissionContext], Sequence[S3Objects]],
    *,
    writes: bool = False,
    what: str,
) -> tuple[Permission[PermissionContext], ...]:
    """The permissions for the objects that one member of the request names."""
    actions = ("GetObject", "PutObject") if writes else ("GetObject",)

    def of_objects(job: PermissionContext) -> list[str]:
        arn = job.environment.s3_arn
        return [arn(f"{found.place(job).path}{found.suffix}") for found in objects(job)]

    def of_lists(job: PermissionContext) -> list[Access]:
        return [Access([_bucket(found, job)], _prefix(found, job)) for found in objects(job)]

    return (
        Permission(
            member=member,
            actions=service_actions("s3", *actions),
            resources=what,
            source=sources.SDK,
            find=of_objects,
        ),
        Permission(
            member=member,
            actions=("s3:GetBucketLocation",),
            resources="the bucket",
            source=sources.SDK,
            find=lambda job: [_bucket(found, job) for found in objects(job)],
        ),
        Permission(
            member=member,
            actions=("s3:ListBucket",),
            resources="the bucket, for the names of these objects only",
            source=sources.SDK,
            find=of_lists,
        ),
    )


def key_access(key_id: str, at: PermissionContext, *, service: str = "s3") -> Access:
    """Where to allow the use of a key that is given by ARN, id or alias.

    Args:
        key_id: The key, which may be or hold CDK tokens.
        at: Where the job runs.
        service: The service that encrypts with it.
    """
    if is_key_arn(key_id) or key_id in at.key_arns:
        return Access([key_id])
    aliased = aliased_keys(key_id, at.environment)
    if aliased is not None:
        keys, alias = aliased
        return Access([keys], has_alias(alias))
    if is_token(key_id):
        # Only the deployment knows whether it is an id, an alias or an ARN. Another service
        # encrypts with it, so any key that this service is asked to use, and its policy decides.
        return Access([at.environment.arn("kms", "key/*")], through(service, at.environment))
    return Access([at.environment.arn("kms", f"key/{key_id}")])


def has_alias(alias: str) -> Conditions:
    """The condition that a key has an alias: IAM knows keys by nothing else than their ARN."""
    return {"ForAnyValue:StringEquals": {"kms:ResourceAliases": alias}}


def through(service: str, at: Environment) -> Conditions:
    """The condition that a key is used by a service for the role, and not by the role itself."""
    host = f"{service}.{at.region}.amazonaws.com"
    if is_token(at.partition):
        # Only the deployment knows whether this is China.
        return {"StringEquals": {"kms:ViaService": [host, f"{host}.cn"]}}
    return {"StringEquals": {"kms:ViaService": f"{host}.cn" if at.partition == _CHINA else host}}


def _bucket(found: S3Objects, at: PermissionContext) -> str:
    return at.environment.s3_arn(found.place(at).bucket)


def _prefix(found: S3Objects, at: PermissionContext) -> Conditions:
    key = found.place(at).key
    return {"StringLike": {"s3:prefix": f"{key}{found.suffix}"}} if key else {}
