"""Permissions of a machine that sweeps over a file in S3: a Distributed Map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs.permissions import permission_sources as sources
from constructs_trainers.jobs.permissions.statements import service_actions
from constructs_trainers.jobs.permissions.workflow_permission import (
    WorkflowPermission,
    statements_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.jobs.permissions.statements import Statement
    from constructs_trainers.values.environment import Environment


@dataclass(frozen=True, kw_only=True)
class PermittedSweep:
    """The file of a sweep.

    Attributes:
        file: Its bucket and key.
        results: Bucket and key prefix of what is written.
        environment: Where they are.
    """

    file: tuple[str, str]
    results: tuple[str, str]
    environment: Environment


@dataclass(frozen=True, kw_only=True)
class PermittedMapRun:
    """The machine of a sweep.

    Attributes:
        machine_arn: The machine.
        executions_arn: What the ARNs of its executions begin with.
    """

    machine_arn: str
    executions_arn: str


_FILE: Final = "Sweep with a manifest"


def _results(sweep: PermittedSweep) -> list[str]:
    bucket, prefix = sweep.results
    return [sweep.environment.s3_arn(f"{bucket}/{prefix}/*" if prefix else f"{bucket}/*")]


MANIFEST_PERMISSIONS: Final[Sequence[WorkflowPermission[PermittedSweep]]] = (
    WorkflowPermission(
        member=_FILE,
        actions=("s3:GetObject",),
        resources="the file",
        source=sources.DISTRIBUTED_MAP,
        find=lambda sweep: [sweep.environment.s3_arn("/".join(sweep.file))],
    ),
    WorkflowPermission(
        member=_FILE,
        actions=service_actions(
            "s3", "PutObject", "GetObject", "ListMultipartUploadParts", "AbortMultipartUpload"
        ),
        resources="the results, whose names are made when it runs",
        source=sources.DISTRIBUTED_MAP,
        find=_results,
    ),
)
"""What a sweep over a file needs of the role of its machine."""

MAP_RUN_PERMISSIONS: Final[Sequence[WorkflowPermission[PermittedMapRun]]] = (
    WorkflowPermission(
        member=_FILE,
        actions=("states:StartExecution",),
        resources="the pipeline's own machine, as whose executions the runs are made",
        source=sources.DISTRIBUTED_MAP,
        find=lambda run: [run.machine_arn],
    ),
    WorkflowPermission(
        member=_FILE,
        actions=service_actions("states", "DescribeExecution", "StopExecution", "RedriveExecution"),
        resources="its executions, whose names are made when it runs",
        source=sources.DISTRIBUTED_MAP,
        # Those of a Map Run have its label behind the machine's name.
        find=lambda run: [f"{run.executions_arn}/*", f"{run.executions_arn}:*"],
    ),
)
"""What a machine with such a sweep needs to run itself."""


def manifest_statements(sweep: PermittedSweep) -> list[Statement]:
    """What a machine needs to read the file of a sweep and to write its results.

    Args:
        sweep: The file.
    """
    return statements_of(MANIFEST_PERMISSIONS, sweep)


def map_run_statements(run: PermittedMapRun) -> list[Statement]:
    """What a machine needs to run the iterations of a sweep as executions of its own.

    Args:
        run: The machine.
    """
    return statements_of(MAP_RUN_PERMISSIONS, run)
