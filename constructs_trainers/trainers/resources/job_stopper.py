"""No orphans: what stops the jobs of executions that were aborted, timed out or failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.jobs.permissions.machine import (
    MACHINE_READER_PERMISSIONS,
    STOPPED_EXECUTIONS,
    STOPPER_PERMISSIONS,
)
from constructs_trainers.jobs.permissions.statements import policy_document, statements_of
from constructs_trainers.trainers.resources.owner import unique_name
from constructs_trainers.trainers.resources.policy_sizes import MOST_CHARACTERS, deployed_length
from constructs_trainers.trainers.resources.role_policies import RolePolicies
from constructs_trainers.trainers.resources.rule_target import (
    create_starter,
    description,
    start_by_rule,
)
from constructs_trainers.trainers.resources.service_keys import key_of_machine
from constructs_trainers.trainers.resources.training_machine import create_machine, resource_of
from constructs_trainers.values.arns import Environment
from constructs_trainers.workflows.stop_jobs import (
    STOPPED_STATUSES,
    stopper_definition,
    stopper_input,
)

if TYPE_CHECKING:
    from aws_cdk import aws_events as events
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.aws_sqs import IQueue
    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import PermissionContext
    from constructs_trainers.trainers.props.machine_settings import MachineSettings

_ID = "ConstructsTrainersStopper"
_SELF = "_constructs_trainers_stoppers"
# EventBridge's input paths, and what stands for them in the machine's input.
_FIELDS = ("executionArn", "startDate", "redriveCount")


def stop_orphans(
    scope: Construct,
    machine: sfn.StateMachine,
    settings: MachineSettings,
    *,
    stem: str,
    jobs: PermissionContext,
    dead_letter_queue: IQueue | None,
) -> events.Rule:
    """Have the jobs of a machine's executions stopped when these end without them.

    The machine waits for the rule and for what the stopper may do, so that both outlive it: where
    a trainer is renamed or removed, CloudFormation deletes the machine first, and that ends what
    runs on it (API reference, DeleteStateMachine).

    Args:
        scope: The trainer.
        machine: Its state machine.
        settings: What its machine is set to. Its stopper is set to the same.
        stem: What the names of its jobs begin with.
        jobs: The trainer's jobs.
        dead_letter_queue: Where events go that could not start the stopper; None for nowhere.

    Returns:
        The rule that starts the stopper.
    """
    from aws_cdk import aws_events as events

    place, name = Environment.of(cdk.Stack.of(scope)), unique_name(scope)
    statements = [
        *statements_of(STOPPER_PERMISSIONS, jobs),
        *statements_of(STOPPED_EXECUTIONS, place.arn("states", f"execution:{name}:*")),
    ]
    if settings.machine_encryption_key is not None:
        key = key_of_machine(settings.machine_encryption_key, place, name)
        statements += statements_of(MACHINE_READER_PERMISSIONS, key)
    stopper = _stopper_with_room(scope, settings, deployed_length(policy_document(statements)))
    policies = RolePolicies.of_made(stopper.machine)
    # Of the trainer's own, to go when the trainer does.
    policy = policies.add_apart(scope, "StopperPolicy", statements)
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
        stopper.machine,
        stopper.starter,
        target_id="Stopper",
        template=_template(told),
        paths={name: f"$.detail.{name}" for name in _FIELDS},
        dead_letter_queue=dead_letter_queue,
    )
    outlives = [rule] if policy is None else [rule, policy]
    resource_of(machine).node.add_dependency(*outlives)
    return rule


def _template(told: dict[str, object]) -> str:
    """JSON with EventBridge's placeholders: text in quotes, numbers as they come."""
    stack_free = {
        name: value if isinstance(value, int) else f'"{value}"' for name, value in told.items()
    }
    for number in ("StartDate", "RedriveCount"):
        stack_free[number] = str(told[number])
    return "{" + ", ".join(f'"{name}": {value}' for name, value in stack_free.items()) + "}"


@dataclass(frozen=True)
class _Stopper:
    """A machine that stops the jobs of some trainers of a stack.

    Attributes:
        machine: The machine.
        starter: The role under which EventBridge starts it.
    """

    machine: sfn.StateMachine
    starter: iam.Role


def _stopper_with_room(scope: Construct, settings: MachineSettings, size: int) -> _Stopper:
    """The stack's stopper of some settings, or the next when its role has no room for more.

    Args:
        scope: The trainer.
        settings: What the trainer's machine is set to, and so its stopper.
        size: About how many characters the trainer's policy has.
    """
    from constructs import Construct

    stack, digest = cdk.Stack.of(scope), settings.digest
    by_settings: dict[str, list[_Stopper]] = vars(stack).setdefault(_SELF, {})
    stoppers = by_settings.setdefault(digest, [])
    for stopper in stoppers:
        if RolePolicies.of_made(stopper.machine).size + size <= MOST_CHARACTERS:
            return stopper
    first = f"{_ID}{digest}"
    home = Construct(stack, f"{first}-{len(stoppers) + 1}" if stoppers else first)
    machine = create_machine(home, stopper_definition(), [], settings)
    stoppers.append(_Stopper(machine, create_starter(home, machine)))
    return stoppers[-1]
