"""Branches of Parallel and Map states: what runs in them stops when one of them fails."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


class BranchAbortedError(Exception):
    """A branch ends because another one failed, or the execution ended."""


@dataclass
class Branches:
    """The branches of one state, below those of the state that it is in.

    Attributes:
        is_running: Tells whether the execution runs.
        outer: The branches around these.
        failed: Is set when one of them has failed.
        failure: The failure that came first.
    """

    is_running: Callable[[], bool]
    outer: Branches | None = None
    failed: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None

    @property
    def aborted(self) -> bool:
        """Whether what runs in these branches has to stop."""
        if self.failed.is_set() or not self.is_running():
            return True
        return self.outer is not None and self.outer.aborted

    def fail(self, error: Exception) -> None:
        """One of them failed."""
        if not self.failed.is_set():
            self.failure = error
            self.failed.set()


CURRENT: Final[ContextVar[Branches | None]] = ContextVar("CURRENT", default=None)
"""Where the running state is. Threads that ministack starts take it along."""
