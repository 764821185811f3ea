"""Calls that wait, because a run was asked to look at what happens meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.local.plan import Plan

# Longer than any test looks: a call is answered in the end whatever becomes of the run.
_LONGEST_HOLD_SECONDS: Final = 60


class Holds:
    """The held operations of a plan. Their calls go on when a plan is followed without them."""

    def __init__(self) -> None:
        self._held: Sequence[str] = ()
        self._changed = threading.Condition()

    def follow(self, plan: Plan) -> None:
        """Hold the calls of this plan, and let go those of the last."""
        with self._changed:
            self._held = plan.held
            self._changed.notify_all()

    def wait(self, operation: str) -> None:
        """Return when a call may be answered.

        Args:
            operation: The API's name of the call.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: operation not in self._held, timeout=_LONGEST_HOLD_SECONDS
            )
