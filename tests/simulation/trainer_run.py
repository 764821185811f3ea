"""An execution of a trainer, from its start over aborts and redrives to its last end."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.simulation.clock import Process
from tests.simulation.interpreter import Call, Execution, Sleep, StateError
from tests.simulation.sagemaker import DAY, timestamp
from tests.simulation.services import Answer, Asked
from tests.simulation.values import Json

if TYPE_CHECKING:
    from tests.simulation.world import World

ARN: Final = "arn:aws:states:us-west-2:123456789012:execution:Trainer:run-1"
GOOD_INPUTS: Final[tuple[Json, ...]] = (
    {},
    {"TrainingDataset": "s3://amzn-s3-demo-bucket/data/b"},
    {"Comment": "read by nobody"},
)
BAD_INPUTS: Final[tuple[Json, ...]] = (
    *([], "x", 5, {"Foo": 1}, {"HyperParameters": {"learning_rate": 5}}, {"HyperParameters": [1]}),
    *({"TrainingDataset": "file:///x"}, {"TrainingDataset": "s3://another-bucket/data/b"}),
    *({"HyperParameters": {"nope": 1}}, {"SourceModelPackageArn": 1}),
)

_BEFORE, _DURING, _AFTER_EFFECT = "before", "during", "after its effect"
_PHASES = (_BEFORE, _DURING, _AFTER_EFFECT)
_POINTS, _MORE_POINTS = 13, 5
_REDRIVEN_AFTER = (None, 2, 0.2, 300, 7200, DAY)
_MOST_REDRIVES = 3
_ANSWERED_AFTER = 0.1
_SYNC_LOOKS = 5
_SYNC_REPORTS = ("a failed task", "a result", "an error of another name")
_OVER = ("Completed", "Failed", "Stopped")


class Parent(NamedTuple):
    """What started an execution, in place of a person.

    Attributes:
        arn: The ARN of the execution.
        given: The input that it gave.
        on_over: Told of the end, whatever it is.
    """

    arn: str
    given: Json
    on_over: Callable[[], None]


class Answered(NamedTuple):
    """What the execution asked and was told.

    Attributes:
        action: The action.
        said: ``FINE``, the fault, or the name of the service's own error.
        result: The service's answer.
        state: The state that asked.
        redrive: How often the execution had been redriven.
    """

    action: str
    said: str
    result: Json
    state: str
    redrive: int


class TrainerRun:
    """The execution.

    Attributes:
        arn: Its ARN.
        status: Its status.
        error: The error and the cause that it ended with.
        output: What it ended with instead.
        redrives: How often it was redriven.
        answers: All that it asked and was told.
        calls: The same for another interpreter: action, arguments, result, error with Cause.

    Args:
        world: Where it runs.
        on_end: Told of each end that is its own.
        on_leave: Told of each end that may leave a job behind.
        parent: What started it, and is told of its only end; None for a person, who redrives it.
    """

    def __init__(
        self,
        world: World,
        *,
        on_end: Callable[[], None],
        on_leave: Callable[[], None],
        parent: Parent | None = None,
    ) -> None:
        self.status, self.redrives = "RUNNING", 0
        self.error: StateError | None = None
        self.output: Json = None
        self.answers: list[Answered] = []
        self.calls: list[list[Json]] = []
        self._world, self._schedule, self._clock = world, world.schedule, world.clock
        self._on_end, self._on_leave = on_end, on_leave
        self._parent = parent
        self.arn = ARN if parent is None else parent.arn
        self.input, self.is_bad = self._draw_input() if parent is None else (parent.given, False)
        context = {
            "Id": self.arn,
            "Input": self.input,
            "StartTime": timestamp(0),
            "RedriveCount": 0,
        }
        if self._schedule.draw(2, "context without RedriveCount before a redrive"):
            del context["RedriveCount"]
        self.execution = Execution(
            world.trainer.machine,
            world.values,
            self.input,
            {"Execution": context},
            world.reached,
        )
        self._points, self._cut_at, self._phase = 0, 0, _BEFORE
        self._waits_for: str | None = None
        self._process = self._new_process()

    @property
    def has_asked(self) -> bool:
        """Whether it has called anything since its last redrive."""
        return bool(self.answers) and self.answers[-1].redrive == self.redrives

    def _draw_input(self) -> tuple[Json, bool]:
        # Bad ones are found in the first state: seldom is enough.
        inputs = (*GOOD_INPUTS, *BAD_INPUTS)
        drawn = self._schedule.draw(len(inputs), "input of the execution", self._schedule.rate / 8)
        return inputs[drawn], drawn >= len(GOOD_INPUTS)

    def tell(self, on_over: Callable[[], None]) -> None:
        """Have something else told of the end than what started it."""
        if self._parent is not None:
            self._parent = self._parent._replace(on_over=on_over)

    def stop(self) -> None:
        """What StopExecution does."""
        self._abort()

    def start(self) -> None:
        """Begin, or begin again where it ended."""
        self._plan_cut()
        self._process.go_on()

    def _new_process(self) -> Process:
        return Process(
            self._clock,
            self._schedule,
            self.execution.run(),
            self._ended,
            call=self._call,
            is_cut=self._is_cut,
        )

    # How it is ended from outside.

    def _plan_cut(self) -> None:
        rate = 0.4 if self._parent is None else 0.05
        at = self._schedule.draw(_POINTS, "abort at this call or wait from here", rate)
        self._cut_at = 0
        if at:
            at += (_POINTS - 1) * self._schedule.draw(_MORE_POINTS, "abort dozens later", 0.25)
            self._cut_at = self._points + at
            self._phase = _PHASES[self._schedule.draw(len(_PHASES), f"abort {_PHASES}", 0.7)]

    def _is_cut(self, request: Call | Sleep) -> bool:
        self._points += 1
        if self._points != self._cut_at:
            return False
        if self._phase == _BEFORE:
            self._abort()
            return True
        if isinstance(request, Sleep):
            self._clock.after(request.seconds / 2, self._abort)
        return False

    def _abort(self) -> None:
        if self.status != "RUNNING":
            return
        self._process.kill()
        self.status = ("ABORTED", "TIMED_OUT")[self._schedule.draw(2, "abort is a timeout")]
        self.error, self.output = None, None
        self._world.log(self.status, f"in {self.execution.state}")
        job = self._world.sagemaker.jobs.get(self._waits_for or "")
        if job is not None and not self._schedule.draw(2, "sync does not stop its job", 0.5):
            self._world.sagemaker.end(job)
        self._leave()

    def _ended(self, result: Json, error: StateError | None) -> None:
        if self.status != "RUNNING":
            return
        self.status = "SUCCEEDED" if error is None else "FAILED"
        self.output, self.error = result, error
        told = "" if error is None else f"{error.error} in {self.execution.state}"
        self._world.log(self.status, told)
        self._on_end()
        if error is not None:
            self._leave()
        elif self._parent is not None:
            self._parent.on_over()

    def _leave(self) -> None:
        self._on_leave()
        if self._parent is not None:
            self._parent.on_over()
        elif self.redrives < _MOST_REDRIVES:
            label = f"redrive after {_REDRIVEN_AFTER} seconds"
            seconds = _REDRIVEN_AFTER[self._schedule.draw(len(_REDRIVEN_AFTER), label, 0.5)]
            if seconds is not None:
                self._clock.after(seconds, self._redrive)

    def _redrive(self) -> None:
        self.redrives += 1
        self._world.log("REDRIVEN", f"into {self.execution.state}")
        context = self.execution.context["Execution"]
        self.execution.context["Execution"] = {**context, "RedriveCount": self.redrives}
        self.execution.record("ExecutionRedriven")
        self.status, self.error, self._waits_for = "RUNNING", None, None
        self._process = self._new_process()
        self.start()

    # What it calls.

    def _call(self, process: Process, call: Call) -> None:
        asked = self._world.services.ask(call)
        self._world.check_call(asked)
        phase = self._phase if self._points == self._cut_at else None
        state, redrive = self.execution.state, self.redrives
        attempt = self.execution.variables["attempt"]

        def effect() -> None:
            answer = self._world.services.answer(asked, redrive=redrive, attempt=attempt)
            # One that was aborted meanwhile is told nothing any more.
            if phase != _AFTER_EFFECT and not process.is_over:
                kept = Answered(asked.action, answer.said, answer.result, state, redrive)
                self.answers.append(kept)
            if phase == _AFTER_EFFECT:
                self._abort()
            elif asked.is_waiting and answer.error is None:
                self._submitted(process, asked)
            else:
                self._answer(process, asked, answer.result, answer.error)

        self._clock.after(asked.takes, effect)
        if phase == _DURING:
            self._clock.after(asked.takes / 2, self._abort)

    def _answer(
        self, process: Process, asked: Asked, result: Json, error: StateError | None
    ) -> None:
        given = None if error is not None else result
        action = f"{asked.action}.sync" if asked.is_waiting else asked.action
        told = None if error is None else [error.error, error.cause]
        self.calls.append([action, asked.arguments, given, told])
        self._clock.after(_ANSWERED_AFTER, partial(process.go_on, given, error))

    def _submitted(self, process: Process, asked: Asked) -> None:
        if process.is_over:
            return
        self._waits_for = asked.arguments["TrainingJobName"]
        self.execution.record("TaskSubmitted", f"{asked.action}.sync")
        self._follow(process, asked)

    def _follow(self, process: Process, asked: Asked) -> None:
        """What an integration does that waits for a job: report its end in one of some ways."""
        if process.is_over:
            return
        job, now = self._world.sagemaker.jobs[asked.arguments["TrainingJobName"]], self._clock.now
        status, _ = job.status(now)
        if status not in _OVER:
            left = min(job.ends - now, 3600)
            self._clock.after(max(_SYNC_LOOKS, left), partial(self._follow, process, asked))
            return
        self._waits_for = None
        described = job.described(now)
        how = 1
        if status != "Completed":
            label = f"sync reports as {_SYNC_REPORTS}"
            how = self._schedule.draw(len(_SYNC_REPORTS), label, 0.6)
        answer = Answer("", described, None)
        if how != 1:
            error = "SageMaker.AnotherException" if how else "States.TaskFailed"
            answer = Answer("", described, StateError(error, json.dumps(described)))
        self._answer(process, asked, answer.result, answer.error)
