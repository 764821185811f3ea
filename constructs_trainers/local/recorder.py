"""The record of every call that the embedded SageMaker received."""

from __future__ import annotations

import copy
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call.

    Attributes:
        operation: The API's name of it, such as ``CreateTrainingJob``.
        region: The region that it was sent to.
        request: What was sent.
        error: The code of the error that it was answered with, or None.
        time: When it came, in seconds since the epoch.
    """

    operation: str
    region: str
    request: dict[str, Any]
    error: str | None = None
    time: float = field(default_factory=time.time)


class Recorder:
    """Keeps calls in the order they came. Safe to use from several threads."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def record(
        self, operation: str, region: str, request: Mapping[str, Any], error: str | None = None
    ) -> None:
        """Add a call."""
        call = Call(
            operation=operation, region=region, request=copy.deepcopy(dict(request)), error=error
        )
        with self._lock:
            self._calls.append(call)

    def calls(self, *, since: int = 0) -> list[Call]:
        """All calls but the first ``since`` (default: none left out)."""
        with self._lock:
            return self._calls[since:]
