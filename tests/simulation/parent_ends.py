"""What must hold of a workflow that runs trainers, beside what must hold of each of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constructs_trainers.workflows.train_task import WAIT_TIMED_OUT
from tests.simulation.interpreter import MOST_EVENTS, StateError
from tests.simulation.invariants import Violation
from tests.simulation.parent_run import LOST, REFUSED, TASK_FAILED, Child, ParentRun
from tests.simulation.values import Json

if TYPE_CHECKING:
    from tests.simulation.parent_world import ParentWorld

# How often a state tries to stop an execution.
_MOST_STOPS = 6


def of_start(world: ParentWorld, new: Child) -> Iterator[Violation]:
    """Of an execution that is about to be started."""
    for child in world.run.children:
        if child.place == new.place and child.is_running and child.is_awaited:
            yield Violation("two executions of a stage at once", f"{new.name} beside {child.name}")


def of_end(world: ParentWorld) -> Iterator[Violation]:
    """Of a workflow that came to an end, perhaps to be redriven."""
    run = world.run
    for child in run.children:
        if child.is_awaited and child.is_running and not _is_unstoppable(run, child):
            yield Violation("a child runs on beside a workflow that ended", child.name)
    if run.error is not None:
        yield from _of_failure(run, run.error)
    elif run.status == "SUCCEEDED":
        yield from _of_success(world, run)


def of_settled(world: ParentWorld) -> Iterator[Violation]:
    """Of all that has come to its end."""
    run = world.run
    for problem in run.execution.query_errors:
        yield Violation("an expression of the workflow fails", problem)
    if run.status == "RUNNING":
        yield Violation("the workflow is stuck", run.execution.state)
    if run.execution.events > MOST_EVENTS:
        yield Violation("the history of the workflow is full", run.execution.state)
    jobs = Counter(
        job.name
        for child in run.children
        for job in child.world.sagemaker.jobs.values()
        if job.is_ours
    )
    for name, count in jobs.items():
        if count > 1:
            yield Violation("two executions name a job alike", name)


def _is_unstoppable(run: ParentRun, child: Child) -> bool:
    """Whether nothing was left that could stop what did not end in time.

    What ends a branch from outside, an abort or the failure of another one, may come
    while this one's stopExecution is under way, or waits for the next try.
    """
    is_cut_off = run.error is not None and not run.error.cause.endswith(child.arn)
    is_ended = run.status == "ABORTED" or is_cut_off
    return child.is_late and (is_ended or child.refused_stops >= _MOST_STOPS)


def _of_failure(run: ParentRun, error: StateError) -> Iterator[Violation]:
    over = [child for child in run.children if not child.is_running]
    failed = [child.arn for child in over if child.world.run.status != "SUCCEEDED"]
    late = [child.arn for child in run.children if child.is_late]
    answered = None if run.last_start is None else run.last_start.error
    is_justified = {
        "InvalidExecutionInput": run.is_bad and not run.children,
        REFUSED.error: answered == REFUSED.error,
        LOST.error: answered == LOST.error,
        TASK_FAILED: any(f'"{arn}"' in error.cause for arn in failed),
        WAIT_TIMED_OUT: any(error.cause.endswith(arn) for arn in late),
    }
    if not is_justified.get(error.error, False):
        yield Violation("the workflow fails without reason", f"{error.error}: {error.cause}")


def _of_success(world: ParentWorld, run: ParentRun) -> Iterator[Violation]:
    if not world.workflow.stages:
        # ``train()`` puts out what the execution did, or what it is.
        last = run.children[-1]
        said = run.output.get("TrainingJobName") or run.output.get("ExecutionArn")
        if said != (_job(last) if last.is_awaited else last.arn):
            yield Violation("the workflow puts out what no execution did", str(run.output))
        return
    outputs: dict[str, list[Json]] = {}
    # The last one that a state started is the one that it went on with.
    children = {child.place: child for child in run.children}
    for stage, places in world.workflow.stages.items():
        found = run.output.get(stage)
        outputs[stage] = found if isinstance(found, list) else [found]
        jobs = [_job(children[place]) if place in children else None for place in places]
        if None in jobs or jobs != [one and one["TrainingJobName"] for one in outputs[stage]]:
            yield Violation("the workflow puts out what no stage did", f"{stage}: {found}")
            return
    for stage, source in world.workflow.sources.items():
        (place,) = world.workflow.stages[stage]
        given = children[place].world.run.input.get("SourceModelPackageArn")
        if given != outputs[source][0]["OutputModelPackageArn"]:
            yield Violation("a stage goes on from another model", f"{stage}: {given}")


def _job(child: Child) -> str | None:
    """The job of an execution that succeeded."""
    output = child.world.run.output
    return None if output is None else str(output["TrainingJobName"])
