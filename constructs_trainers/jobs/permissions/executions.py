"""Permissions of a machine that runs a trainer's machine."""

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


@dataclass(frozen=True, kw_only=True)
class PermittedRun:
    """A state that runs a trainer's machine.

    Attributes:
        machine_arn: The trainer's machine.
        executions_arn: ARN of all its executions, with a wildcard.
        rule_arn_start: What the ARNs of EventBridge rules begin with.
        wait: Whether the state waits for the execution, and stops it when it is stopped itself.
    """

    machine_arn: str
    executions_arn: str
    rule_arn_start: str
    wait: bool


_RULE: Final = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
_WAITING: Final = "train() that waits, a stage"

TRAIN_PERMISSIONS: Final[Sequence[WorkflowPermission[PermittedRun]]] = (
    WorkflowPermission(
        member="train(), a stage",
        actions=("states:StartExecution",),
        resources="the trainer's machine",
        source=sources.NESTED,
        find=lambda run: [run.machine_arn],
    ),
    WorkflowPermission(
        member=_WAITING,
        actions=service_actions("states", "DescribeExecution", "StopExecution"),
        resources="the executions of the trainer's machine, whose names are made when they start",
        source=sources.NESTED,
        find=lambda run: [run.executions_arn] if run.wait else [],
    ),
    WorkflowPermission(
        member=_WAITING,
        actions=service_actions("events", "PutTargets", "PutRule", "DescribeRule"),
        resources="the rule by which Step Functions hears that an execution ended",
        source=sources.NESTED,
        find=lambda run: [f"{run.rule_arn_start}{_RULE}"] if run.wait else [],
    ),
)
"""What a state that runs a trainer needs of the role of its machine."""


def execution_statements(run: PermittedRun) -> list[Statement]:
    """The statements that a machine needs for one of its states.

    Args:
        run: The state.
    """
    return statements_of(TRAIN_PERMISSIONS, run)
