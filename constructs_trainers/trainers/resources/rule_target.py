"""What rules start, and the descriptions that services take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.permissions.statements import Statement
from constructs_trainers.trainers.resources.role_policies import RolePolicies
from constructs_trainers.trainers.resources.service_keys import open_to_events
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_events as events
    from aws_cdk import aws_stepfunctions as sfn
    from aws_cdk.aws_sqs import IQueue
    from constructs import Construct


QUEUE_USED_AS_GIVEN = "constructs-trainers:queueUsedAsGiven"


def create_starter(scope: Construct, machine: sfn.StateMachine) -> iam.Role:
    """A role under which EventBridge starts executions, for rules of this account.

    Args:
        scope: Where it is made.
        machine: What it starts.
    """
    place = Environment.of(cdk.Stack.of(scope))
    principal = iam.ServicePrincipal(
        "events.amazonaws.com",
        # IAM user guide, "The confused deputy problem".
        conditions={"StringEquals": {"aws:SourceAccount": place.account}},
    )
    role = iam.Role(scope, "EventsRole", assumed_by=principal)
    statement = Statement(["states:StartExecution"], [machine.state_machine_arn])
    RolePolicies.of_made(role).begin(scope, "StartPolicy", [statement])
    return role


def start_by_rule(
    rule: events.Rule,
    machine: sfn.StateMachine,
    role: iam.IRole,
    *,
    target_id: str,
    template: str,
    paths: Mapping[str, str] | None = None,
    dead_letter_queue: IQueue | None = None,
) -> None:
    """Let a rule start executions.

    Written on the L1, as ``aws_events_targets`` takes long to import.

    Args:
        rule: The rule.
        machine: What it starts.
        role: The role under which EventBridge does so.
        target_id: The target's id in the rule.
        template: The executions' input as JSON, with ``<name>`` for what an event tells.
        paths: The JSON path of each name. Default: the input is the same for each event.
        dead_letter_queue: Where events go that could not start it. Default: nowhere.
    """
    from aws_cdk import aws_events as events

    resource = rule.node.default_child
    if not isinstance(resource, events.CfnRule):
        raise TypeError(resource)
    transformer = events.CfnRule.InputTransformerProperty(
        input_paths_map=dict(paths or {}), input_template=template
    )
    resource.targets = [
        events.CfnRule.TargetProperty(
            id=target_id,
            arn=machine.state_machine_arn,
            role_arn=role.role_arn,
            input=None if paths else template,
            input_transformer=transformer if paths else None,
            dead_letter_config=_dead_letters(rule, dead_letter_queue),
        )
    ]


def _dead_letters(
    rule: events.Rule, queue: IQueue | None
) -> events.CfnRule.DeadLetterConfigProperty | None:
    """EventBridge user guide, "Using dead-letter queues": the queue's policy must let the rule.

    In the same words for all rules of the account: a queue's policy has room for few statements,
    and the queue may be in a stack that this one's depends on.
    """
    from aws_cdk import aws_events as events

    if queue is None:
        return None
    place = Environment.of(cdk.Stack.of(rule))
    statement = Statement(
        ["sqs:SendMessage"],
        [queue.queue_arn],
        {"ArnLike": {"aws:SourceArn": place.arn("events", "rule/*")}},
    )
    allowed = iam.PolicyStatement.from_json(statement.to_json())
    allowed.add_service_principal("events.amazonaws.com")
    if not queue.add_to_resource_policy(allowed).statement_added:
        cdk.Annotations.of(rule).add_info_v2(
            QUEUE_USED_AS_GIVEN,
            "the policy of the dead-letter queue is not for this app to change. It must allow "
            "events.amazonaws.com sqs:SendMessage",
        )
    if queue.encryption_master_key is not None:
        open_to_events(rule, queue.encryption_master_key)
    return events.CfnRule.DeadLetterConfigProperty(arn=queue.queue_arn)


# What the strictest of them takes: 255 signs of this set (EC2 API, CreateSecurityGroup).
_LONGEST = 255
_ILLEGAL = re.compile(r"[^A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]")


def description(text: str) -> str:
    """The text as any service takes it for a description."""
    return _ILLEGAL.sub("-", text)[:_LONGEST]
