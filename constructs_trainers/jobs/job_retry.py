"""How often a job is tried again that failed through no fault of its own: the prop.

The states that decide it are in ``workflows/attempts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr

MOST_ATTEMPTS = 20
LONGEST_INTERVAL = 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class JobRetry:
    """When a failed job is run again, under a new name, in the same execution.

    That is when SageMaker's FailureReason begins with ``CapacityError`` or
    ``InternalServerError``. A job that fails by ``ClientError`` or ``AlgorithmError``, or was
    stopped, would end the same way again: it ends the execution.

    Attributes:
        max_attempts: Jobs that an execution starts at most, the first included, 1 to 20. Default:
            3.
        interval_in_seconds: Time before the second job, in seconds. Default: five minutes.
        backoff_rate: What the time grows by before each further job; it stays at a day at most.
            Default: 2.
    """

    max_attempts: int = 3
    interval_in_seconds: int = 300
    backoff_rate: float = 2

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with the members.

        Args:
            path: The prop that holds them.
        """
        limits = {
            "max_attempts": (1, MOST_ATTEMPTS),
            "interval_in_seconds": (1, LONGEST_INTERVAL),
            "backoff_rate": (1, 10),
        }
        return [
            Problem(
                path=f"{path}.{name}",
                message="is out of range",
                got=short_repr(getattr(self, name)),
                allowed=f"a number from {least} to {most}",
            )
            for name, (least, most) in limits.items()
            if not least <= getattr(self, name) <= most
        ]
