"""What the prop ``compute`` takes."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Compute(ABC):
    """The group of a kind of compute; without any, a job is serverless."""

    @abstractmethod
    def kind(self) -> object:
        """The kind of compute, a ``ComputeKind``, which answers for all that is different."""
