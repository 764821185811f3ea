"""No orphans: what stops the jobs of executions that were aborted, timed out or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.permissions.machine import STOPPED_EXECUTIONS, STOPPER_PERMISSIONS
from constructs_trainers.jobs.permissions.statements import statements_of
from constructs_trainers.trainers.resources.acknowledged_findings import acknowledge_wildcards
from constructs_trainers.trainers.resources.owner import unique_name
from constructs_trainers.trainers.resources.rule_target import description, start_by_rule
from constructs_trainers.trainers.resources.training_machine import create_machine, resource_of
from constructs_trainers.values.arns import Environment
from constructs_trainers.workflows.stop_jobs import (
    STOPPED_STATUSES,
    stopper_definition,
    stopper_input,
)

if TYPE_CHECKING:
    from aws_cdk import aws_stepfunctions as sfn
    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import PermissionContext

_ID = "ConstructsTrainersStopper"
# EventBridge's input paths, and what stands for them in the machine's input.
_FIELDS = ("executionArn", "startDate", "redriveCount")


def stop_orphans(
    scope: Construct, machine: sfn.StateMachine, *, stem: str, jobs: PermissionContext
) -> None:
    """Have the jobs of a machine's executions stopped when these end without them.

    The machine waits for the rule and for what the stopper may do, so that both outlive it: where
    a trainer is renamed or removed, CloudFormation deletes the machine first, and that ends what
    runs on it (API reference, DeleteStateMachine).

    Args:
        scope: The trainer.
        machine: Its state machine.
        stem: What the names of its jobs begin with.
        jobs: The trainer's jobs.
    """
    from aws_cdk import aws_events as events

    stopper = _shared_stopper(scope)
    place, name = Environment.of(cdk.Stack.of(scope)), unique_name(scope)
    policy = _stopper_policy(scope, stopper, place.arn("states", f"execution:{name}:*"), jobs)
    rule = events.Rule(
        scope,
        "OrphanRule",
        description=description(f"Executions of {scope.node.path} that may leave a job behind"),
        event_pattern=events.EventPattern(
            source=["aws.states"],
            detail_type=["Step Functions Execution Status Change"],
            detail={
                "status": list(STOPPED_STATUSES),
                "stateMachineArn": [place.arn("states", f"stateMachine:{name}")],
            },
        ),
    )
    told = stopper_input(stem, {name: f"<{name}>" for name in _FIELDS})
    start_by_rule(
        rule,
        stopper,
        _starter(stopper),
        target_id="Stopper",
        template=_template(told),
        paths={name: f"$.detail.{name}" for name in _FIELDS},
    )
    resource_of(machine).node.add_dependency(rule, policy)


def _stopper_policy(
    scope: Construct, stopper: sfn.StateMachine, executions_arn: str, jobs: PermissionContext
) -> iam.Policy:
    """What the stack's stopper may do for one trainer: of its own, to go when the trainer does."""
    statements = [
        *statements_of(STOPPER_PERMISSIONS, jobs),
        *statements_of(STOPPED_EXECUTIONS, executions_arn),
    ]
    document = {"Version": "2012-10-17", "Statement": [s.to_json() for s in statements]}
    policy = iam.Policy(
        scope,
        "StopperPolicy",
        document=iam.PolicyDocument.from_json(document),
        roles=[stopper.role],
    )
    acknowledge_wildcards(policy, statements)
    return policy


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
