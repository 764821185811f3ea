"""From samples to figures."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.recipes.rounds import Sample


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The middle half of some values.

    Attributes:
        lower: The lower quartile.
        median: The median.
        upper: The upper quartile.
    """

    lower: float
    median: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One thing that was measured on both sides.

    Attributes:
        name: What was measured.
        ours: Seconds of this project, over the rounds.
        rival: Seconds of the SDK, over the rounds.
        ratio: How many times the SDK's seconds are ours, over the rounds.
        target: The ratio that is asked for, or None.
        by_recipe: The ratio for each recipe, where there are recipes.
    """

    name: str
    ours: Spread
    rival: Spread
    ratio: Spread
    target: float | None
    by_recipe: Mapping[str, float]

    @property
    def is_met(self) -> bool:
        """Whether the target is met; without one it is."""
        return self.target is None or self.ratio.median >= self.target


def figure(
    name: str,
    rounds: Sequence[Sample],
    *,
    target: float | None,
    by_recipe: Mapping[str, float] | None = None,
) -> Figure:
    """The figure for a sample a round."""
    return Figure(
        name=name,
        ours=spread(sample.ours for sample in rounds),
        rival=spread(sample.rival for sample in rounds),
        # Within a round both sides met the same noise: the ratio is taken there.
        ratio=spread(sample.rival / sample.ours for sample in rounds),
        target=target,
        by_recipe=by_recipe or {},
    )


def ratio_by_recipe(names: Sequence[str], rounds: Sequence[Sequence[Sample]]) -> dict[str, float]:
    """For each recipe the median of its ratios.

    Args:
        names: The recipes' names.
        rounds: For each round a sample for each recipe.
    """
    by_recipe = zip(*rounds, strict=True)
    return {
        name: median(sample.rival / sample.ours for sample in samples)
        for name, samples in zip(names, by_recipe, strict=True)
    }


def spread(values: Iterable[float]) -> Spread:
    """The quartiles of two values or more."""
    lower, middle, upper = quantiles(values, n=4, method="inclusive")
    return Spread(lower=lower, median=middle, upper=upper)
