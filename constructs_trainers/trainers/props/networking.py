"""The network a job runs in, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.props.s3_location import exclusive

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

    def __post_init__(self) -> None:
        # A trainer shows its groups later, when the caller's list may have become another.
        for name in ("security_group_ids", "subnets", "security_groups"):
            value = getattr(self, name)
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))

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


OF_CONTAINERS = ("enable_network_isolation", "enable_inter_container_traffic_encryption")


def networking_problems(networking: Networking) -> list[Problem]:
    """What is wrong with the network of a job."""
    return [
        *_exclusive(networking, "vpc", "subnets"),
        *_exclusive(networking, "security_groups", "security_group_ids"),
        *_incomplete(networking),
        *_selection_problems(networking),
    ]


def _exclusive(networking: Networking, name: str, other: str) -> list[Problem]:
    given = (getattr(networking, name), getattr(networking, other))
    return [] if None in given else [exclusive(f"networking.{name}", other)]


def _incomplete(networking: Networking) -> list[Problem]:
    has_groups = bool(networking.security_group_ids or networking.security_groups)
    if networking.vpc is not None:
        return []
    if networking.vpc_subnets is not None:
        return [_missing("vpc", "vpc_subnets selects among the subnets of a vpc")]
    if not networking.subnets and not has_groups:
        if any(getattr(networking, name) for name in OF_CONTAINERS):
            return []
        return [_missing("vpc", "names no network")]
    if bool(networking.subnets) != has_groups:
        missing = "security_group_ids" if networking.subnets else "subnets"
        return [_missing(missing, "subnets and security groups go together")]
    return []


def _missing(name: str, message: str) -> Problem:
    fix = "give a vpc, or subnets and security_group_ids"
    return Problem(path=f"networking.{name}", message=message, fix=fix)


def _selection_problems(networking: Networking) -> list[Problem]:
    """Ask the VPC before anything is made: it may not have the subnets that are wanted."""
    if networking.vpc is None:
        return []
    try:
        networking.subnet_ids()
    except RuntimeError as error:
        return [Problem(path="networking.vpc_subnets", message=str(error).splitlines()[0])]
    return []
