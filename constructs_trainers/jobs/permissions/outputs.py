"""Permissions for what a job writes: output, checkpoints, what debugging keeps, logs, metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.jobs.permissions import sources
from constructs_trainers.jobs.permissions.s3 import (
    OUTPUT_KEY_ACTIONS,
    below,
    key_access,
    s3_permissions,
)
from constructs_trainers.jobs.permissions.statements import (
    Access,
    Permission,
    everywhere,
    service_actions,
    values_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_trainers.jobs.permissions.s3 import S3Objects
    from constructs_trainers.jobs.permissions.statements import PermissionContext

_KEY: Final = "OutputDataConfig.KmsKeyId"
_WRITTEN: Final = "the objects below it"


def _below(path: str) -> Callable[[PermissionContext], list[S3Objects]]:
    """Finds what is written below the URIs at some path of the request."""
    return lambda job: [below(uri) for uri in values_at(job.request, path)]


def _log_groups(job: PermissionContext) -> list[Access]:
    group = job.environment.arn("logs", "log-group:/aws/sagemaker/TrainingJobs")
    return [Access([group, f"{group}:*"])]


_WRITTEN_MEMBERS: Final = (
    "OutputDataConfig.S3OutputPath",
    "CheckpointConfig.S3Uri",
    "DebugHookConfig.S3OutputPath",
    "DebugRuleConfigurations.S3OutputPath",
    "TensorBoardOutputConfig.S3OutputPath",
    "ProfilerConfig.S3OutputPath",
    "ProfilerRuleConfigurations.S3OutputPath",
)


def written_uris(request: Mapping[str, Any]) -> list[str]:
    """S3 URIs of the folders that a job writes to, which may hold CDK tokens."""
    return [uri for path in _WRITTEN_MEMBERS for uri in values_at(request, path)]


OUTPUT_PERMISSIONS: Final[tuple[Permission[PermissionContext], ...]] = (
    *(
        permission
        for path in _WRITTEN_MEMBERS
        for permission in s3_permissions(path, _below(path), writes=True, what=_WRITTEN)
    ),
    Permission(
        member=_KEY,
        actions=OUTPUT_KEY_ACTIONS,
        resources="the key; for an alias, the key that has it; for a CDK token, any key through S3",
        source=sources.SDK,
        find=lambda job: [key_access(key, job) for key in values_at(job.request, _KEY)],
    ),
    Permission(
        member="OutputDataConfig and CheckpointConfig, a bucket with a key",
        actions=OUTPUT_KEY_ACTIONS,
        resources="the key of a bucket that is given as a construct",
        source=sources.SDK,
        find=lambda job: job.written_keys,
    ),
)
"""What a job's role needs to write its results."""

TELEMETRY_PERMISSIONS: Final[tuple[Permission[PermissionContext], ...]] = (
    Permission(
        member="every job: logs",
        actions=service_actions(
            "logs", "CreateLogGroup", "CreateLogStream", "PutLogEvents", "DescribeLogStreams"
        ),
        resources="the log group /aws/sagemaker/TrainingJobs and its streams",
        source=sources.SDK,
        find=_log_groups,
    ),
    Permission(
        member="every job: metrics",
        actions=("cloudwatch:PutMetricData",),
        resources="`*`: the action knows no resources",
        source=sources.SDK,
        find=everywhere,
    ),
)
"""What a job's role needs to write its logs and metrics."""
