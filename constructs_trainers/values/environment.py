"""Where a call belongs, and the ARNs of what it makes there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """An account in a region: what SageMaker keeps its resources apart by.

    Attributes:
        account: The 12 digits of the account.
        region: Such as ``us-west-2``.
    """

    account: str
    region: str

    def arn(self, resource_type: str, name: str) -> str:
        """The ARN of a SageMaker resource here."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:{resource_type}/{name}"
