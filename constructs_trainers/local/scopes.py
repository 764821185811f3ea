"""What may be stopped, one inside the other: an execution, a task's time, the branches of a state.

Threads that ministack starts take the scope along that they were started in.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


class StoppedError(SystemExit):
    """Ends a thread, and nothing but the thread, when what it worked for was stopped."""


@dataclass(frozen=True)
class Scope:
    """Something that may be stopped while a thread works for it.

    Attributes:
        ended: Tells whether it was stopped, or is at its end.
        outer: What it is part of.
    """

    ended: Callable[[], bool]
    outer: Scope | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more may happen in it."""
        return self.ended() or (self.outer is not None and self.outer.over)


@dataclass
class FirstFailure:
    """The failure of a state's branch that came first, and stops the other branches."""

    error: Exception | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, error: Exception) -> None:
        """A branch failed."""
        with self._lock:
            self.error = self.error or error


CURRENT: Final[ContextVar[Scope | None]] = ContextVar("CURRENT", default=None)
"""What the running thread works for."""


def stop_if_over() -> None:
    """End the thread when what it works for is over.

    Raises:
        StoppedError: It is.
    """
    scope = CURRENT.get()
    if scope is not None and scope.over:
        raise StoppedError
