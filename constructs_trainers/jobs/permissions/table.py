"""The table of permissions: what each member of a request asks of which role.

Each part of a CreateTrainingJob request needs some actions on some resources of whoever runs the
job, and of whoever asks for it. ``docs/iam.md`` shows the table. Main source: the policies that
the SageMaker Python SDK makes for a training role (``sagemaker.core.helper.iam_policies``),
narrowed to the resources that the request names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs.permissions.compute import COMPUTE_PERMISSIONS
from constructs_trainers.jobs.permissions.inputs import INPUT_PERMISSIONS
from constructs_trainers.jobs.permissions.machine import (
    MACHINE_PERMISSIONS,
    MACHINE_SERVICE_PERMISSIONS,
)
from constructs_trainers.jobs.permissions.models import MODEL_PERMISSIONS
from constructs_trainers.jobs.permissions.outputs import OUTPUT_PERMISSIONS, TELEMETRY_PERMISSIONS
from constructs_trainers.jobs.permissions.statements import PermissionContext, statements_of
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.jobs.permissions.statements import Permission, Statement

JOB_ROLE: Final[Sequence[Permission[PermissionContext]]] = (
    *TELEMETRY_PERMISSIONS,
    *INPUT_PERMISSIONS,
    *OUTPUT_PERMISSIONS,
    *MODEL_PERMISSIONS,
    *COMPUTE_PERMISSIONS,
)
"""What the role needs that a job works under."""

MACHINE_ROLE: Final[Sequence[Permission[PermissionContext]]] = (
    *MACHINE_PERMISSIONS,
    *MACHINE_SERVICE_PERMISSIONS,
)
"""What the role needs that the state machine works under."""


NEEDS_NOTHING: Final[Sequence[str]] = (
    "HyperParameters, but for judge_model_id",
    "StoppingCondition",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "ExperimentConfig",
    "Environment",
    "RetryStrategy",
    "InfraCheckConfig",
    "SessionChainingConfig",
)
"""Members of the request, whole or in parts, that no permission is documented for."""


def service_statements(*, logs: bool, traces: bool) -> list[Statement]:
    """What a machine's role needs for logs if it has one, and for traces if it is traced."""
    nowhere = PermissionContext(environment=Environment(partition="", region="", account=""))
    of_logs, of_xray = MACHINE_SERVICE_PERMISSIONS
    needed = [row for row, is_on in ((of_logs, logs), (of_xray, traces)) if is_on]
    return statements_of(needed, nowhere)
