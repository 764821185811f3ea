"""The state machine that runs a trainer's jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.jobs.permissions.statements import policy_document
from constructs_trainers.jobs.permissions.table import service_statements
from constructs_trainers.jobs.request.tags import tag_text
from constructs_trainers.trainers.resources.acknowledged_findings import acknowledge_wildcards
from constructs_trainers.trainers.resources.owner import unique_name
from constructs_trainers.trainers.resources.policy_sizes import MOST_CHARACTERS, deployed_length
from constructs_trainers.trainers.resources.role_policies import RolePolicies
from constructs_trainers.trainers.resources.service_keys import (
    machine_key_statements,
    open_to_log_delivery,
    open_to_log_groups,
)
from constructs_trainers.values.arns import Environment
from constructs_trainers.workflows.asl import with_partition
from constructs_trainers.workflows.sizes import MOST_DEFINITION_BYTES, size_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct

    from constructs_trainers.jobs.permissions.statements import Statement
    from constructs_trainers.trainers.props.machine_settings import MachineSettings

PATH_TAG = "constructs-trainers:path"
"""Key of a machine's tag with its construct's path."""

KIND_TAG = "constructs-trainers:kind"
"""Key of a machine's tag with what it runs."""

# How long Step Functions uses a data key again: its own default.
_DATA_KEY_SECONDS = 300
# Names under this prefix need no entry in the account's log resource policy, whose size is
# limited (Step Functions developer guide, "Logging").
_LOG_GROUP_PREFIX = "/aws/vendedlogs/states/"


def create_machine(
    scope: Construct,
    definition: Mapping[str, object],
    statements: Sequence[Statement],
    settings: MachineSettings,
    metadata: Mapping[str, Mapping[str, object]] | None = None,
) -> sfn.StateMachine:
    """A state machine with logs and tracing, and a readable definition.

    Args:
        scope: Where it and its log group are made.
        definition: Amazon States Language as a dict.
        statements: What the machine may do.
        settings: How it logs, and what it is encrypted with.
        metadata: CloudFormation metadata by key. Default: none.

    Raises:
        TrainerError: The definition is larger than Step Functions takes.
    """
    definition = with_partition(definition, cdk.Stack.of(scope).partition)
    size = size_of(definition)
    if size > MOST_DEFINITION_BYTES:
        problem = Problem(
            path="definition",
            message="is larger than Step Functions takes",
            got=f"{size:,} bytes",
            allowed=f"{MOST_DEFINITION_BYTES:,} bytes",
            fix="give fewer stages, or part of them to a pipeline of their own",
        )
        raise TrainerError(scope.node.path, [problem])
    name = unique_name(scope)
    log_group = _create_log_group(scope, f"{_LOG_GROUP_PREFIX}{name}", settings)
    machine = sfn.StateMachine(
        scope,
        "StateMachine",
        state_machine_name=name,
        definition_body=sfn.DefinitionBody.from_string("{}"),
    )
    resource = resource_of(machine)
    # On the L1: with these as props, the CDK would make the role a policy of its own.
    resource.logging_configuration = _logging(log_group, settings.log_level or sfn.LogLevel.ALL)
    resource.tracing_configuration = sfn.CfnStateMachine.TracingConfigurationProperty(
        enabled=settings.tracing_enabled is not False
    )
    key = settings.machine_encryption_key
    services = service_statements(
        logs=settings.log_level is not sfn.LogLevel.OFF,
        traces=settings.tracing_enabled is not False,
    )
    needed = [*statements, *services]
    if key is not None:
        resource.encryption_configuration = sfn.CfnStateMachine.EncryptionConfigurationProperty(
            type="CUSTOMER_MANAGED_KMS_KEY",
            kms_key_id=key.key_arn,
            kms_data_key_reuse_period_seconds=_DATA_KEY_SECONDS,
        )
        needed += machine_key_statements(key, Environment.of(cdk.Stack.of(scope)), name)
        open_to_log_delivery(scope, key)
    _permit(scope, machine, needed)
    for entry, value in (metadata or {}).items():
        resource.add_metadata(entry, dict(value))
    # The typed setters, because an override would drop {} and hide the definition from Aspects.
    resource.definition_string = None
    resource.definition = definition
    return machine


def _permit(scope: Construct, machine: sfn.StateMachine, statements: Sequence[Statement]) -> None:
    if deployed_length(policy_document(statements)) <= MOST_CHARACTERS:
        RolePolicies.of_made(machine).begin(scope, "MachinePolicy", statements)
        return
    # A pipeline of many trainers: the CDK divides the policy that it makes into several.
    for statement in statements:
        machine.add_to_role_policy(iam.PolicyStatement.from_json(statement.to_json()))
    policy = machine.role.node.try_find_child("DefaultPolicy")
    if policy is not None:
        acknowledge_wildcards(policy, statements)


def _create_log_group(scope: Construct, name: str, settings: MachineSettings) -> logs.LogGroup:
    key = settings.log_encryption_key
    if key is not None:
        open_to_log_groups(scope, key, _LOG_GROUP_PREFIX)
    return logs.LogGroup(
        scope,
        "LogGroup",
        log_group_name=name,
        # As long as Step Functions keeps an execution's history.
        retention=settings.log_retention or logs.RetentionDays.THREE_MONTHS,
        encryption_key=key,
        # The name is fixed, so a group that stayed behind would block the next deployment.
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


def log_group_of(scope: Construct) -> logs.LogGroup:
    """The log group that was made for what has a machine."""
    found = scope.node.find_child("LogGroup")
    if not isinstance(found, logs.LogGroup):
        raise TypeError(found)
    return found


def _logging(
    log_group: logs.ILogGroup, level: sfn.LogLevel
) -> sfn.CfnStateMachine.LoggingConfigurationProperty:
    if level is sfn.LogLevel.OFF:
        # API reference, LoggingConfiguration: without a destination it needs no permission.
        return sfn.CfnStateMachine.LoggingConfigurationProperty(level=level.value)
    group = sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
        log_group_arn=log_group.log_group_arn
    )
    destination = sfn.CfnStateMachine.LogDestinationProperty(cloud_watch_logs_log_group=group)
    return sfn.CfnStateMachine.LoggingConfigurationProperty(
        destinations=[destination], level=level.value
    )


def label_machine(machine: sfn.StateMachine, *, path: str, kind: str) -> None:
    """Tag a machine, so that it is found in an account by what it is.

    Args:
        machine: The machine.
        path: The path of its construct.
        kind: ``trainer`` or ``pipeline``.
    """
    tags = resource_of(machine).tags
    tags.set_tag(PATH_TAG, tag_text(path))
    tags.set_tag(KIND_TAG, kind)


def resource_of(machine: sfn.StateMachine) -> sfn.CfnStateMachine:
    """What CloudFormation makes of a machine."""
    resource = machine.node.default_child
    if not isinstance(resource, sfn.CfnStateMachine):
        raise TypeError(resource)
    return resource
