"""Permissions for what a job runs on: its network, image and volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs.permissions import sources
from constructs_trainers.jobs.permissions.s3 import key_access
from constructs_trainers.jobs.permissions.statements import (
    Access,
    Permission,
    everywhere_with,
    service_actions,
    values_at,
)
from constructs_trainers.values.resource_names import ecr_repository
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from constructs_trainers.jobs.permissions.statements import Conditions, PermissionContext
    from constructs_trainers.values.arns import Environment

VOLUME_KEY_ACTIONS: Final = service_actions(
    "kms", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"
)
"""What a role needs of a key that instance volumes are encrypted with."""

_IMAGE: Final = "AlgorithmSpecification.TrainingImage"
_VOLUME_KEY: Final = "ResourceConfig.VolumeKmsKeyId"
_REMOTE_DEBUG: Final = "RemoteDebugConfig.EnableRemoteDebug"


def _repository(image: str, at: Environment) -> str | None:
    found = ecr_repository(image)
    if found is not None:
        name = f"repository/{found.name}"
        return at.arn("ecr", name, region=found.region, account=found.account)
    return at.arn("ecr", "repository/*", account="*") if is_token(image) else None


def _repositories(job: PermissionContext) -> list[str]:
    """The repositories of images; none of an image that is elsewhere."""
    found = [_repository(image, job.environment) for image in values_at(job.request, _IMAGE)]
    return [arn for arn in found if arn is not None]


def _volume_key(job: PermissionContext) -> list[Access]:
    return [key_access(key, job, service="ec2") for key in values_at(job.request, _VOLUME_KEY)]


def _grants_of_volume_key(job: PermissionContext) -> list[Access]:
    """A volume is opened by a grant to EC2; the container must not make one for somebody else."""
    for_a_service: Conditions = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        Access(access.resources, {**access.conditions, **for_a_service})
        for access in _volume_key(job)
    ]


COMPUTE_PERMISSIONS: Final[tuple[Permission[PermissionContext], ...]] = (
    Permission(
        member="VpcConfig",
        actions=service_actions(
            "ec2",
            "CreateNetworkInterface",
            "CreateNetworkInterfacePermission",
            "DeleteNetworkInterface",
            "DeleteNetworkInterfacePermission",
            "DescribeNetworkInterfaces",
            "DescribeVpcs",
            "DescribeDhcpOptions",
            "DescribeSubnets",
            "DescribeSecurityGroups",
        ),
        resources="`*`: the interfaces do not exist yet, and describing knows no resources",
        source=sources.SDK,
        find=everywhere_with("VpcConfig"),
    ),
    Permission(
        member=_IMAGE,
        actions=("ecr:GetAuthorizationToken",),
        resources="`*`: the token is for the whole registry",
        source=sources.SDK,
        find=lambda job: ["*"] if _repositories(job) else [],
    ),
    Permission(
        member=_IMAGE,
        actions=service_actions(
            "ecr", "BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"
        ),
        resources="the image's repository; for a CDK token, the region's repositories; "
        "for an image that is not in Amazon ECR, nothing",
        source=sources.SDK,
        find=_repositories,
    ),
    Permission(
        member=_VOLUME_KEY,
        actions=VOLUME_KEY_ACTIONS,
        resources="the key; for an alias, the key that has it; "
        "for a CDK token, any key through EC2",
        source=sources.EBS_KEYS,
        find=_volume_key,
    ),
    Permission(
        member=_VOLUME_KEY,
        actions=("kms:CreateGrant",),
        resources="the same, to an AWS service only",
        source=sources.EBS_KEYS,
        find=_grants_of_volume_key,
    ),
    Permission(
        member=_REMOTE_DEBUG,
        actions=service_actions(
            "ssmmessages",
            "CreateControlChannel",
            "CreateDataChannel",
            "OpenControlChannel",
            "OpenDataChannel",
        ),
        resources="`*`: the actions know no resources",
        source=sources.REMOTE_DEBUG,
        find=everywhere_with(_REMOTE_DEBUG),
    ),
)
"""What a job's role needs for its network, image, volumes and remote debugging."""
