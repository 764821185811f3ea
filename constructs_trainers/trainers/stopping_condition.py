"""When SageMaker stops a job by itself."""

from __future__ import annotations

from dataclasses import dataclass, fields

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_number_token


@dataclass(frozen=True, kw_only=True)
class StoppingCondition:
    """When SageMaker stops a job by itself; the API's StoppingCondition.

    Attributes:
        max_runtime_in_seconds: Longest training time in seconds, at most 28 days. Default: the
            service's, a day.
        max_wait_time_in_seconds: Longest time in seconds for waiting and training of a spot job;
            not less than ``max_runtime_in_seconds``. Default: none.
        max_pending_time_in_seconds: Longest time in seconds that a job waits for capacity, two
            hours to 28 days. Default: the service's.
    """

    max_runtime_in_seconds: int | None = None
    max_wait_time_in_seconds: int | None = None
    max_pending_time_in_seconds: int | None = None

    def problems(self) -> list[Problem]:
        """What is no number of seconds; limits are the API's to check."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return [
            Problem(
                path=f"stopping_condition.{name}",
                message="must be a whole number of seconds",
                got=type(value).__name__ if hasattr(value, "to_seconds") else short_repr(value),
                allowed="an int",
                fix="write int(duration.to_seconds())" if hasattr(value, "to_seconds") else None,
            )
            for name, value in values.items()
            if value is not None and not _is_seconds(value)
        ]


def _is_seconds(value: object) -> bool:
    return is_number_token(value) or (isinstance(value, int) and not isinstance(value, bool))
