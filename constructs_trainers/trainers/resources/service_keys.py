"""Keys of the user's that AWS services use for what is made here: logs, machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.permissions.machine import MACHINE_KEY_PERMISSIONS, KeyOfMachine
from constructs_trainers.jobs.permissions.statements import Statement, statements_of
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

KEY_USED_AS_GIVEN: Final = "constructs-trainers:keyUsedAsGiven"


def open_to_log_groups(scope: Construct, key: kms.IKey, prefix: str) -> None:
    """Let CloudWatch Logs encrypt log groups, or say what the key's policy must allow.

    The same for all that are below a prefix: a key's policy takes 32,768 characters (KMS developer
    guide, "Quotas"), and the key may be that of hundreds of machines.

    CloudWatch Logs user guide, "Encrypt log data using AWS KMS".

    Args:
        scope: What has a log group.
        key: The key.
        prefix: What the names of the log groups begin with.
    """
    place = Environment.of(cdk.Stack.of(scope))
    groups = place.arn("logs", f"log-group:{prefix}*")
    statement = Statement(
        ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        ["*"],
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )
    _open(scope, key, statement, f"logs.{place.region}.amazonaws.com")


def machine_key_statements(key: kms.IKey, place: Environment, machine_name: str) -> list[Statement]:
    """What a machine's role needs of the key that the machine is encrypted with.

    Args:
        key: The key.
        place: Where the machine is.
        machine_name: Its name.
    """
    return statements_of(MACHINE_KEY_PERMISSIONS, key_of_machine(key, place, machine_name))


def key_of_machine(key: kms.IKey, place: Environment, machine_name: str) -> KeyOfMachine:
    """A key, and the machine that is encrypted with it."""
    return KeyOfMachine(
        key=key.key_arn,
        at=place,
        machine_arn=place.arn("states", f"stateMachine:{machine_name}"),
        logs_arn=place.arn("logs", "*"),
    )


def open_to_log_delivery(scope: Construct, key: kms.IKey) -> None:
    """Let the log of an encrypted machine be delivered, or say what the key's policy must allow.

    Step Functions developer guide, "Data at rest encryption".

    Args:
        scope: What has the machine.
        key: The machine's key.
    """
    account = cdk.Stack.of(scope).account
    statement = Statement(["kms:Decrypt*"], ["*"], {"StringEquals": {"aws:SourceAccount": account}})
    _open(scope, key, statement, "delivery.logs.amazonaws.com")


def open_to_events(scope: Construct, key: kms.IKey) -> None:
    """Let EventBridge write to a queue with a key, or say what the key's policy must allow.

    EventBridge user guide, "Using dead-letter queues".

    Args:
        scope: What has the rule.
        key: The queue's key.
    """
    account = cdk.Stack.of(scope).account
    statement = Statement(
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        ["*"],
        {"StringEquals": {"aws:SourceAccount": account}},
    )
    _open(scope, key, statement, "events.amazonaws.com")


def _open(scope: Construct, key: kms.IKey, statement: Statement, service: str) -> None:
    allowed = iam.PolicyStatement.from_json(statement.to_json())
    allowed.add_service_principal(service)
    if not key.add_to_resource_policy(allowed).statement_added:
        cdk.Annotations.of(scope).add_info_v2(
            KEY_USED_AS_GIVEN,
            "the policy of the key is not for this app to change. It must allow "
            f"{service} {', '.join(statement.actions)}",
        )
