"""Permissions for what a job runs on: its network, image and volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs.permissions import sources
from constructs_trainers.jobs.permissions.s3 import key_access
from constructs_trainers.jobs.permissions.statements import Access, Permission, service_actions
from constructs_trainers.values.resource_names import ecr_repository

if TYPE_CHECKING:
    from constructs_trainers.jobs.permissions.statements import PermissionContext

VOLUME_KEY_ACTIONS: Final = service_actions(
    "kms", "CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext"
)
"""What a role needs of a key that instance volumes are encrypted with."""

_IMAGE: Final = "AlgorithmSpecification.TrainingImage"


def _network(job: PermissionContext) -> list[Access]:
    return [Access(["*"])] if "VpcConfig" in job.request else []


def _has_image(job: PermissionContext) -> list[Access]:
    return [Access(["*"]) for _ in _repository(job)]


def _repository(job: PermissionContext) -> list[Access]:
    image = job.request.get("AlgorithmSpecification", {}).get("TrainingImage")
    if image is None:
        return []
    at, found = job.environment, ecr_repository(image)
    if found is None:
        return [Access([at.arn("ecr", "repository/*", account="*")])]
    name = f"repository/{found.name}"
    return [Access([at.arn("ecr", name, region=found.region, account=found.account)])]


def _volume_key(job: PermissionContext) -> list[Access]:
    key = job.request.get("ResourceConfig", {}).get("VolumeKmsKeyId")
    return [] if key is None else [key_access(key, job, service="ec2")]


def _remote_debug(job: PermissionContext) -> list[Access]:
    config = job.request.get("RemoteDebugConfig", {})
    return [Access(["*"])] if config.get("EnableRemoteDebug") else []


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
        find=_network,
    ),
    Permission(
        member=_IMAGE,
        actions=("ecr:GetAuthorizationToken",),
        resources="`*`: the token is for the whole registry",
        source=sources.SDK,
        find=_has_image,
    ),
    Permission(
        member=_IMAGE,
        actions=service_actions(
            "ecr", "BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"
        ),
        resources="the image's repository; for a CDK token, the region's repositories",
        source=sources.SDK,
        find=_repository,
    ),
    Permission(
        member="ResourceConfig.VolumeKmsKeyId",
        actions=VOLUME_KEY_ACTIONS,
        resources="the key; for an alias, the key that has it; "
        "for a CDK token, any key through EC2",
        source=sources.EBS_KEYS,
        find=_volume_key,
    ),
    Permission(
        member="RemoteDebugConfig.EnableRemoteDebug",
        actions=service_actions(
            "ssmmessages",
            "CreateControlChannel",
            "CreateDataChannel",
            "OpenControlChannel",
            "OpenDataChannel",
        ),
        resources="`*`: the actions know no resources",
        source=sources.REMOTE_DEBUG,
        find=_remote_debug,
    ),
)
"""What a job's role needs for its network, image, volumes and remote debugging."""
