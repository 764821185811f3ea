"""Permissions for what a job reads: its channels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.jobs.permissions import sources
from constructs_trainers.jobs.permissions.hub import hub_permissions
from constructs_trainers.jobs.permissions.s3 import (
    INPUT_KEY_ACTIONS,
    S3Objects,
    below,
    s3_permissions,
    through,
)
from constructs_trainers.jobs.permissions.statements import (
    Access,
    Permission,
    named_at,
    service_actions,
)
from constructs_trainers.jobs.request.channels import RECIPE
from constructs_trainers.values.s3 import is_dataset_arn, names_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.jobs.permissions.statements import PermissionContext

_SOURCE: Final = "InputDataConfig.DataSource"
_S3: Final = f"{_SOURCE}.S3DataSource"
_FILES: Final = f"{_SOURCE}.FileSystemDataSource"
_DATASET: Final = f"{_SOURCE}.DatasetSource.DatasetArn"
_RUNTIME: Final = "TrainingDataset, ValidationDataset of an execution"
_RECIPE: Final = "InputDataConfig, channel recipe"


# The folder of a content-addressed file.
_DIGEST: Final = re.compile(r"(?<=/)[0-9a-f]{64}(?=/[^/]+$)")


def is_manifest(source: dict[str, Any]) -> bool:
    """Whether an S3DataSource names a list of objects and not the objects."""
    return "Manifest" in source.get("S3DataType", "")


def _sources(job: PermissionContext, kind: str) -> Iterator[dict[str, Any]]:
    """The sources of one kind, but for the recipe's."""
    for channel in job.request.get("InputDataConfig", ()):
        if kind in channel["DataSource"] and not _is_recipe(job, channel):
            yield channel["DataSource"][kind]


def _is_recipe(job: PermissionContext, channel: dict[str, Any]) -> bool:
    """Whether a channel is the recipe that a trainer puts among the stack's assets."""
    # A serverless job has no such channel: one of that name is the user's.
    return channel["ChannelName"] == RECIPE and "AlgorithmSpecification" in job.request


def _data(job: PermissionContext) -> list[S3Objects]:
    found = _sources(job, "S3DataSource")
    return [S3Objects(source["S3Uri"]) for source in found if not is_manifest(source)]


def _manifests(job: PermissionContext) -> list[S3Objects]:
    found = _sources(job, "S3DataSource")
    return [S3Objects(source["S3Uri"], "") for source in found if is_manifest(source)]


def _recipe(job: PermissionContext) -> list[S3Objects]:
    """The recipe by its name in any version.

    A deployment must not take its own recipe from a job that still waits, and a changed value of a
    recipe is no change of what a role may do.
    """
    return [
        S3Objects(
            _DIGEST.sub("*", channel["DataSource"]["S3DataSource"]["S3Uri"]),
            "",
        )
        for channel in job.request.get("InputDataConfig", ())
        if _is_recipe(job, channel)
    ]


def _recipe_key(job: PermissionContext) -> list[Access]:
    """The key of the staging bucket, which nothing names: any, for recipes through S3."""
    found = []
    for recipe in _recipe(job):
        place = recipe.place(job)
        arns = [job.environment.s3_arn(path) for path in (place.bucket, place.path)]
        conditions = through("s3", job.environment)
        # S3 encrypts with the object's ARN as context, or with the bucket's if it has a bucket key.
        conditions["StringLike"] = {"kms:EncryptionContext:aws:s3:arn": arns}
        found.append(Access([job.environment.arn("kms", "key/*")], conditions))
    return found


def _efs(job: PermissionContext, *modes: str) -> list[str]:
    return [
        job.environment.arn("elasticfilesystem", f"file-system/{source['FileSystemId']}")
        for source in _sources(job, "FileSystemDataSource")
        if source["FileSystemType"] == "EFS" and source["FileSystemAccessMode"] in modes
    ]


def _fsx(job: PermissionContext) -> list[str]:
    sources_of_files = _sources(job, "FileSystemDataSource")
    has_fsx = any(source["FileSystemType"] == "FSxLustre" for source in sources_of_files)
    return ["*"] if has_fsx else []


def _runtime_data(job: PermissionContext) -> list[S3Objects]:
    """What executions may name: each place, and what is below it."""
    found = []
    for uri in job.runtime_data:
        if is_dataset_arn(uri):
            continue
        if names_object(uri):
            found.append(S3Objects(uri, ""))
        found.append(below(uri))
    return found


INPUT_PERMISSIONS: Final[tuple[Permission[PermissionContext], ...]] = (
    *s3_permissions(f"{_S3}.S3Uri", _data, what="the objects whose names begin with the URI's key"),
    *s3_permissions(
        f"{_S3}.S3Uri, a manifest",
        _manifests,
        what="the manifest itself; not what it lists, which synthesis does not know",
    ),
    Permission(
        member=f"{_S3}, a bucket with a key",
        actions=INPUT_KEY_ACTIONS,
        resources="the key of a bucket that is given as a construct",
        source=sources.S3_KEYS,
        find=lambda job: job.read_keys,
    ),
    Permission(
        member=f"{_FILES}, EFS",
        actions=service_actions(
            "elasticfilesystem", "ClientMount", "DescribeFileSystems", "DescribeMountTargets"
        ),
        resources="the file system",
        source=f"{sources.EFS_CLIENTS}; {sources.FULL_ACCESS}",
        find=lambda job: _efs(job, "ro", "rw"),
    ),
    Permission(
        member=f"{_FILES}, EFS with access mode rw",
        actions=("elasticfilesystem:ClientWrite",),
        resources="the file system",
        source=sources.EFS_CLIENTS,
        find=lambda job: _efs(job, "rw"),
    ),
    Permission(
        member=f"{_FILES}, FSxLustre",
        actions=("fsx:DescribeFileSystems",),
        resources="`*`: it is not known to take a file system's ARN",
        source=sources.FULL_ACCESS,
        find=_fsx,
    ),
    *hub_permissions(_DATASET, named_at(_DATASET), what="the DataSet"),
    *s3_permissions(_RUNTIME, _runtime_data, what="the places that runtime_overrides lists"),
    *hub_permissions(
        _RUNTIME,
        lambda job: [arn for arn in job.runtime_data if is_dataset_arn(arn)],
        what="the DataSets that runtime_overrides lists",
    ),
    *s3_permissions(_RECIPE, _recipe, what="the recipes in the CDK's staging bucket"),
    Permission(
        member=_RECIPE,
        actions=INPUT_KEY_ACTIONS,
        resources="any key, through S3 and for these objects or their bucket only: "
        "a staging bucket may have a key of one's own, which synthesis does not know",
        source=sources.S3_KEYS,
        find=_recipe_key,
    ),
)
"""What a job's role needs for InputDataConfig."""
