"""One simulation: a trainer's execution, what it calls, and the stopper beside it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from tests.simulation import invariants
from tests.simulation.clock import Clock
from tests.simulation.definitions import Trainer, told
from tests.simulation.sagemaker import DAY, START, Job, Registry, SageMaker
from tests.simulation.schedule import Schedule
from tests.simulation.services import Asked, Services
from tests.simulation.stopper_run import StopperRun
from tests.simulation.trainer_run import Parent, TrainerRun
from tests.simulation.values import Values

MOST_STEPS = 100_000
"""What a simulation takes at most; the longest job that is looked at takes a tenth of it."""

ANOTHER_STEM = "deployed-since"
_DEPLOYED_AFTER = (None, 0, 60, 3600, DAY)
_TOLD_AFTER = (1, 0, 45, 1800)


class Entry(NamedTuple):
    """What happened, and when."""

    at: float
    what: str
    detail: str


class World:
    """All of it.

    A deployment changes what the rule tells the stopper. The execution keeps the definition that
    it began with; how many jobs the new one would start is nowhere to be told.

    Attributes:
        violations: What is wrong, with its kind.
        entries: What happened.

    Args:
        trainer: The definitions.
        schedule: What is decided.
        values: What evaluates expressions; many worlds share one.
        reached: Where states and branches are put that are got to.
        clock: Its time; None for one of its own.
        parent: What started the execution; None for a person.
    """

    def __init__(
        self,
        trainer: Trainer,
        schedule: Schedule,
        values: Values,
        reached: set[tuple[str, str]],
        *,
        clock: Clock | None = None,
        parent: Parent | None = None,
    ) -> None:
        self.trainer, self.schedule, self.values, self.reached = trainer, schedule, values, reached
        self.violations: list[invariants.Violation] = []
        self.entries: list[Entry] = []
        self.stoppers: list[StopperRun] = []
        self.clock = clock or Clock()
        self.sagemaker = SageMaker(
            self.clock,
            schedule,
            interval=trainer.interval,
            longest=trainer.longest,
            on_create=self._check_created,
            log=self.log,
        )
        label = f"deployment: another stem since {_DEPLOYED_AFTER} seconds"
        drawn = schedule.draw(len(_DEPLOYED_AFTER), label, 0.1)
        self._deployed_after = _DEPLOYED_AFTER[drawn]
        has_registry = "DescribeRegistry" in trainer.machine.definition["States"]
        self.services = Services(
            schedule, self.sagemaker, Registry(schedule) if has_registry else None
        )
        self.run = TrainerRun(
            self,
            on_end=lambda: self.violations.extend(invariants.of_end(self)),
            on_leave=self._tell_stopper,
            parent=parent,
        )

    def settle(self) -> None:
        """Let everything happen, and judge it."""
        self.run.start()
        if not self.clock.run(MOST_STEPS):
            self.violations.append(
                invariants.Violation("never ends", f"in {self.run.execution.state}")
            )
            return
        self.violations.extend(invariants.of_settled(self))

    def log(self, what: str, detail: str) -> None:
        """Keep what a reader of the schedule needs."""
        self.entries.append(Entry(self.clock.now, what, detail))

    def check_call(self, asked: Asked) -> None:
        """Judge what the execution asks for."""
        self.violations.extend(invariants.of_call(self, asked))

    def check_stopped(self, job: Job) -> None:
        """Judge a job that the stopper stopped."""
        self.violations.extend(invariants.of_stopped(self, job))

    def _check_created(self, job: Job) -> None:
        self.violations.extend(invariants.of_created(self, job))

    def _tell_stopper(self) -> None:
        label = f"event comes after {_TOLD_AFTER} seconds"
        delay = _TOLD_AFTER[self.schedule.draw(len(_TOLD_AFTER), label, 0.3)]
        deployed = self._deployed_after
        is_deployed = deployed is not None and deployed <= self.clock.now
        given = told(
            ANOTHER_STEM if is_deployed else self.trainer.begin["stem"],
            arn=self.run.arn,
            start=round(START.timestamp() * 1000),
            redrives=self.run.redrives,
        )
        run = StopperRun(self, given, self.run.redrives)
        self.clock.after(delay, partial(self._start_stopper, run))

    def _start_stopper(self, run: StopperRun) -> None:
        self.stoppers.append(run)
        run.start()


def simulate(
    trainer: Trainer,
    schedule: Schedule,
    values: Values,
    reached: set[tuple[str, str]] | None = None,
) -> World:
    """Run a schedule to its end, and judge it."""
    world = World(trainer, schedule, values, set() if reached is None else reached)
    world.settle()
    return world
