"""What must hold in every simulation, whatever goes wrong.

``ends.py`` holds each end of an execution against what was answered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constructs_trainers.workflows.stop_jobs import COULD_NOT_STOP
from tests.simulation.ends import Violation, of_end
from tests.simulation.interpreter import MOST_EVENTS
from tests.simulation.sagemaker import Job
from tests.simulation.services import Asked
from tests.simulation.values import Json

if TYPE_CHECKING:
    from tests.simulation.stopper_run import StopperRun
    from tests.simulation.world import World

__all__ = ["Violation", "of_call", "of_created", "of_end", "of_settled", "of_stopped"]

_LEGAL_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
# The one state that looks for a job without knowing whether there is one.
_MAY_LOOK_FOR_NOTHING = "FindTrainingJob"
# A job that may run was asked for this often at least.
_LEAST_LOOKS = 15


def of_call(world: World, asked: Asked) -> Iterator[Violation]:
    """Of what the execution asks for."""
    name = asked.arguments.get("TrainingJobName")
    if asked.action == "createTrainingJob":
        if not _LEGAL_NAME.fullmatch(name):
            yield Violation("illegal name for a job", name)
        sent = {key: value for key, value in asked.arguments.items() if key != "TrainingJobName"}
        if sent != _reviewed(world):
            yield Violation("another request than the reviewed one", str(sent))
    elif asked.action == "describeTrainingJob" and name not in world.sagemaker.jobs:
        state = world.run.execution.state
        if state != _MAY_LOOK_FOR_NOTHING:
            yield Violation("asks for a job that never was", f"{name} in {state}")


def _reviewed(world: World) -> Json:
    """The request in the definition, with what the execution's input names."""
    request = world.trainer.begin["request"]
    package = world.run.input.get("SourceModelPackageArn")
    if package is not None:
        config = request.get("ModelPackageConfig", {})
        request = {**request, "ModelPackageConfig": {**config, "SourceModelPackageArn": package}}
    dataset = world.run.input.get("TrainingDataset")
    if dataset is None:
        return request
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": dataset,
        "S3DataDistributionType": "FullyReplicated",
    }
    channel = {"ChannelName": "train", "DataSource": {"S3DataSource": source}}
    return {**request, "InputDataConfig": [channel]}


def of_created(world: World, new: Job) -> Iterator[Violation]:
    """Of a job that is about to be there."""
    now = world.clock.now
    for job in world.sagemaker.jobs.values():
        if not job.is_ours or job.redrive != new.redrive:
            continue
        if job.attempt == new.attempt:
            yield Violation("two jobs of an attempt", f"{new.name} beside {job.name}")
        elif job.status(now)[0] == "InProgress":
            yield Violation("two jobs at once", f"{new.name} beside {job.name}")


def of_stopped(world: World, job: Job) -> Iterator[Violation]:
    """Of a job that the stopper stopped while it ran."""
    if world.run.status == "RUNNING" and job.is_ours and job.redrive == world.run.redrives:
        yield Violation("the stopper stops a job of the running execution", job.name)


def of_settled(world: World) -> Iterator[Violation]:
    """Of all that has come to its end."""
    run = world.run
    for problem in run.execution.query_errors:
        yield Violation("an expression fails", problem)
    if run.status == "RUNNING":
        yield Violation("stuck", f"in {run.execution.state}")
    if run.execution.events > MOST_EVENTS:
        yield Violation("the history is full", f"in {run.execution.state}")
    created = Counter(job.redrive for job in world.sagemaker.jobs.values() if job.is_ours)
    if max(created.values(), default=0) > world.trainer.begin["maxAttempts"]:
        yield Violation("more jobs than attempts", str(created))
    for stopper in world.stoppers:
        yield from _of_stopper(stopper)
    for job in world.sagemaker.jobs.values():
        if job.is_ours and job.status(world.clock.now)[0] == "InProgress":
            yield from _of_left(world, job)


def _of_left(world: World, job: Job) -> Iterator[Violation]:
    """Of a job that runs although nobody follows it."""
    # The stopper that was told last knows all names.
    last = max(world.stoppers, key=lambda stopper: stopper.redrives, default=None)
    is_told = last is not None and last.error is not None
    if last is not None and last.error is not None and job.name in last.error.cause:
        return
    if is_told and last is not None and last.goes_by_rule:
        # A deployment had changed what the rule says: at best it tells that it found none.
        return
    kind = "the stopper names other jobs than the one that runs" if is_told else "a job is left"
    yield Violation(kind, f"{job.name} of an execution that is {world.run.status}")


def _of_stopper(stopper: StopperRun) -> Iterator[Violation]:
    for problem in stopper.execution.query_errors:
        yield Violation("an expression of the stopper fails", problem)
    if stopper.execution.events > MOST_EVENTS:
        yield Violation("the history of the stopper is full", str(stopper.execution.events))
    if stopper.status == "RUNNING":
        yield Violation("the stopper is stuck", stopper.execution.state)
    if stopper.error is None:
        return
    if stopper.error.error != COULD_NOT_STOP or not stopper.error.cause:
        yield Violation("an error of the stopper is unhandled", str(stopper.error))
    elif stopper.running:
        yield from _of_given_up(stopper, stopper.error.cause)
    elif stopper.has_read:
        # Who could not read what the names are made of cannot say that all is well.
        yield Violation("the stopper finds no job", stopper.error.cause)


def _of_given_up(stopper: StopperRun, cause: str) -> Iterator[Violation]:
    """Of a stopper that says which jobs may still run."""
    if not stopper.faults:
        yield Violation("the stopper fails for nothing", cause)
    for name in stopper.running:
        if stopper.asked[name] < _LEAST_LOOKS:
            yield Violation("the stopper gives up early", f"{name}: {stopper.asked[name]} times")
        if name not in cause:
            yield Violation("the stopper does not name a job that may run", name)
