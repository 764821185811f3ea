"""Training jobs that run for a few looks at them and then end as planned, and their models."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.plan import Plan
from constructs_trainers.values.arns import is_arn, last_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.local.plan import Outcome
    from constructs_trainers.values.arns import Environment

# What a job goes through, one phase for each time it is described: enough of them that whoever
# polls has to go round its loop.
_PHASES: Final = ("Starting", "Downloading", "Training")
_STEPS_PER_EPOCH: Final = 10
# DescribeTrainingJob gives back what CreateTrainingJob was sent, but for these.
_NOT_DESCRIBED: Final = frozenset({"Tags", "SessionChainingConfig"})
_RUNNING: Final = frozenset({"InProgress", "Stopping"})


class ModelPackageGroups:
    """The model package groups of all accounts and regions, to which jobs add versions."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Environment, str], dict[str, Any]] = {}
        self._versions: dict[str, int] = {}

    def create(self, place: Environment, request: Mapping[str, Any]) -> str:
        """Create a group and give its ARN.

        Raises:
            ApiError: There is one of that name.
        """
        name = request["ModelPackageGroupName"]
        if (place, name) in self._groups:
            raise ApiError("ValidationException", f"Model Package Group already exists: {name}")
        arn = place.arn("sagemaker", f"model-package-group/{name}")
        self._groups[place, name] = {
            "ModelPackageGroupName": name,
            "ModelPackageGroupArn": arn,
            "CreationTime": time.time(),
            "CreatedBy": {},
            "ModelPackageGroupStatus": "Completed",
        }
        if description := request.get("ModelPackageGroupDescription"):
            self._groups[place, name]["ModelPackageGroupDescription"] = description
        return arn

    def delete(self, place: Environment, name_or_arn: str) -> None:
        """Delete a group; one that does not exist is no error."""
        self._groups.pop((place, last_name(name_or_arn)), None)

    def describe(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer DescribeModelPackageGroup.

        Raises:
            ApiError: There is no such group.
        """
        name = request["ModelPackageGroupName"]
        group = self._groups.get((place, last_name(name)))
        if group is None:
            raise ApiError("ValidationException", f"ModelPackageGroup {name} does not exist.")
        return dict(group)

    def list(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer ListModelPackageGroups; of the filters, ``NameContains``."""
        wanted = request.get("NameContains", "")
        summaries = [
            {member: value for member, value in group.items() if member != "CreatedBy"}
            for (owner, name), group in self._groups.items()
            if owner == place and wanted in name
        ]
        return {"ModelPackageGroupSummaryList": summaries}

    def add_version(self, place: Environment, group: str) -> str:
        """Register a new model package in a group, given by name or ARN, and give its ARN.

        The group need not be known here: an app may use one that another app made.
        """
        key = group if is_arn(group) else place.arn("sagemaker", f"model-package-group/{group}")
        self._versions[key] = self._versions.get(key, 0) + 1
        return place.arn("sagemaker", f"model-package/{last_name(group)}/{self._versions[key]}")


@dataclass(kw_only=True)
class TrainingJob:
    """A job as CreateTrainingJob made it, and how far it has come."""

    arn: str
    request: dict[str, Any]
    outcome: Outcome
    created: float = field(default_factory=time.time)
    status: str = "InProgress"
    transitions: list[tuple[str, float]] = field(default_factory=list)
    ended: float | None = None
    package_arn: str | None = None

    def __post_init__(self) -> None:
        """Begin the first phase."""
        self.transitions.append((_PHASES[0], self.created))

    @property
    def secondary_status(self) -> str:
        """The phase that the job is in."""
        return self.transitions[-1][0]

    def advance(self) -> None:
        """Go on to the next phase; the last one leads to the planned end."""
        if self.status == "Stopping":
            self._end("Stopped", "Stopped")
        elif self.status == "InProgress":
            following = _PHASES.index(self.secondary_status) + 1
            if following < len(_PHASES):
                self.transitions.append((_PHASES[following], time.time()))
            elif not self.outcome.endless:
                self._end(self.outcome.status, self.outcome.secondary_status)

    def stop(self) -> None:
        """Begin to stop: the next look finds the job stopped."""
        self.status = "Stopping"
        self.transitions.append(("Stopping", time.time()))

    def _end(self, status: str, secondary_status: str) -> None:
        self.ended = time.time()
        self.status = status
        self.transitions.append((secondary_status, self.ended))


class TrainingJobs:
    """The training jobs of all accounts and regions.

    Args:
        packages: Where completed jobs register their models.
    """

    def __init__(self, packages: ModelPackageGroups) -> None:
        self._jobs: dict[tuple[Environment, str], TrainingJob] = {}
        self._packages = packages
        self._plan = Plan()
        self._submitted = 0

    def follow(self, plan: Plan) -> None:
        """Script the jobs submitted from now on. Those that exist end as they were to end."""
        self._plan = plan
        self._submitted = 0

    def create(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer CreateTrainingJob.

        Raises:
            ApiError: A job has this name.
        """
        name = request["TrainingJobName"]
        if (place, name) in self._jobs:
            message = f"Training job names must be unique within an AWS account and region: {name}"
            raise ApiError("ResourceInUse", message)
        outcomes = self._plan.outcomes
        job = TrainingJob(
            arn=place.arn("sagemaker", f"training-job/{name.lower()}"),
            request=copy.deepcopy(dict(request)),
            outcome=outcomes[min(self._submitted, len(outcomes) - 1)],
        )
        self._submitted += 1
        self._jobs[place, name] = job
        return {"TrainingJobArn": job.arn}

    def backdate(self, place: Environment, request: Mapping[str, Any], seconds: float) -> None:
        """Let a job have been created earlier than it was."""
        self._get(place, request["TrainingJobName"]).created -= seconds

    def describe(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer DescribeTrainingJob, and let the job go on.

        Raises:
            ApiError: There is no such job.
        """
        job = self._get(place, request["TrainingJobName"])
        answer = {k: v for k, v in job.request.items() if k not in _NOT_DESCRIBED}
        answer |= {
            "TrainingJobArn": job.arn,
            "TrainingJobStatus": job.status,
            "SecondaryStatus": job.secondary_status,
            "SecondaryStatusTransitions": _transitions(job),
            "CreationTime": job.created,
            "TrainingStartTime": job.created,
            "LastModifiedTime": job.transitions[-1][1],
        }
        if "ServerlessJobConfig" in job.request:
            answer["ProgressInfo"] = _progress(job)
        if job.ended is not None:
            answer |= self._ending(place, job, job.ended)
        if job.status in _RUNNING:
            job.advance()
        return answer

    def stop(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer StopTrainingJob.

        Raises:
            ApiError: There is no such job, or it has ended.
        """
        job = self._get(place, request["TrainingJobName"])
        if job.status not in _RUNNING:
            message = "The request was rejected because the training job is in status " + job.status
            raise ApiError("ValidationException", message)
        if job.status == "InProgress":
            job.stop()
        return {}

    def list(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer ListTrainingJobs, newest first; of the filters, NameContains and StatusEquals."""
        wanted, status = request.get("NameContains", ""), request.get("StatusEquals")
        summaries: list[dict[str, Any]] = []
        for (owner, name), job in reversed(self._jobs.items()):
            if owner != place or wanted not in name or status not in {None, job.status}:
                continue
            summary: dict[str, Any] = {
                "TrainingJobName": name,
                "TrainingJobArn": job.arn,
                "CreationTime": job.created,
                "LastModifiedTime": job.transitions[-1][1],
                "TrainingJobStatus": job.status,
                "SecondaryStatus": job.secondary_status,
            }
            summaries.append(summary | ({"TrainingEndTime": job.ended} if job.ended else {}))
        return {"TrainingJobSummaries": summaries}

    def _get(self, place: Environment, name: str) -> TrainingJob:
        job = self._jobs.get((place, name))
        if job is None:
            raise ApiError("ValidationException", "Requested resource not found.")
        return job

    def _ending(self, place: Environment, job: TrainingJob, ended: float) -> dict[str, Any]:
        seconds = max(1, math.ceil(ended - job.created))
        ending: dict[str, Any] = {
            "TrainingEndTime": ended,
            "TrainingTimeInSeconds": seconds,
            "BillableTimeInSeconds": seconds,
        }
        if "MlflowConfig" in job.request:
            run = sha256(job.arn.encode()).hexdigest()
            ending["MlflowDetails"] = {"MlflowExperimentId": run[:8], "MlflowRunId": run[:32]}
        if job.status == "Failed":
            ending["FailureReason"] = job.outcome.failure_reason
        if job.status == "Completed":
            ending["ModelArtifacts"] = {"S3ModelArtifacts": _artifacts(job.request)}
            group = job.request.get("ModelPackageConfig", {}).get("ModelPackageGroupArn")
            if group:
                job.package_arn = job.package_arn or self._packages.add_version(place, group)
                ending["OutputModelPackageArn"] = job.package_arn
        return ending


def _artifacts(request: Mapping[str, Any]) -> str:
    output = request["OutputDataConfig"]
    artifact = "model/" if output.get("CompressionType") == "NONE" else "model.tar.gz"
    prefix = output["S3OutputPath"].rstrip("/")
    return f"{prefix}/{request['TrainingJobName']}/output/{artifact}"


def _progress(job: TrainingJob) -> dict[str, int]:
    done = {"Completed": _STEPS_PER_EPOCH, "Training": _STEPS_PER_EPOCH // 2}
    return {
        "TotalStepCountPerEpoch": _STEPS_PER_EPOCH,
        "CurrentStep": done.get(job.secondary_status, 0),
        "CurrentEpoch": 1,
        "MaxEpoch": 1,
    }


def _transitions(job: TrainingJob) -> list[dict[str, Any]]:
    ends = [start for _, start in job.transitions[1:]]
    described: list[dict[str, Any]] = [
        {"Status": status, "StartTime": start, "EndTime": end}
        for (status, start), end in zip(job.transitions, [*ends, job.ended], strict=True)
    ]
    if job.ended is None:
        del described[-1]["EndTime"]
    return described
