"""A schedule: what the world decides, as a list of small numbers.

0 is always the benign decision, and what is missing is 0. So a schedule is made smaller by cutting
it and by zeroes, and its numbers are all it takes to run it again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol

_RATES = (0.03, 0.1, 0.3, 0.6)
_FOCUS = 10.0
# Without a bound on faults no long loop would ever be gone through.
_BUDGETS = (2, 4, 6, 9, 14, 10**9)


class Source(Protocol):
    """Where decisions come from that the list does not have."""

    rate: float

    def decide(self, most: int, label: str, rate: float) -> int:
        """A number below ``most``."""


class Faults:
    """Random decisions: most of them benign, by a rate and a budget that are random too.

    Half of the schedules know half of the kinds of faults only: what always comes together hides
    what comes of one alone. In a quarter of them some kinds are the rule, so that what takes
    several rare ones at once is come to as well.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.rate = self._random.choice(_RATES)
        self._budget = self._random.choice(_BUDGETS)
        self._is_half = self._random.random() < 0.5
        self._has_focus = self._random.random() < 0.25
        # By kind, what its rates are multiplied by.
        self._factors: dict[str, float] = {}

    def decide(self, most: int, label: str, rate: float) -> int:
        """A number below ``most``."""
        if self._budget <= 0 or self._random.random() >= rate * self._factor(label):
            return 0
        decision = self._random.randrange(most)
        self._budget -= decision != 0
        return decision

    def _factor(self, label: str) -> float:
        kind = label.partition(" ")[0]
        factor = self._factors.get(kind)
        if factor is None:
            factor = 1.0
            if self._is_half and self._random.random() < 0.5:
                factor = 0.0
            elif self._has_focus and self._random.random() < 0.25:
                factor = _FOCUS
            self._factors[kind] = factor
        return factor


class Schedule:
    """Decisions, one after the other.

    Attributes:
        taken: The decisions so far.
        labels: What each was about.

    Args:
        numbers: The first decisions.
        source: Where the others come from; None for all benign.
    """

    def __init__(self, numbers: Sequence[int] = (), source: Source | None = None) -> None:
        self.taken: list[int] = []
        self.labels: list[str] = []
        self._numbers, self._source = numbers, source
        self.rate = 0.0 if source is None else source.rate

    def draw(self, most: int, label: str, rate: float | None = None) -> int:
        """A number below ``most``.

        Args:
            most: How many decisions there are.
            label: What it is about; its first word is the kind of fault.
            rate: How often it is another than 0; None for the schedule's own rate.
        """
        at = len(self.taken)
        decision = 0
        if at < len(self._numbers):
            decision = self._numbers[at] % most
        elif self._source is not None:
            decision = self._source.decide(most, label, self.rate if rate is None else rate)
        self.taken.append(decision)
        self.labels.append(label)
        return decision

    def told(self) -> list[str]:
        """The decisions that are not benign, in words."""
        said = zip(self.taken, self.labels, strict=True)
        return [f"[{at}] {n}: {label}" for at, (n, label) in enumerate(said) if n]
