"""How long a job may run, wait and be pending: the prop, and the service's own times."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_RUNTIME = 28 * 24 * 60 * 60
"""Seconds in 28 days, the most that StoppingCondition may give a job."""
DEFAULT_RUNTIME = 24 * 60 * 60
"""Seconds in a day, which the service gives a job whose StoppingCondition has no runtime."""


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
