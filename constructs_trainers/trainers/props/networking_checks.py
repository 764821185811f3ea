"""What can be wrong with a trainer's network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem

if TYPE_CHECKING:
    from constructs_trainers.trainers.props.networking import Networking

_NOT_SERVERLESS = ("enable_network_isolation", "enable_inter_container_traffic_encryption")


def networking_problems(networking: Networking, *, own_instances: bool) -> list[Problem]:
    """What is wrong with the network of a job.

    Args:
        networking: The network.
        own_instances: Whether the job runs on own instances, whose containers can be shut off.
    """
    return [
        *([] if own_instances else _unsupported(networking)),
        *_exclusive(networking, "vpc", "subnets"),
        *_exclusive(networking, "security_groups", "security_group_ids"),
        *_incomplete(networking),
        *_selection_problems(networking),
    ]


def _unsupported(networking: Networking) -> list[Problem]:
    return [
        Problem(
            path=f"networking.{name}",
            message="is not for serverless jobs: their containers are the service's",
            fix="leave it out",
        )
        for name in _NOT_SERVERLESS
        if getattr(networking, name)
    ]


def _exclusive(networking: Networking, name: str, other: str) -> list[Problem]:
    if getattr(networking, name) is None or getattr(networking, other) is None:
        return []
    return [
        Problem(
            path=f"networking.{name}",
            message=f"cannot be given together with {other}",
            fix="keep one of the two",
        )
    ]


def _incomplete(networking: Networking) -> list[Problem]:
    has_groups = bool(networking.security_group_ids or networking.security_groups)
    if networking.vpc is not None:
        return []
    if networking.vpc_subnets is not None:
        return [_missing("vpc", "vpc_subnets selects among the subnets of a vpc")]
    if not networking.subnets and not has_groups:
        if any(getattr(networking, name) for name in _NOT_SERVERLESS):
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
