"""The network a job runs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.aws_ec2 import ISecurityGroup, IVpc, SubnetSelection


@dataclass(frozen=True, kw_only=True)
class Networking:
    """The network a job runs in; the SageMaker Python SDK's ``Networking`` with L2s beside it.

    Attributes:
        security_group_ids: Ids of 1 to 5 security groups. Exclusive with ``security_groups``.
        subnets: Ids of 1 to 16 subnets. Exclusive with ``vpc``.
        vpc: A VPC, whose subnets are used.
        vpc_subnets: Which of the VPC's subnets. Default: its private ones.
        security_groups: Security groups. Default with ``vpc``: a new one that lets traffic out.
        enable_network_isolation: Whether the job's containers are cut off from the network. Not
            for serverless jobs.
        enable_inter_container_traffic_encryption: Whether traffic between a job's containers is
            encrypted. Not for serverless jobs.
    """

    security_group_ids: Sequence[str] | None = None
    subnets: Sequence[str] | None = None
    vpc: IVpc | None = None
    vpc_subnets: SubnetSelection | None = None
    security_groups: Sequence[ISecurityGroup] | None = None
    enable_network_isolation: bool | None = None
    enable_inter_container_traffic_encryption: bool | None = None

    def subnet_ids(self) -> list[str]:
        """The ids of the subnets to use."""
        if self.vpc is None:
            return list(self.subnets or ())
        selection = self.vpc_subnets
        if selection is None:
            return self.vpc.select_subnets().subnet_ids
        return self.vpc.select_subnets(
            subnet_type=selection.subnet_type,
            subnet_group_name=selection.subnet_group_name,
            subnets=selection.subnets,
            availability_zones=selection.availability_zones,
            one_per_az=selection.one_per_az,
            subnet_filters=selection.subnet_filters,
        ).subnet_ids
