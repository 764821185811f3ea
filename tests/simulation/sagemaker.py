"""SageMaker as far as trainers and their stopper call it: training jobs and the registry."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from tests.simulation.clock import Clock
from tests.simulation.faults import GENERIC, IN_USE, LATE, NOT_FOUND, NOT_THERE, OLDER, RACE
from tests.simulation.interpreter import StateError
from tests.simulation.schedule import Schedule
from tests.simulation.values import Json

START: Final = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
"""When the clock of each simulation stands at 0."""

DAY: Final = 86_400
LATEST_SEEN: Final = 60
"""Seconds after which every job that exists is seen."""

TRANSIENT: Final = ("CapacityError", "InternalServerError")
"""What the FailureReason of a job begins with that deserves another attempt."""

_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
_ARN = "arn:aws:sagemaker:us-west-2:123456789012:training-job/"
_PACKAGE = "arn:aws:sagemaker:us-west-2:123456789012:model-package/group/"
_STOPPING_TAKES = 20
_SEEN_AFTER = (30, LATEST_SEEN, 0)
_LENGTHS = (2.5, 0, 1.2, 6, 20)
_LONG = 10
# The state of the registry in which nothing is ever ready.
_STUCK = 5
# Before the execution began.
_OLDER_SINCE = -4000


class Outcome(NamedTuple):
    """A job's end: its status, with the FailureReason or the SecondaryStatus."""

    status: str
    detail: str | None


_OUTCOMES = (
    Outcome("Completed", None),
    Outcome("Failed", "CapacityError: none"),
    Outcome("Failed", "InternalServerError: x"),
    Outcome("Failed", "ClientError: bad data"),
    Outcome("Failed", "AlgorithmError: x"),
    Outcome("Failed", None),
    Outcome("Stopped", "MaxRuntimeExceeded"),
    Outcome("Stopped", "MaxWaitTimeExceeded"),
    Outcome("Stopped", "Stopped"),
    Outcome("Failed", ""),
    Outcome("Stopped", "Interrupted"),
)


@dataclass(slots=True, kw_only=True)
class Job:
    """A training job.

    Attributes:
        name: Its name.
        created: When it was created.
        ends: When it ends by itself.
        outcome: How.
        seen: When it is there for those who ask.
        redrive: How often the execution had been redriven.
        attempt: The attempt that created it; 0 for a job of another execution.
        stopped: When it was told to stop.
    """

    name: str
    created: float
    ends: float
    outcome: Outcome
    seen: float
    redrive: int
    attempt: int
    stopped: float | None = None
    created_at: str = ""

    def __post_init__(self) -> None:
        self.created_at = timestamp(self.created)

    @property
    def is_ours(self) -> bool:
        """Whether the execution created it."""
        return self.attempt > 0

    def status(self, now: float) -> tuple[str, str | None]:
        """Its status, and what is said of it."""
        if self.stopped is not None and self.stopped < self.ends:
            is_over = now >= self.stopped + _STOPPING_TAKES
            return ("Stopped", "Stopped") if is_over else ("Stopping", "Stopping")
        return ("InProgress", "Training") if now < self.ends else self.outcome

    def described(self, now: float) -> Json:
        """What DescribeTrainingJob says."""
        status, detail = self.status(now)
        said: dict[str, Json] = {
            "TrainingJobName": self.name,
            "TrainingJobArn": _ARN + self.name,
            "TrainingJobStatus": status,
            "SecondaryStatus": detail if status in ("Stopped", "InProgress") else status,
            "CreationTime": self.created_at,
        }
        if status == "Failed" and detail is not None:
            said["FailureReason"] = detail
        if status == "Completed":
            said["ModelArtifacts"] = {"S3ModelArtifacts": "s3://amzn-s3-demo-bucket/m"}
            said["OutputModelPackageArn"] = f"{_PACKAGE}{self.name}"
        return said


