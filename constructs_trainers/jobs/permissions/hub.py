"""Permissions for content of a hub, public or private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.jobs.permissions import sources
from constructs_trainers.jobs.permissions.statements import Access, Permission, service_actions
from constructs_trainers.values.arns import hub_of, names_all_versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_trainers.jobs.permissions.statements import PermissionContext


def hub_permissions(
    member: str, contents: Callable[[PermissionContext], Sequence[str]], *, what: str
) -> tuple[Permission[PermissionContext], ...]:
    """The permissions for content of hubs that one member of the request names."""
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
    return [arn, f"{arn}/*"] if names_all_versions(arn) else [arn]


def _hub(arn: str, job: PermissionContext) -> str:
    # Where only the deployment knows what the ARN is, any hub.
    return hub_of(arn) or job.environment.arn("sagemaker", "hub/*", account="*")
