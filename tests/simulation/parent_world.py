"""One simulation of a workflow: its execution, and the trainers' executions that it starts."""

from __future__ import annotations

from tests.simulation import invariants, parent_ends
from tests.simulation.clock import Clock
from tests.simulation.invariants import Violation
from tests.simulation.parent_run import Child, ParentRun
from tests.simulation.schedule import Schedule
from tests.simulation.values import Values
from tests.simulation.workflows import Workflow
from tests.simulation.world import MOST_STEPS, Entry


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
        self.run = ParentRun(self, on_over=lambda: self.violations.extend(parent_ends.of_end(self)))

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
        self.violations.extend(parent_ends.of_settled(self))

    def log(self, what: str, detail: str) -> None:
        """Keep what a reader of the schedule needs."""
        self.entries.append(Entry(self.clock.now, what, detail))

    def check_child(self, child: Child) -> None:
        """Judge an execution that is about to be there."""
        self.violations.extend(parent_ends.of_start(self, child))
