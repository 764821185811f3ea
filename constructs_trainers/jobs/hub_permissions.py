"""Permissions for content of a hub, public or private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs import permission_sources as sources
from constructs_trainers.jobs.policy_statements import Access, Permission, service_actions
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_trainers.jobs.policy_statements import PermittedJob

_MARKER: Final = ":hub-content/"
# The parts of an ARN's resource behind the marker: hub, type, name and version.
_PARTS: Final = 4


def hub_permissions(
    member: str, contents: Callable[[PermittedJob], Sequence[str]], *, what: str
) -> tuple[Permission, ...]:
    """The permissions for content of hubs that one member of the request names.

    Args:
        member: The member.
        contents: Finds the ARNs of the content.
        what: The content in words.
    """
    return (
        Permission(
            member=member,
            actions=("sagemaker:DescribeHubContent",),
            resources=what,
            source=sources.SDK,
            find=lambda job: [Access(_versions(arn)) for arn in contents(job)],
        ),
        # The service resolves the hub before it reads its content.
        Permission(
            member=member,
            actions=service_actions("sagemaker", "DescribeHub", "ListHubContents"),
            resources="the hub in its ARN, in the account of the ARN",
            source=sources.SDK,
            find=lambda job: [Access([_hub(arn, job)]) for arn in contents(job)],
        ),
    )


def _versions(arn: str) -> list[str]:
    """The resources that an ARN stands for: all versions when it names none."""
    content = arn.partition(_MARKER)[2]
    if is_token(content) or not content or content.count("/") >= _PARTS - 1:
        return [arn]
    return [arn, f"{arn}/*"]


def _hub(arn: str, job: PermittedJob) -> str:
    before, marker, content = arn.partition(_MARKER)
    if not marker:
        # Only the deployment knows what the ARN is.
        return job.at.environment.arn("sagemaker", "hub/*", account="*")
    return f"{before}:hub/{content.partition('/')[0]}"
