"""A SageMaker that goes by a script: jobs, and the registry of reward functions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.conformance.moto_parts import TaskError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ACCOUNT = "arn:aws:sagemaker:us-west-2:123456789012"
GENERIC = "SageMaker.SageMakerException"
OLD = "2025-01-01T00:00:00Z"


@dataclass(frozen=True)
class Fault:
    """Calls that are answered with an error.

    Attributes:
        name: The error.
        cause: What it says.
        times: How many calls in a row.
        after: Whether the call has its effect all the same.
    """

    name: str
    cause: str
    times: int = 1
    after: bool = False


FOR_EVER = 10**6
_TEXT = "{} (Service: SageMaker, Status Code: 400, Request ID: r)"


def throttled(times: int) -> Fault:
    """Calls that come too fast."""
    return Fault(GENERIC, _TEXT.format("Rate exceeded"), times)


def limit(times: int) -> Fault:
    """A quota that is reached."""
    said = "The account-level service limit is 0 Instances"
    return Fault("SageMaker.ResourceLimitExceededException", _TEXT.format(said), times)


def refused(said: str, times: int = 1) -> Fault:
    """A request that is refused for good."""
    return Fault(GENERIC, _TEXT.format(said), times)


def lost(*, after: bool, times: int = 1) -> Fault:
    """An answer that does not arrive."""
    said = "Unable to execute HTTP request: Read timed out"
    return Fault("SageMaker.SdkClientException", said, times, after)


def fine(times: int = 1) -> Fault:
    """Calls that are answered as ever, between two faults."""
    return Fault("", "", times)


NOT_FOUND = refused("Requested resource not found.")


@dataclass(frozen=True, kw_only=True)
class Script:
    """What happens to an execution.

    Attributes:
        jobs: How jobs end: status, and FailureReason or SecondaryStatus. The last holds for all
            that follow.
        creates: Faults of CreateTrainingJob, one after the other.
        describes: Those of DescribeTrainingJob.
        stops: Those of StopTrainingJob.
        registry: Those of all calls that register a reward function.
        is_registered: Whether the registry and the reward function are there already.
        is_stuck: Whether the registry never becomes ready.
        is_older: Whether there is a job of the name from before the execution.
        sync: How ``.sync`` reports a job that did not complete: as ``failed``, as ``result``, or by
            an ``odd`` error.
    """

    jobs: Sequence[tuple[str, str | None]] = (("Completed", None),)
    creates: Sequence[Fault] = ()
    describes: Sequence[Fault] = ()
    stops: Sequence[Fault] = ()
    registry: Sequence[Fault] = ()
    is_registered: bool = False
    is_stuck: bool = False
    is_older: bool = False
    sync: str = "failed"


@dataclass
class _Job:
    end: tuple[str, str | None]
    created: str
    request: Mapping[str, Any]
    looks: int = 0


@dataclass
class SageMaker:
    """Answers calls by a script.

    Args:
        script: The script.
        now: Tells the time.

    Attributes:
        jobs: The jobs by name.
    """

    script: Script
    now: Callable[[], str]
    jobs: dict[str, _Job] = field(default_factory=dict)
    _registry: dict[str, int] = field(default_factory=dict)
    _used: dict[str, int] = field(default_factory=dict)

    def call(self, action: str, request: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """Answer a call.

        Raises:
            TaskError: The script says so, or SageMaker would.
        """
        if action.endswith(".sync") and action.startswith("createTrainingJob"):
            return self._run_job(request)
        answer: Callable[[Mapping[str, Any]], Any] = getattr(self, f"_{_snake(action)}")
        fault = self._fault(action)
        if fault is None:
            return answer(request)
        if fault.after:
            answer(request)
        raise TaskError(fault.name, fault.cause)

    def _fault(self, action: str) -> Fault | None:
        planned = {
            "createTrainingJob": self.script.creates,
            "describeTrainingJob": self.script.describes,
            "stopTrainingJob": self.script.stops,
        }
        group = action if action in planned else "registry"
        faults = planned.get(action, self.script.registry if "ub" in action else ())
        number = self._used[group] = self._used.get(group, -1) + 1
        for fault in faults:
            if number < fault.times:
                return fault if fault.name else None
            number -= fault.times
        return None

    def running(self) -> list[str]:
        """The jobs that run."""
        return [name for name, job in self.jobs.items() if job.end[0] == "InProgress"]

    def _create_training_job(self, request: Mapping[str, Any]) -> dict[str, Any]:
        name = request["TrainingJobName"]
        if self.script.is_older and not self.jobs:
            self.jobs[name] = _Job(("InProgress", None), OLD, request)
        if name in self.jobs:
            said = "Training job names must be unique within an AWS account and region"
            raise TaskError("SageMaker.ResourceInUseException", said)
        end = self.script.jobs[min(len(self.jobs), len(self.script.jobs) - 1)]
        self.jobs[name] = _Job(end, self.now(), request)
        return {"TrainingJobArn": f"{ACCOUNT}:training-job/{name}"}

    def _describe_training_job(self, request: Mapping[str, Any]) -> dict[str, Any]:
        name = request["TrainingJobName"]
        job = self._job(name)
        job.looks += 1
        # A job is found running once.
        status, detail = job.end if job.looks > 1 else ("InProgress", None)
        said = {key: value for key, value in job.request.items() if key != "Tags"}
        said |= {
            "TrainingJobArn": f"{ACCOUNT}:training-job/{name}",
            "TrainingJobStatus": status,
            "SecondaryStatus": detail if status == "Stopped" and detail else status,
            "CreationTime": job.created,
        }
        if status == "Failed" and detail is not None:
            said["FailureReason"] = detail
        if status == "Completed":
            said["ModelArtifacts"] = {"S3ModelArtifacts": "s3://amzn-s3-demo-bucket/model.tar.gz"}
            said["OutputModelPackageArn"] = f"{ACCOUNT}:model-package/group/1"
        return said

    def _stop_training_job(self, request: Mapping[str, Any]) -> dict[str, Any]:
        job = self._job(request["TrainingJobName"])
        if job.end[0] != "InProgress":
            raise TaskError(GENERIC, f"the training job is in status {job.end[0]}")
        job.end = ("Stopped", None)
        return {}

    def _job(self, name: str) -> _Job:
        if name not in self.jobs:
            raise TaskError(NOT_FOUND.name, NOT_FOUND.cause)
        return self.jobs[name]

    def _run_job(self, request: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """``createTrainingJob.sync``: create, wait for the end, and report it."""
        self.call("createTrainingJob", request)
        name = request["TrainingJobName"]
        self.jobs[name].looks = 1
        said = self._describe_training_job({"TrainingJobName": name})
        if said["TrainingJobStatus"] == "Completed" or self.script.sync == "result":
            return said
        error = "States.TaskFailed" if self.script.sync == "failed" else "SageMaker.OddException"
        raise TaskError(error, json.dumps(said))

    def _describe_hub(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"HubStatus": self._registered("Hub", "InService", "Creating")}

    def _describe_hub_content(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"HubContentStatus": self._registered("HubContent", "Available", "Importing")}

    def _create_hub(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return self._make("Hub")

    def _import_hub_content(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return self._make("HubContent")

    def _registered(self, what: str, ready: str, pending: str) -> str:
        if what not in self._registry and not self.script.is_registered:
            said = f"{what} does not exist"
            raise TaskError("SageMaker.ResourceNotFoundException", said)
        self._registry[what] = self._registry.get(what, 1) + 1
        is_pending = self._registry[what] == 1 or self.script.is_stuck
        return pending if is_pending else ready

    def _make(self, what: str) -> dict[str, Any]:
        if what in self._registry:
            raise TaskError("SageMaker.ResourceInUseException", f"{what} exists")
        self._registry[what] = 0
        return {f"{what}Arn": f"{ACCOUNT}:{what}/x"}


def _snake(action: str) -> str:
    plain = action.partition(".")[0]
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in plain)
