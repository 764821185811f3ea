"""Where a stack is deployed to, and the ARNs of what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from constructs_trainers.values.tokens import is_token


class _Stack(Protocol):
    """What knows its environment, such as a stack of the CDK."""

    @property
    def partition(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def account(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An account in a region: what AWS keeps its resources apart by.

    Attributes:
        partition: The AWS partition, or a CDK token, like those that follow.
        region: The region, such as ``us-west-2``.
        account: The 12 digits of the account.
    """

    partition: str
    region: str
    account: str

    @classmethod
    def of(cls, stack: _Stack) -> Environment:
        """Where a stack is deployed to, as far as synthesis knows."""
        return cls(partition=stack.partition, region=stack.region, account=stack.account)

    @property
    def known_region(self) -> str | None:
        """The region, or None when it is a token."""
        return None if is_token(self.region) else self.region

    def arn(
        self, service: str, resource: str, *, region: str | None = None, account: str | None = None
    ) -> str:
        """The ARN of a resource here, but for what is given.

        Args:
            service: The service's name in ARNs.
            resource: What follows the account.
            region: Another region; empty for what belongs to none.
            account: Another account; empty for what belongs to none.
        """
        region = self.region if region is None else region
        account = self.account if account is None else account
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"

    def s3_arn(self, path: str) -> str:
        """The ARN of a bucket, or of objects in one: the account that owns it stands in none."""
        return self.arn("s3", path, region="", account="")
