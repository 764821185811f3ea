"""How often a job is tried again that failed through no fault of its own."""

from __future__ import annotations

from dataclasses import dataclass, fields

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
            "max_attempts": (int, 1, MOST_ATTEMPTS),
            "interval_in_seconds": (int, 1, LONGEST_INTERVAL),
            "backoff_rate": (int | float, 1, 10),
        }
        found = []
        for field in fields(self):
            kind, least, most = limits[field.name]
            value = getattr(self, field.name)
            fits = isinstance(value, kind) and not isinstance(value, bool)
            if not fits or not least <= value <= most:
                what = "a number" if field.name == "backoff_rate" else "a whole number"
                allowed = f"{what} from {least} to {most}"
                message = "is out of range" if fits else "has the wrong type"
                got = short_repr(value)
                problem = Problem(
                    path=f"{path}.{field.name}", message=message, got=got, allowed=allowed
                )
                found.append(problem)
        return found