def timestamp(seconds: float) -> str:
    """A time of the clock, as answers have it."""
    at = (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    return at.replace("+00:00", "Z")


class SageMaker:
    """The training jobs.

    Attributes:
        jobs: All that exist, by name.

    Args:
        clock: Its time.
        schedule: Its chance.
        interval: The seconds that jobs' lengths are multiples of.
        longest: How long a job takes at most.
        on_create: Told of each job before it is there.
        log: Told of what a reader of a schedule needs.
    """

    def __init__(
        self,
        clock: Clock,
        schedule: Schedule,
        *,
        interval: float,
        longest: float,
        on_create: Callable[[Job], None],
        log: Callable[[str, str], None],
    ) -> None:
        self.jobs: dict[str, Job] = {}
        self._clock, self._schedule, self._interval = clock, schedule, interval
        self._longest, self._on_create, self._log = longest, on_create, log
        self._last: Outcome | None = None

    def is_hidden(self, name: str) -> bool:
        """Whether a job may be taken for one that is not there: one of a minute ago is seen."""
        job = self.jobs.get(name)
        return job is None or self._clock.now <= job.created + LATEST_SEEN

    def create(self, name: str, kind: str, *, redrive: int, attempt: int) -> Json:
        """Create a job."""
        now = self._clock.now
        if not _NAME.fullmatch(name):
            raise StateError(GENERIC, f"validation error: {name} is no name for a job")
        if kind == OLDER and name not in self.jobs:
            self.jobs[name] = Job(
                name=name,
                created=_OLDER_SINCE,
                ends=now + 10 * DAY,
                outcome=_OUTCOMES[0],
                seen=0,
                redrive=0,
                attempt=0,
            )
        if name in self.jobs:
            raise StateError(IN_USE, "Training job names must be unique")
        outcome = self._outcome()
        seen = now
        if kind == LATE:
            seen += _SEEN_AFTER[self._schedule.draw(len(_SEEN_AFTER), "late: 30, 60, 0 seconds")]
        lengths = f"length of the job: {_LENGTHS} looks"
        length = _LENGTHS[self._schedule.draw(len(_LENGTHS), lengths, 0.3)] * self._interval
        if length > _LONG * self._interval and self._schedule.draw(2, "length to the limit", 0.2):
            length = self._longest
        job = Job(
            name=name,
            created=now,
            ends=now + length,
            outcome=outcome,
            seen=seen,
            redrive=redrive,
            attempt=attempt,
        )
        self._on_create(job)
        self.jobs[name] = job
        self._log("created", f"{name}: {outcome.status} {outcome.detail} after {length:.0f} s")
        return {"TrainingJobArn": _ARN + name}

    def _outcome(self) -> Outcome:
        # One that deserves another attempt is often followed by the next.
        last = self._last
        is_transient = last is not None and str(last.detail).startswith(TRANSIENT)
        if is_transient and last and self._schedule.draw(2, "ends as the one before", 0.8):
            return last
        rate = max(self._schedule.rate, 0.25)
        drawn = self._schedule.draw(len(_OUTCOMES), "ends of the job", rate)
        self._last = _OUTCOMES[drawn]
        return self._last

    def describe(self, name: str) -> Json:
        """Describe a job."""
        return self._find(name).described(self._clock.now)

    def stop(self, name: str) -> Job | None:
        """Stop a job; gives it when it ran."""
        job = self._find(name)
        status, _ = job.status(self._clock.now)
        if status not in ("InProgress", "Stopping"):
            raise StateError(GENERIC, f"The training job is in status {status}, and not stopped")
        return job if self.end(job) else None

    def end(self, job: Job) -> bool:
        """Have a job stopped; whether it ran."""
        runs = job.status(self._clock.now)[0] == "InProgress"
        if runs:
            job.stopped = self._clock.now
            self._log("stopped", job.name)
        return runs

    def _find(self, name: str) -> Job:
        job = self.jobs.get(name)
        if job is None or self._clock.now < job.seen:
            raise StateError(GENERIC, NOT_FOUND)
        return job


class Registry:
    """The account's hub, and the evaluator in it.

    What is being made can be used at the second look, or never.
    """

    _READY: Final = {"Hub": "InService", "HubContent": "Available"}
    _PENDING: Final = {"Hub": "Creating", "HubContent": "Importing"}
    _FAILED: Final = {"Hub": "CreateFailed", "HubContent": "ImportFailed"}

    def __init__(self, schedule: Schedule) -> None:
        self._states: dict[str, str | None] = {}
        self._is_stuck = False
        for what, ready in self._READY.items():
            pending = self._PENDING[what]
            states = (ready, None, pending, self._FAILED[what], "Deleting", pending, None, None)
            label = f"registry: {what} is {states}, or {pending} for ever"
            drawn = schedule.draw(len(states), label, 0.4)
            self._states[what] = states[drawn]
            self._is_stuck = self._is_stuck or drawn == _STUCK

    def describe(self, what: str) -> Json:
        """Describe ``Hub`` or ``HubContent``."""
        state = self._states[what]
        if state is None:
            raise StateError(NOT_THERE, f"{what} does not exist")
        if state == self._PENDING[what] and not self._is_stuck:
            self._states[what] = self._READY[what]
        reason = {"FailureReason": "no evaluator"} if state == self._FAILED[what] else {}
        return {f"{what}Status": state, **reason}

    def make(self, what: str, kind: str) -> Json:
        """Begin to make ``Hub`` or ``HubContent``."""
        if kind == RACE:
            self._states[what] = self._states[what] or self._PENDING[what]
        if self._states[what] is not None:
            raise StateError(IN_USE, f"{what} exists")
        self._states[what] = self._PENDING[what]
        return {f"{what}Arn": "arn"}
