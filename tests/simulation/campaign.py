"""Many schedules of all trainers and workflows: what they reach, and what is wrong.

A quarter of them begin like one that got to where few others got: so what is behind it is found.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.simulation.definitions import Trainer
from tests.simulation.parent_world import ParentWorld
from tests.simulation.schedule import Faults, Schedule
from tests.simulation.shrink import shrink
from tests.simulation.values import Values
from tests.simulation.workflows import Workflow
from tests.simulation.world import World, simulate

Subject: TypeAlias = Trainer | Workflow
"""What runs under schedules."""

_FROM_A_RARE_PLACE = 0.25
_RAREST = 8
_ENOUGH = 20


@dataclass(kw_only=True)
class Found:
    """What the schedules of one subject showed.

    Attributes:
        subject: The trainer or the workflow.
        schedules: How many schedules ran.
        reached: How many schedules got to a state or branch.
        examples: One of these, at random.
        ends: How often each end was come to.
        violations: By kind, how many schedules showed it.
        shortest: By kind, the shortest of them.
    """

    subject: Subject
    schedules: int = 0
    reached: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    shortest: dict[str, list[int]] = field(default_factory=dict)

    @property
    def missed(self) -> list[str]:
        """The states and branches that were never got to."""
        return [" ".join(place) for place in sorted(self.subject.places - set(self.reached))]

    def beginning(self, chance: random.Random) -> list[int]:
        """The beginning of a schedule, often of one that got to where few got; or nothing."""
        if chance.random() >= _FROM_A_RARE_PLACE:
            return []
        rarest = heapq.nsmallest(_RAREST, self.examples, key=lambda place: self.reached[place])
        rare = [place for place in rarest if self.reached[place] < _ENOUGH]
        numbers = self.examples[chance.choice(rare)] if rare else []
        return numbers[: chance.randint(0, len(numbers))]

    def add(self, world: World | ParentWorld, chance: random.Random) -> None:
        """Count what a schedule showed."""
        self.schedules += 1
        self.reached.update(world.reached)
        # In order, because sets have another one in each process.
        for place in sorted(world.reached):
            if chance.random() < 1 / self.reached[place]:
                self.examples[place] = world.schedule.taken
        run = world.run
        self.ends[run.execution.state if run.status == "FAILED" else run.status] += 1
        for kind in {violation.kind for violation in world.violations}:
            self.violations[kind] += 1
            taken = world.schedule.taken
            if kind not in self.shortest or len(taken) < len(self.shortest[kind]):
                self.shortest[kind] = taken


class Campaign:
    """Runs schedules; what one of them finds out of expressions all others know.

    Args:
        subjects: The trainers and workflows under test.
        seed: The same seed gives the same schedules.
        values: What other campaigns found out of expressions.
    """

    def __init__(
        self, subjects: Sequence[Subject], seed: int, values: Values | None = None
    ) -> None:
        self.found = [Found(subject=subject) for subject in subjects]
        self.values = values or Values()
        self._seed = seed

    def run(self, schedules: int) -> None:
        """Run some more schedules of each."""
        for found in self.found:
            for _ in range(schedules):
                seed = f"{self._seed}/{found.subject.name}/{found.schedules}"
                chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
                schedule = Schedule(found.beginning(chance), Faults(seed))
                found.add(_simulate(found.subject, schedule, self.values), chance)

    def report(self) -> Iterator[str]:
        """Each kind of violation by the smallest schedule that shows it."""
        for found in self.found:
            for kind, count in found.violations.items():
                yield f"{found.subject.name}: {kind} ({count} of {found.schedules})"
                yield from self._told(found, kind)
            for place in found.missed:
                yield f"{found.subject.name}: never reached: {place}"

    def _told(self, found: Found, kind: str) -> Iterator[str]:
        def world_of(numbers: list[int]) -> World | ParentWorld:
            return _simulate(found.subject, Schedule(numbers), self.values)

        def shows(numbers: list[int]) -> bool:
            return any(violation.kind == kind for violation in world_of(numbers).violations)

        numbers = shrink(found.shortest[kind], shows)
        world = world_of(numbers)
        yield f"  schedule {numbers}"
        for decision in world.schedule.told():
            yield f"    {decision}"
        for entry in world.entries:
            yield f"    {entry.at:10.1f} s  {entry.what}  {entry.detail}"
        for violation in world.violations:
            yield f"  violation: {violation.kind}: {violation.detail[:500]}"

    @property
    def schedules(self) -> int:
        """How many schedules ran."""
        return sum(found.schedules for found in self.found)

    @property
    def violations(self) -> int:
        """How many schedules showed each kind, in all."""
        return sum(count for found in self.found for count in found.violations.values())

    @property
    def places(self) -> tuple[int, int]:
        """How many states and branches were got to, and how many there are."""
        everything = [found.subject.places for found in self.found]
        reached = [found.subject.places & set(found.reached) for found in self.found]
        return sum(map(len, reached)), sum(map(len, everything))


def _simulate(subject: Subject, schedule: Schedule, values: Values) -> World | ParentWorld:
    if isinstance(subject, Trainer):
        return simulate(subject, schedule, values)
    world = ParentWorld(subject, schedule, values, set())
    world.settle()
    return world
