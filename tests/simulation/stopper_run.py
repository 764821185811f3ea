"""An execution of the stopper, about one end of a trainer's execution."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from tests.simulation.clock import Process
from tests.simulation.faults import FAULTS
from tests.simulation.interpreter import Call, Execution, StateError
from tests.simulation.values import Json

if TYPE_CHECKING:
    from tests.simulation.world import World

_ANSWERED_AFTER = 0.1
_SHOWN = 200


class StopperRun:
    """The execution.

    Attributes:
        status: Its status.
        error: The error that it ended with.
        asked: How often it asked to stop the job of a name.
        faults: The kinds of faults that it met.
        redrives: How often the trainer's execution had been redriven at the end in question.

    Args:
        world: Where it runs.
        given: Its input.
        redrives: How often the trainer's execution had been redriven.
    """

    def __init__(self, world: World, given: Json, redrives: int) -> None:
        self.status, self.redrives = "RUNNING", redrives
        self.error: StateError | None = None
        self.asked, self.faults = Counter[str](), set[str]()
        self._world = world
        self.execution = Execution(
            world.trainer.stopper,
            world.values,
            given,
            {"Execution": {"Id": "stopper", "Input": given}},
            world.reached,
        )
        self._process = Process(
            world.clock, world.schedule, self.execution.run(), self._ended, call=self._call
        )

    @property
    def has_read(self) -> bool:
        """Whether it could read the definition that the execution ran."""
        return bool(self.execution.variables.get("told", {}).get("isRead"))

    @property
    def goes_by_rule(self) -> bool:
        """Whether it asked for names of another stem, because it could not read the right one."""
        told = self.execution.variables.get("told", {})
        return not self.has_read and told.get("stem") != self._world.trainer.begin["stem"]

    @property
    def running(self) -> list[str]:
        """The jobs that it says may still run."""
        return [found["Name"] for found in self.execution.variables.get("running", [])]

    def start(self) -> None:
        """Begin."""
        self._process.go_on()

    def _ended(self, _: Json, error: StateError | None) -> None:
        self.status, self.error = "SUCCEEDED" if error is None else "FAILED", error
        told = "" if error is None else f" {error.error}: {error.cause[:_SHOWN]}"
        self._world.log("stopper", f"{self.status}{told}")

    def _call(self, process: Process, call: Call) -> None:
        asked = self._world.services.ask(call)

        def effect() -> None:
            known: Json = None
            if asked.action == "describeStateMachineForExecution":
                known = {"Definition": self._world.trainer.text}
            elif asked.action == "getExecutionHistory":
                most = asked.arguments["MaxResults"]
                known = {"Events": self._world.run.execution.history[:most]}
            answer = self._world.services.answer(asked, known=known)
            if asked.action == "stopTrainingJob":
                self.asked[asked.arguments["TrainingJobName"]] += 1
                if answer.result is not None:
                    self._world.check_stopped(answer.result)
            if answer.said in FAULTS:
                self.faults.add(answer.said)
            given = {} if answer.error is None and known is None else answer.result
            after = partial(process.go_on, None if answer.error else given, answer.error)
            self._world.clock.after(_ANSWERED_AFTER, after)

        self._world.clock.after(asked.takes, effect)
