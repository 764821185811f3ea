"""Virtual time, and executions that go on in it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TypeAlias

from tests.simulation.interpreter import Branches, Call, Draw, Sleep, StateError, Steps
from tests.simulation.schedule import Schedule
from tests.simulation.values import Json


class Clock:
    """What happens when. Of two things at once the first to be asked for comes first."""

    def __init__(self) -> None:
        self.now = 0.0
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._asked = 0

    def after(self, seconds: float, what: Callable[[], object]) -> None:
        """Have something happen."""
        self._asked += 1
        heapq.heappush(self._waiting, (self.now + seconds, self._asked, what))

    def run(self, most: int) -> bool:
        """Let happen what is asked for; whether that was all, within a number of steps."""
        for _ in range(most):
            if not self._waiting:
                return True
            self.now, _, what = heapq.heappop(self._waiting)
            what()
        return False


End: TypeAlias = Callable[[Json, StateError | None], None]
"""Told a result, or the error in its place."""


class Process:
    """Drives an execution, or a branch of one, until it ends or is killed.

    Attributes:
        on_kill: Called when it is killed: what it waits for may be stopped with it.

    Args:
        clock: Its time.
        schedule: Its chance.
        steps: What it drives.
        on_end: Told of the end.
        call: Called for a call to a service; that answers through :meth:`go_on`.
        is_cut: Called before each call and wait; True when the execution is over by it.
    """

    def __init__(
        self,
        clock: Clock,
        schedule: Schedule,
        steps: Steps,
        on_end: End,
        *,
        call: Callable[[Process, Call], None],
        is_cut: Callable[[Call | Sleep], bool] | None = None,
    ) -> None:
        self.is_over = False
        self.on_kill: Callable[[], object] | None = None
        self._clock, self._schedule, self._steps = clock, schedule, steps
        self._on_end, self._call, self._is_cut = on_end, call, is_cut
        self._branches: list[Process] = []
        self._left = self._begun = 0

    def kill(self) -> None:
        """Whatever it waits for never comes."""
        if not self.is_over and self.on_kill is not None:
            self.on_kill()
        self.is_over = True
        for branch in self._branches:
            branch.kill()

    def go_on(self, answer: Json = None, error: StateError | None = None) -> None:
        """Begin, or go on with what it waited for."""
        if self.is_over:
            return
        while True:
            try:
                request = self._steps.send(answer) if error is None else self._steps.throw(error)
            except StopIteration as end:
                self.is_over = True
                self._on_end(end.value, None)
                return
            except StateError as failed:
                self.is_over = True
                self._on_end(None, failed)
                return
            error = None
            if isinstance(request, Draw):
                answer = self._schedule.draw(request.most, request.label)
                continue
            if isinstance(request, Branches):
                self._begin(request.branches, request.at_once)
            elif self._is_cut is not None and self._is_cut(request):
                pass
            elif isinstance(request, Sleep):
                self._clock.after(request.seconds, self.go_on)
            else:
                self._call(self, request)
            return

    def _begin(self, branches: list[Steps], at_once: int) -> None:
        self._left, self._begun = len(branches), at_once
        self._branches = [
            Process(
                self._clock,
                self._schedule,
                steps,
                self._branch_ended,
                call=self._call,
            )
            for steps in branches
        ]
        if not branches:
            self._clock.after(0, self.go_on)
        for branch in self._branches[:at_once]:
            self._clock.after(0, branch.go_on)

    def _branch_ended(self, _: Json, error: StateError | None) -> None:
        if error is not None:
            # The first failure ends the others.
            for branch in self._branches:
                branch.kill()
            self.go_on(error=error)
            return
        self._left -= 1
        if self._left == 0:
            self.go_on()
        elif self._begun < len(self._branches):
            self._clock.after(0, self._branches[self._begun].go_on)
            self._begun += 1
