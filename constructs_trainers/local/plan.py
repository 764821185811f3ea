"""What is to happen in a run: how jobs and imports end, which calls are refused or wait."""

from __future__ import annotations

import dataclasses
import math
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from constructs_trainers.errors import did_you_mean
from constructs_trainers.local.api_errors import DEFAULT_MESSAGES, KNOWN_CODES, ApiError
from constructs_trainers.local.environment import MisuseError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FinalStatus = Literal["Completed", "Failed", "Stopped"]

_CREATE: Final = "CreateTrainingJob"
_STOPPED_BECAUSE: Final = ("Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded", "Interrupted")
_FINAL_STATUSES: Final[tuple[FinalStatus, ...]] = ("Completed", "Failed", "Stopped")
_REJECTION: Final = re.compile(r"(?P<code>[A-Za-z]+)(?::(?P<count>[1-9][0-9]*))?")
# Longer than any test looks: a call is answered in the end whatever becomes of the run.
_LONGEST_HOLD_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a job ends.

    Attributes:
        status: ``Completed`` (default), ``Failed`` or ``Stopped``.
        secondary_status: Why a job was stopped, such as ``MaxRuntimeExceeded``; otherwise the
            status again.
        failure_reason: The FailureReason of a failed job, else None.
        endless: The job trains until it is stopped, and the status is of no account. Default:
            False.
    """

    status: FinalStatus = "Completed"
    secondary_status: str = "Completed"
    failure_reason: str | None = None
    endless: bool = False

    @classmethod
    def parse(cls, text: str) -> Outcome:
        """Read ``Completed``, ``Failed[:REASON]`` or ``Stopped[:SECONDARY_STATUS]``.

        Raises:
            MisuseError: It is none of these.
        """
        head, _, detail = text.partition(":")
        status = next((known for known in _FINAL_STATUSES if known == head.strip()), None)
        detail = detail.strip()
        if status is None or (status == "Completed" and detail):
            allowed = "Completed, Failed:REASON or Stopped[:SECONDARY_STATUS]"
            raise _misuse("outcome", text, allowed, did_you_mean(head, _FINAL_STATUSES))
        if status == "Failed":
            reason = detail or "AlgorithmError: the run was asked for a failed job"
            return cls(status=status, secondary_status=status, failure_reason=reason)
        if status == "Stopped" and detail and detail not in _STOPPED_BECAUSE:
            hint = did_you_mean(detail, _STOPPED_BECAUSE)
            raise _misuse("outcome", text, " or ".join(_STOPPED_BECAUSE), hint)
        return cls(status=status, secondary_status=detail or status)


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """SageMaker answers with an error.

    Attributes:
        code: The error code, such as ``ResourceLimitExceeded``.
        count: How many calls are answered so; None for all of them.
        job_created: The job, or whatever the call makes, is created all the same, as when only
            the answer was lost on the way back. Default: False.
        operation: Which calls are answered so. Default: ``CreateTrainingJob``.
        message: What the service says. Default: its known words for the code.
        job_age: How many seconds before the call that job was created. Default: 0.
    """

    code: str
    count: int | None = None
    job_created: bool = False
    operation: str = _CREATE
    message: str | None = None
    job_age: float = 0

    @classmethod
    def parse(cls, text: str) -> Rejection:
        """Read ``CODE`` (every submission) or ``CODE:COUNT``.

        Raises:
            MisuseError: The form is wrong, or SageMaker has no such code.
        """
        match = _REJECTION.fullmatch(text.strip())
        if match is None:
            raise _misuse("reject", text, "CODE or CODE:COUNT, with COUNT at least 1")
        code, count = match["code"], match["count"]
        if code not in KNOWN_CODES:
            hint = did_you_mean(code, KNOWN_CODES)
            raise _misuse("reject", text, ", ".join(sorted(KNOWN_CODES)), hint)
        return cls(code=code, count=int(count) if count else None)

    def error(self) -> ApiError:
        """The answer of the service."""
        # The words that are known are about jobs.
        known = DEFAULT_MESSAGES if self.operation == _CREATE else {}
        words = known.get(self.code, f"The run was asked to reject {self.operation}")
        return ApiError(self.code, self.message or words)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that is scripted for a run.

    Attributes:
        outcomes: How the first job ends, the second and so on; the last one holds for all that
            follow.
        rejections: Which calls are refused, in order: one that is used up makes room for the
            next of its operation.
        import_failure: Why imports into a hub fail after they were begun. Default: they do not.
        held: Operations whose calls from state machines wait until a plan without them is followed.
            Default: none.
        silent_deletions: Whether executions that end because their machine is deleted end without
            a status event; it is not documented that there is one. Default: no.
    """

    outcomes: Sequence[Outcome] = (Outcome(),)
    rejections: Sequence[Rejection] = ()
    import_failure: str | None = None
    held: Sequence[str] = ()
    silent_deletions: bool = False

    def to_json(self) -> dict[str, object]:
        """As plain data, for the way to the engine."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """The reverse of :meth:`to_json`."""
        return cls(
            outcomes=tuple(Outcome(**outcome) for outcome in data["outcomes"]),
            rejections=tuple(Rejection(**rejection) for rejection in data["rejections"]),
            import_failure=data["import_failure"],
            held=tuple(data["held"]),
            silent_deletions=data["silent_deletions"],
        )


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
        """What a call is answered with, or None when nothing is planned for it."""
        for index, (rejection, left) in enumerate(self._waiting):
            if rejection.operation != operation:
                continue
            if left > 1:
                self._waiting[index] = (rejection, left - 1)
            else:
                del self._waiting[index]
            return rejection
        return None


class Holds:
    """The held operations of a plan. Their calls go on when a plan is followed without them.

    A held call waits because a run was asked to look at what happens meanwhile.
    """

    def __init__(self) -> None:
        self._held: Sequence[str] = ()
        self._changed = threading.Condition()

    def follow(self, plan: Plan) -> None:
        """Hold the calls of this plan, and let go those of the last."""
        with self._changed:
            self._held = plan.held
            self._changed.notify_all()

    def wait(self, operation: str) -> None:
        """Return when a call may be answered."""
        with self._changed:
            self._changed.wait_for(
                lambda: operation not in self._held, timeout=_LONGEST_HOLD_SECONDS
            )


def _misuse(path: str, got: str, allowed: str, fix: str | None = None) -> MisuseError:
    return MisuseError(path, "not understood", got=got, allowed=allowed, fix=fix)
