"""No orphans: what stops the jobs of executions that were aborted, timed out or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.permissions.table import construct_statements
from constructs_trainers.trainers.resources.acknowledged_findings import acknowledge_wildcards
from constructs_trainers.trainers.resources.rule_target import description, start_by_rule
from constructs_trainers.trainers.resources.training_machine import create_machine
from constructs_trainers.workflows.stop_jobs import (
    STOPPED_STATUSES,
    stopper_definition,
    stopper_input,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_stepfunctions as sfn
    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import Statement

_ID = "ConstructsTrainersStopper"
# EventBridge's input paths, and what stands for them in the machine's input.
_FIELDS = ("executionArn", "startDate", "redriveCount")


def stop_orphans(
    scope: Construct,
    machine: sfn.StateMachine,
    *,
    stem: str,
    max_attempts: int,
    statements: Sequence[Statement],
) -> None:
    """Have the jobs of a machine's executions stopped when these end without them.

    Args:
        scope: The trainer.
        machine: Its state machine.
        stem: What the names of its jobs begin with.
        max_attempts: How many jobs an execution starts at most.
        statements: What the stopper must be allowed for them.
    """
    stopper = _shared_stopper(scope)
    for statement in statements:
        stopper.add_to_role_policy(iam.PolicyStatement.from_json(statement.to_json()))
    policy = stopper.role.node.try_find_child("DefaultPolicy")
    if policy is not None:
        acknowledge_wildcards(policy, [*statements, *construct_statements()])
    from aws_cdk import aws_events as events

    rule = events.Rule(
        scope,
        "OrphanRule",
        description=description(f"Executions of {scope.node.path} that may leave a job behind"),
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "status": list(STOPPED_STATUSES),
                "stateMachineArn": [machine.state_machine_arn],
            },
        ),
    )
    told = stopper_input(stem, max_attempts, {name: f"<{name}>" for name in _FIELDS})
    start_by_rule(
        rule,
        stopper,
        _starter(stopper),
        target_id="Stopper",
        template=_template(told),
        paths={name: f"$.detail.{name}" for name in _FIELDS},
    )


def _template(told: dict[str, object]) -> str:
    """JSON with EventBridge's placeholders: text in quotes, numbers as they come."""
    stack_free = {
        name: value if isinstance(value, int) else f'"{value}"' for name, value in told.items()
    }
    for number in ("StartDate", "RedriveCount"):
        stack_free[number] = str(told[number])
    return "{" + ", ".join(f'"{name}": {value}' for name, value in stack_free.items()) + "}"


def _shared_stopper(scope: Construct) -> sfn.StateMachine:
    """The stack's stopper, made when the first trainer asks for it."""
    from aws_cdk import aws_stepfunctions as sfn
    from constructs import Construct

    stack = cdk.Stack.of(scope)
    existing = stack.node.try_find_child(_ID)
    if existing is None:
        home = Construct(stack, _ID)
        made = create_machine(home, stopper_definition(), [])
        role = iam.Role(home, "EventsRole", assumed_by=iam.ServicePrincipal("events.amazonaws.com"))
        made.grant_start_execution(role)
        return made
    shared = existing.node.find_child("StateMachine")
    if not isinstance(shared, sfn.StateMachine):
        raise TypeError(shared)
    return shared


def _starter(stopper: sfn.StateMachine) -> iam.IRole:
    """The role under which EventBridge starts the stopper."""
    scope = stopper.node.scope
    role = None if scope is None else scope.node.find_child("EventsRole")
    if not isinstance(role, iam.Role):
        raise TypeError(role)
    return role
