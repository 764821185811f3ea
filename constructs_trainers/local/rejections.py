"""Calls that are answered with an error because a run was asked for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_trainers.local.plan import Plan, Rejection


class Rejections:
    """The rejections of a plan, used up call by call."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Rejection, float]] = []

    def follow(self, plan: Plan) -> None:
        """Forget what was left of another plan."""
        self._waiting = [
            (rejection, math.inf if rejection.count is None else rejection.count)
            for rejection in plan.rejections
        ]

    def next(self, operation: str) -> Rejection | None:
        """What a call is answered with, or None when nothing is planned for it.

        Args:
            operation: The API's name of the call.
        """
        for index, (rejection, left) in enumerate(self._waiting):
            if rejection.operation != operation:
                continue
            if left > 1:
                self._waiting[index] = (rejection, left - 1)
            else:
                del self._waiting[index]
            return rejection
        return None
