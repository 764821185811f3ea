"""An execution of a workflow, which starts executions of trainers: aborts, redrives, its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.simulation.clock import Process
from tests.simulation.interpreter import Call, Execution, StateError
from tests.simulation.sagemaker import DAY, timestamp
from tests.simulation.trainer_run import Parent
from tests.simulation.values import Json
from tests.simulation.world import World

if TYPE_CHECKING:
    from tests.simulation.parent_world import ParentWorld

REFUSED: Final = StateError("StepFunctions.ThrottlingException", "Rate exceeded")
LOST: Final = StateError("StepFunctions.SdkClientException", "Read timed out")
TASK_FAILED: Final = "States.TaskFailed"

_ARN: Final = "arn:aws:states:us-west-2:123456789012:execution:Workflow:run-1"
_INPUTS: Final[tuple[Json, ...]] = ({}, {"Comment": "x"}, {"Nope": 1}, [], "x", {"First": 5})
_GOOD_INPUTS: Final = 2
_TAKES = 0.2
_ABORTED_AFTER = (None, 0, 3, 90, 1000, 2 * DAY)
# Just before or after an effect, half of what a call takes.
_AT_ONCE = (None, _TAKES / 2, 1.5 * _TAKES)
_REDRIVEN_AFTER = (None, 2, 300)
_MOST_REDRIVES = 2
_STARTS = ("fine", "refused", "started, and the answer is lost")
_STOPS = ("fine", "refused", "done, and the answer is lost")
_IN_A_ROW = (1, 5, 6, 10**6, 10**6)
_EXISTS = StateError("StepFunctions.ExecutionAlreadyExistsException", "Execution Already Exists")


@dataclass(kw_only=True)
class Child:
    """An execution that a state started.

    Attributes:
        name: Its name.
        place: The state, with the number of an item.
        world: Where it runs.
        is_awaited: Whether the state waits for its end, which it knows of when it was answered.
        is_late: Whether it did not end in time.
        refused_stops: How often the state could not stop it.
    """

    name: str
    place: str
    world: World
    is_awaited: bool
    is_late: bool = False
    refused_stops: int = 0

    @property
    def arn(self) -> str:
        """Its ARN."""
        return self.world.run.arn

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self.world.run.status == "RUNNING"

    def described(self) -> dict[str, Json]:
        """What DescribeExecution says when it is over."""
        run = self.world.run
        described = {"ExecutionArn": self.arn, "Status": run.status}
        if run.status == "SUCCEEDED":
            return {**described, "Output": run.output}
        return {**described, **(run.error.output if run.error is not None else {})}


class ParentRun:
    """The workflow's execution.

    Attributes:
        status: Its status.
        error: The error and the cause that it ended with.
        output: What it ended with instead.
        redrives: How often it was redriven.
        children: The executions that it started.
        last_start: What its last start was answered that failed, if any.

    Args:
        world: Where it runs.
        on_over: Told of each of its ends.
    """

    def __init__(self, world: ParentWorld, *, on_over: Callable[[], None]) -> None:
        self.status, self.redrives = "RUNNING", 0
        self.error: StateError | None = None
        self.output: Json = None
        self.children: list[Child] = []
        self.last_start: StateError | None = None
        self._stops = ("fine", 0)
        self._world, self._schedule, self._clock = world, world.schedule, world.clock
        self._on_over = on_over
        drawn = self._schedule.draw(len(_INPUTS), "input of the workflow", 0.05)
        self.is_bad = drawn >= _GOOD_INPUTS
        context = {
            "Id": _ARN,
            "Name": "run-1",
            "Input": _INPUTS[drawn],
            "StartTime": timestamp(0),
            "RedriveCount": 0,
        }
        # Nothing may rest on a state's being entered at another time after a redrive.
        self.execution = Execution(
            world.workflow.machine,
            world.values,
            _INPUTS[drawn],
            {"Execution": context, "State": {"EnteredTime": timestamp(0), "RetryCount": 0}},
            world.reached,
        )
        self._process = self._new_process()

    def start(self) -> None:
        """Begin, or begin again where it ended."""
        self._draw_abort("after", _ABORTED_AFTER, 0.4)
        self._process.go_on()

    def _new_process(self) -> Process:
        return Process(
            self._clock, self._schedule, self.execution.run(), self._ended, call=self._call
        )

    # How it ends.

    def _draw_abort(self, when: str, delays: tuple[float | None, ...], rate: float) -> None:
        label = f"abort of the workflow {when} {delays} seconds"
        seconds = delays[self._schedule.draw(len(delays), label, rate)]
        if seconds is not None:
            self._clock.after(seconds, partial(self._abort, self.redrives))

    def _abort(self, redrives: int) -> None:
        if self.status != "RUNNING" or redrives != self.redrives:
            return
        self.status = "ABORTED"
        self._world.log("ABORTED", f"the workflow, in {self.execution.state}")
        self._process.kill()
        self._on_over()
        self._leave()

    def _ended(self, result: Json, error: StateError | None) -> None:
        self.status = "SUCCEEDED" if error is None else "FAILED"
        self.output, self.error = result, error
        told = "" if error is None else f" {error.error} in {self.execution.state}"
        self._world.log(self.status, f"the workflow{told}")
        self._on_over()
        if error is not None:
            self._leave()

    def _leave(self) -> None:
        if self.redrives == _MOST_REDRIVES:
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
        self._draw_abort("at a call", _AT_ONCE, 0.05)
        if call.resource.endswith(":stopExecution"):
            self._clock.after(_TAKES, partial(self._stop, process, call.arguments))
            return
        label = f"startExecution is {_STARTS}"
        how = self._schedule.draw(len(_STARTS), label, self._schedule.rate / 4)
        if _STARTS[how] == "refused":
            self._clock.after(_TAKES, partial(self._fail, process, REFUSED))
        else:
            is_known = _STARTS[how] == "fine"
            self._clock.after(_TAKES, partial(self._begin, process, call, is_known=is_known))

    def _fail(self, process: Process, error: StateError) -> None:
        if not process.is_over:
            self.last_start = error
        process.go_on(error=error)

    def _begin(self, process: Process, call: Call, *, is_known: bool) -> None:
        """Start an execution, or find the one of the name as StartExecution does."""
        if process.is_over:
            return
        name, given = call.arguments["Name"], call.arguments["Input"]
        child = next((child for child in self.children if child.name == name), None)
        is_new = child is None
        if child is None:
            child = self._new_child(call)
        elif not child.is_running or child.world.run.input != given:
            self._fail(process, _EXISTS)
            return
        child.is_awaited = is_known and ".sync" in call.resource
        if not is_known:
            self._clock.after(_TAKES, partial(self._fail, process, LOST))
        elif child.is_awaited:
            self._wait(process, child, call.timeout)
        else:
            started = {"ExecutionArn": child.arn, "StartDate": timestamp(self._clock.now)}
            self._clock.after(_TAKES, partial(process.go_on, started))
        if is_new:
            child.world.run.start()

    def _new_child(self, call: Call) -> Child:
        name, machine = call.arguments["Name"], call.arguments["StateMachineArn"]
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        world = World(
            self._world.workflow.trainers[machine],
            self._schedule,
            self._world.values,
            self._world.reached,
            clock=self._clock,
            parent=Parent(arn, call.arguments["Input"], lambda: None),
        )
        child = Child(name=name, place=call.place, world=world, is_awaited=False)
        self._world.check_child(child)
        self.children.append(child)
        self._world.log("started", f"{name} in {call.place}")
        return child

    def _wait(self, process: Process, child: Child, timeout: float | None) -> None:
        """What an integration does that waits for an execution."""

        def on_over() -> None:
            process.on_kill = None
            if not process.is_over:
                self._draw_abort("at a child's end", _AT_ONCE, 0.05)
            described = child.described()
            error = None
            if child.world.run.status != "SUCCEEDED":
                error = StateError(TASK_FAILED, json.dumps(described))
            self._clock.after(_TAKES, partial(process.go_on, described, error))

        child.world.run.tell(on_over)
        process.on_kill = child.world.run.stop
        if timeout is not None:
            self._clock.after(timeout, partial(self._time_out, process, child))

    def _time_out(self, process: Process, child: Child) -> None:
        """Whether a child is stopped when its task times out is not documented."""
        if process.is_over or not child.is_running:
            return
        process.on_kill = None
        child.is_late = True
        self._world.log("timed out", child.name)
        child.world.run.tell(lambda: None)
        if self._schedule.draw(2, "timeout stops the child", 0.3):
            child.world.run.stop()
        process.go_on(error=StateError("States.Timeout", ""))

    def _stop(self, process: Process, arguments: Json) -> None:
        (child,) = (child for child in self.children if child.arn == arguments["ExecutionArn"])
        said, left = self._stops
        if left == 0:
            said = _STOPS[self._schedule.draw(len(_STOPS), f"stopExecution is {_STOPS}", 0.5)]
            label = f"stopExecution is {said} in a row: {_IN_A_ROW}"
            drawn = 0 if said == "fine" else self._schedule.draw(len(_IN_A_ROW), label, 0.7)
            left = _IN_A_ROW[drawn]
        self._stops = (said, left - 1)
        if said == "refused":
            child.refused_stops += 1
            process.go_on(error=StateError("Sfn.SfnException", "Rate exceeded"))
            return
        child.world.run.stop()
        if said == "fine":
            process.go_on({"StopDate": timestamp(self._clock.now)})
        else:
            process.go_on(error=StateError("Sfn.SdkClientException", "Read timed out"))
