"""What a trainer made or was given, for whoever builds around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from constructs import Construct

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.trainers.resources.job_resources import output_bucket_of, security_group_of
from constructs_trainers.trainers.resources.training_machine import log_group_of

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_events as events
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_s3 as s3

    from constructs_trainers.trainers.props.trainer_props import TrainerProps


class _Connectable:
    """``aws_cdk.aws_ec2.IConnectable`` by its name: the module is slow to import."""

    __jsii_type__ = "aws-cdk-lib.aws_ec2.IConnectable"

    @property
    @jsii.member(jsii_name="connections")
    def connections(self) -> ec2.Connections:
        raise NotImplementedError


class _NoNetworkError(TrainerError, AttributeError):
    """There are no connections."""


@jsii.implements(_Connectable)
class MadeResources(Construct):
    """The part of a trainer that leads to its resources."""

    _given: TrainerProps
    _stop_rule: events.Rule
    _notification_rule: events.Rule | None = None
    _security_groups: list[ec2.ISecurityGroup] | None = None
    _connections: ec2.Connections | None = None

    @property
    def log_group(self) -> logs.ILogGroup:
        """The log of the state machine."""
        return log_group_of(self)

    @property
    def output_bucket(self) -> s3.IBucket | None:
        """The bucket that jobs write to: the given one, or the stack's; None for a URI in text."""
        return output_bucket_of(self, self._given.output)

    @property
    def security_groups(self) -> list[ec2.ISecurityGroup]:
        """The jobs' security groups: given ones, or the one that was made; empty for no VPC."""
        if self._security_groups is None:
            self._security_groups = self._found_security_groups()
        return list(self._security_groups)

    def _found_security_groups(self) -> list[ec2.ISecurityGroup]:
        networking = self._given.networking
        if networking is None:
            return []
        made = security_group_of(self)
        if made is not None:
            return [made]
        if networking.security_groups:
            return list(networking.security_groups)
        from aws_cdk import aws_ec2 as ec2

        return [
            ec2.SecurityGroup.from_security_group_id(self, f"SecurityGroup{index}", group)
            for index, group in enumerate(networking.security_group_ids or ())
        ]

    @property
    def connections(self) -> ec2.Connections:
        """The jobs' network: ``file_system.connections.allow_default_port_from(trainer)``.

        Raises:
            TrainerError: The jobs are in no VPC. An ``AttributeError`` too, so that ``hasattr``
                answers.
        """
        if self._connections is not None:
            return self._connections
        groups = self.security_groups
        if not groups:
            problem = Problem(
                path="networking",
                message="is needed for connections: without it jobs are in no network of yours",
                fix="give networking=Networking(vpc=...)",
            )
            raise _NoNetworkError(f"{self.node.path}: connections", [problem])
        from aws_cdk import aws_ec2 as ec2

        self._connections = ec2.Connections(security_groups=groups)
        return self._connections

    @property
    def stop_rule(self) -> events.Rule:
        """The rule that has the jobs of an execution stopped that ended without them."""
        return self._stop_rule

    @property
    def notification_rule(self) -> events.Rule | None:
        """The rule of ``notifications``; None without."""
        return self._notification_rule
