"""The embedded SageMaker: the calls that trainers, their stacks and their stopper make."""

from __future__ import annotations

import copy
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import RequestError
from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.hubs import HubContents, PrivateHubs
from constructs_trainers.local.plan import Holds, Rejections
from constructs_trainers.local.training_jobs import ModelPackageGroups, TrainingJobs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_trainers.local.plan import Plan
    from constructs_trainers.values.arns import Environment


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


class SageMaker:
    """Training jobs, model package groups, hubs and their content, as far as trainers use them.

    What the API's model refuses is refused by the check that trainers are held against at synth.

    Args:
        hub_contents: What DescribeHubContent and ListHubContents answer from, but for hubs that
            CreateHub made. Default: nothing is found.

    Attributes:
        groups: The model package groups.
        holds: The calls that wait. Whoever calls from a thread of its own asks it before.
        silent_deletions: Set while executions of deleted machines end without a status event.
    """

    def __init__(self, hub_contents: HubContents | None = None) -> None:
        self._hub_contents = hub_contents or HubContents()
        self._calls: list[Call] = []
        self.groups = ModelPackageGroups()
        self.holds = Holds()
        self.silent_deletions = threading.Event()
        self._jobs = TrainingJobs(self.groups)
        self._hubs = PrivateHubs()
        self._rejections = Rejections()
        # Step Functions calls from a thread for each execution, HTTP from the server's loop.
        self._lock = threading.Lock()
        self._operations: Mapping[
            str, Callable[[Environment, Mapping[str, Any]], dict[str, Any]]
        ] = {
            "CreateTrainingJob": self._jobs.create,
            "DescribeTrainingJob": self._jobs.describe,
            "StopTrainingJob": self._jobs.stop,
            "ListTrainingJobs": self._jobs.list,
            "DescribeModelPackageGroup": self.groups.describe,
            "ListModelPackageGroups": self.groups.list,
            "CreateHub": self._hubs.create,
            "DescribeHub": self._hubs.describe,
            "ImportHubContent": self._hubs.import_content,
            "DescribeHubContent": self._describe_hub_content,
            "ListHubContents": lambda _, request: self._hub_contents.list(request),
        }

    def follow(self, plan: Plan) -> None:
        """Script the calls that come from now on, and what they make."""
        with self._lock:
            self._jobs.follow(plan)
            self._hubs.follow(plan)
            self._rejections.follow(plan)
        if plan.silent_deletions:
            self.silent_deletions.set()
        else:
            self.silent_deletions.clear()
        self.holds.follow(plan)

    def call(
        self, operation: str, place: Environment, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer a call and record it.

        Args:
            operation: The API's name, such as ``CreateTrainingJob``.
            place: The account and region that it was sent to.
            request: Its members. Times are answered in seconds since the epoch.

        Raises:
            ApiError: The request is refused.
        """
        try:
            answer = self._answer(operation, place, request)
        except ApiError as error:
            self._record(operation, place, request, error.code)
            raise
        self._record(operation, place, request, None)
        return answer

    def calls(self, *, since: int = 0) -> list[Call]:
        """Every call that came, in that order, but the first ``since`` (default: none left out)."""
        with self._lock:
            return self._calls[since:]

    def look_at_job(self, place: Environment, name: str) -> dict[str, Any]:
        """A job as those hear of it who wait for its end: it is no call, and none that can fail."""
        with self._lock:
            return self._jobs.describe(place, {"TrainingJobName": name})

    def _record(
        self, operation: str, place: Environment, request: Mapping[str, Any], error: str | None
    ) -> None:
        sent = copy.deepcopy(dict(request))
        call = Call(operation=operation, region=place.region, request=sent, error=error)
        with self._lock:
            self._calls.append(call)

    def _answer(
        self, operation: str, place: Environment, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        from constructs_trainers.jobs.request.check import check_request

        handler = self._operations.get(operation)
        if handler is None:
            message = f"The embedded engine does not answer {operation}"
            raise ApiError("UnknownOperationException", message)
        try:
            check_request(request, operation)
        except RequestError as error:
            count = len(error.problems)
            details = "; ".join(" ".join(str(problem).split()) for problem in error.problems)
            noun = "error" if count == 1 else "errors"
            message = f"{count} validation {noun} detected: {details}"
            raise ApiError("ValidationException", message) from error
        with self._lock:
            rejection = self._rejections.next(operation)
            if rejection is not None and not rejection.job_created:
                raise rejection.error()
            answer = handler(place, request)
            if rejection is not None:
                if rejection.job_age:
                    self._jobs.backdate(place, request, rejection.job_age)
                raise rejection.error()
            return answer

    def _describe_hub_content(
        self, place: Environment, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        if self._hubs.has(place, request["HubName"]):
            return self._hubs.describe_content(place, request)
        return self._hub_contents.describe(request)
