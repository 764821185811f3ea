"""One simulation of a workflow: its execution, and the trainers' executions that it starts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from constructs_trainers.workflows.train_task import WAIT_TIMED_OUT
from tests.simulation import invariants
from tests.simulation.clock import Clock, Process
from tests.simulation.interpreter import MOST_EVENTS, Call, Execution, StateError
from tests.simulation.invariants import Violation
from tests.simulation.sagemaker import DAY, timestamp
from tests.simulation.schedule import Schedule
from tests.simulation.trainer_run import Parent
from tests.simulation.values import Json, Values
from tests.simulation.workflows import Workflow
from tests.simulation.world import MOST_STEPS, Entry, World

_ARN: Final = "arn:aws:states:us-west-2:123456789012:execution:Workflow:run-1"
_INPUTS: Final[tuple[Json, ...]] = ({}, {"Comment": "x"}, {"Nope": 1}, [], "x", {"First": 5})
_GOOD_INPUTS: Final = 2
_ABORTED_AFTER = (None, 0, 3, 90, 1000, 2 * DAY)
_REDRIVEN_AFTER = (None, 2, 300)
_MOST_REDRIVES = 2
_LOST = (0, 1, 2, 10**6)
_TAKES = 0.2
_REFUSED = StateError("StepFunctions.ThrottlingException", "Rate exceeded")
_TASK_FAILED = "States.TaskFailed"


@dataclass(frozen=True)
class Child:
    """An execution that a state started: its name, its world, and whether the state waits."""

    name: str
    world: World
    is_awaited: bool


class ParentRun:
    """The workflow's execution.

    Attributes:
        status: Its status.
        error: The error and the cause that it ended with.
        output: What it ended with instead.
        redrives: How often it was redriven.
        children: The executions that it started.
        refused: How often a start was refused.
    """

    def __init__(self, world: ParentWorld) -> None:
        self.status, self.redrives, self.refused = "RUNNING", 0, 0
        self.error: StateError | None = None
        self.output: Json = None
        self.children: list[Child] = []
        self._lost = 0
        self._world, self._schedule, self._clock = world, world.schedule, world.clock
        drawn = self._schedule.draw(len(_INPUTS), "input of the workflow", 0.05)
        self.is_bad = drawn >= _GOOD_INPUTS
        context = {
            "Id": _ARN,
            "Name": "run-1",
            "Input": _INPUTS[drawn],
            "StartTime": timestamp(0),
            "RedriveCount": 0,
        }
        self.execution = Execution(
            world.workflow.machine,
            world.values,
            _INPUTS[drawn],
            {"Execution": context, "State": {"EnteredTime": timestamp(0)}},
            world.reached,
        )
        self._process = self._new_process()

    def start(self) -> None:
        """Begin, or begin again where it ended."""
        label = f"abort of the workflow after {_ABORTED_AFTER} seconds"
        seconds = _ABORTED_AFTER[self._schedule.draw(len(_ABORTED_AFTER), label, 0.4)]
        if seconds is not None:
            self._clock.after(seconds, partial(self._abort, self.redrives))
        self._process.go_on()

    def _new_process(self) -> Process:
        return Process(
            self._clock, self._schedule, self.execution.run(), self._ended, call=self._call
        )

    def _abort(self, redrives: int) -> None:
        if self.status != "RUNNING" or redrives != self.redrives:
            return
        self.status = "ABORTED"
        self._world.log("ABORTED", f"the workflow, in {self.execution.state}")
        self._process.kill()
        self._check_children()
        self._leave()

    def _ended(self, result: Json, error: StateError | None) -> None:
        self.status = "SUCCEEDED" if error is None else "FAILED"
        self.output, self.error = result, error
        told = "" if error is None else f" {error.error} in {self.execution.state}"
        self._world.log(self.status, f"the workflow{told}")
        self._check_children()
        if error is not None:
            self._leave()

    def _check_children(self) -> None:
        """What a state waited for is over with it, or was told to stop."""
        for child in self.children:
            if child.is_awaited and child.world.run.status == "RUNNING":
                kind = "a child runs on beside a workflow that ended"
                self._world.violations.append(Violation(kind, child.name))

    def _leave(self) -> None:
        # Step Functions goes on with the branches that failed; the interpreter knows one state.
        if not self._world.workflow.is_sequence or self.redrives == _MOST_REDRIVES:
            return
        label = f"redrive of the workflow after {_REDRIVEN_AFTER} seconds"
        seconds = _REDRIVEN_AFTER[self._schedule.draw(len(_REDRIVEN_AFTER), label, 0.4)]
        if seconds is not None:
            self._clock.after(seconds, self._redrive)

    def _redrive(self) -> None:
        self.redrives += 1
        self._world.log("REDRIVEN", f"the workflow, into {self.execution.state}")
        context = self.execution.context
        context["Execution"] = {**context["Execution"], "RedriveCount": self.redrives}
        self.status, self.error = "RUNNING", None
        self._process = self._new_process()
        self.start()

    # What it calls.

    def _call(self, process: Process, call: Call) -> None:
        if call.resource.endswith(":stopExecution"):
            self._clock.after(_TAKES, partial(self._stop, process, call.arguments))
        elif self._schedule.draw(2, "startExecution is refused", self._schedule.rate / 4):
            self.refused += 1
            self._clock.after(_TAKES, partial(process.go_on, None, _REFUSED))
        else:
            self._clock.after(_TAKES, partial(self._begin, process, call))

    def _begin(self, process: Process, call: Call) -> None:
        if process.is_over:
            return
        is_awaited = ".sync" in call.resource
        name, world = call.arguments["Name"], self._world
        if any(child.name == name for child in self.children):
            world.violations.append(Violation("an execution is started twice", name))

        def on_over() -> None:
            if is_awaited:
                process.on_kill = None
                result, error = _told(child)
                self._clock.after(_TAKES, partial(process.go_on, result, error))

        trainer = world.workflow.trainers[call.arguments["StateMachineArn"]]
        parent = Parent(call.arguments["Input"], on_over)
        child = Child(
            name,
            World(
                trainer,
                self._schedule,
                world.values,
                world.reached,
                clock=self._clock,
                parent=parent,
            ),
            is_awaited,
        )
        self.children.append(child)
        world.log("started", name)
        if is_awaited:
            process.on_kill = child.world.run.stop
            if call.timeout is not None:
                self._clock.after(call.timeout, partial(self._time_out, process, child))
        else:
            started = {"ExecutionArn": _arn(name), "StartDate": timestamp(self._clock.now)}
            self._clock.after(_TAKES, partial(process.go_on, started))
        child.world.run.start()

    def _time_out(self, process: Process, child: Child) -> None:
        """Whether a child is stopped when its task times out is not documented."""
        run = child.world.run
        if process.is_over or run.status != "RUNNING":
            return
        process.on_kill = None
        self._world.log("timed out", child.name)
        error = StateError("States.Timeout", "")
        child.world.forget_parent()
        if self._schedule.draw(2, "timeout stops the child", 0.3):
            run.stop()
        process.go_on(error=error)

    def _stop(self, process: Process, arguments: Json) -> None:
        for child in self.children:
            if arguments["ExecutionArn"].endswith(f":{child.name}"):
                child.world.run.stop()
        label = f"stopExecution's answers are lost: {_LOST}"
        if self._lost == 0:
            self._lost = _LOST[self._schedule.draw(len(_LOST), label, 0.3)]
        if self._lost:
            self._lost -= 1
            process.go_on(error=StateError("Sfn.SdkClientException", "Read timed out"))
        else:
            process.go_on({"StopDate": timestamp(self._clock.now)})


class ParentWorld:
    """A workflow and all that it starts.

    Attributes:
        violations: What is wrong, with its kind.
        entries: What happened.

    Args:
        workflow: The definitions.
        schedule: What is decided.
        values: What evaluates expressions.
        reached: Where states and branches are put that are got to.
    """

    def __init__(
        self, workflow: Workflow, schedule: Schedule, values: Values, reached: set[tuple[str, str]]
    ) -> None:
        self.workflow, self.schedule = workflow, schedule
        self.values, self.reached = values, reached
        self.violations: list[Violation] = []
        self.entries: list[Entry] = []
        self.clock = Clock()
        self.run = ParentRun(self)

    def settle(self) -> None:
        """Let everything happen, and judge it."""
        self.run.start()
        if not self.clock.run(MOST_STEPS):
            self.violations.append(Violation("never ends", f"in {self.run.execution.state}"))
            return
        for child in self.run.children:
            self.violations += [*child.world.violations, *invariants.of_settled(child.world)]
            self.entries += child.world.entries
        self.entries.sort(key=lambda entry: entry.at)
        self.violations += _of_settled(self)

    def log(self, what: str, detail: str) -> None:
        """Keep what a reader of the schedule needs."""
        self.entries.append(Entry(self.clock.now, what, detail))


def _told(child: Child) -> tuple[Json, StateError | None]:
    """What a state learns of the end of its child."""
    run = child.world.run
    described: dict[str, Json] = {"ExecutionArn": _arn(child.name), "Status": run.status}
    if run.status == "SUCCEEDED":
        return {**described, "Output": run.output}, None
    if run.error is not None:
        described |= run.error.output
    return None, StateError(_TASK_FAILED, json.dumps(described))


def _arn(name: str) -> str:
    return f"arn:aws:states:us-west-2:123456789012:execution:serverless:{name}"


def _of_settled(world: ParentWorld) -> Iterator[Violation]:
    """What must hold of a workflow that has come to its end."""
    run = world.run
    for problem in run.execution.query_errors:
        yield Violation("an expression of the workflow fails", problem)
    if run.status == "RUNNING":
        yield Violation("the workflow is stuck", run.execution.state)
    if run.execution.events > MOST_EVENTS:
        yield Violation("the history of the workflow is full", run.execution.state)
    if run.error is not None:
        yield from _of_failure(run, run.error)
    elif run.status == "SUCCEEDED":
        yield from _of_success(world, run)


def _of_failure(run: ParentRun, error: StateError) -> Iterator[Violation]:
    failed = [child for child in run.children if child.world.run.status != "SUCCEEDED"]
    is_justified = {
        "InvalidExecutionInput": run.is_bad and not run.children,
        _REFUSED.error: run.refused > 0,
        _TASK_FAILED: bool(failed),
        WAIT_TIMED_OUT: bool(run.children),
    }
    if not is_justified.get(error.error, False):
        yield Violation("the workflow fails without reason", f"{error.error}: {error.cause}")


def _of_success(world: ParentWorld, run: ParentRun) -> Iterator[Violation]:
    done = [child.world.run for child in run.children if child.world.run.status == "SUCCEEDED"]
    jobs = {child.output["TrainingJobName"]: child for child in done}
    outputs: dict[str, list[Json]] = {}
    for stage, times in world.workflow.stages.items():
        found = run.output.get(stage)
        outputs[stage] = found if isinstance(found, list) else [found]
        is_right = all(one and one["TrainingJobName"] in jobs for one in outputs[stage])
        if len(outputs[stage]) != times or not is_right:
            yield Violation("the workflow puts out what no stage did", f"{stage}: {found}")
            return
    for stage, source in world.workflow.sources.items():
        child = jobs[outputs[stage][0]["TrainingJobName"]]
        given = child.input.get("SourceModelPackageArn")
        if given != outputs[source][0]["OutputModelPackageArn"]:
            yield Violation("a stage goes on from another model", f"{stage}: {given}")
