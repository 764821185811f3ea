"""Measuring in rounds in which both sides take their turn, so that noise of the machine hits both.

Tools that time a command run all of one side first and then all of the other (hyperfine, pyperf):
what the machine does meanwhile would then be taken for a difference.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.recipes.worker import environment
from constructs_trainers.recipes.paths import dotted, leaf_differences, leaves, same_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from benchmarks.recipes.worker import Worker

# The first calls import, compile and fill caches.
_WARM_UP = 2


@dataclass(frozen=True)
class Sample:
    """One measurement of both sides, in seconds."""

    ours: float
    rival: float


class DifferentOutcomeError(Exception):
    """The two sides do not resolve a case to the same recipe: their times mean nothing."""


def resolve_rounds(
    ours: Worker, rival: Worker, names: Sequence[str], rounds: int, progress: Callable[[int], None]
) -> list[list[Sample]]:
    """Resolve all cases in each round, each by both sides one after the other.

    Args:
        ours: Resolves with this project.
        rival: Resolves with the SDK.
        names: The cases' names, in the workers' order.
        rounds: How many rounds count; those that warm up come before.
        progress: Called after each round that counts, with its number.

    Returns:
        For each round a sample for each case.

    Raises:
        DifferentOutcomeError: The two sides disagree on a value.
    """
    measured = []
    for number in range(1 - _WARM_UP, rounds + 1):
        samples = [_resolved(ours, rival, case, names, number) for case in range(len(names))]
        if number > 0:
            measured.append(samples)
            progress(number)
    return measured


def median_recipe(samples: Sequence[Sample]) -> Sample:
    """The median of a round's cases, for each side by itself."""
    return Sample(median(s.ours for s in samples), median(s.rival for s in samples))


def process_rounds(
    ours: Sequence[str],
    rival: Sequence[str],
    rounds: int,
    progress: Callable[[int], None],
    *,
    folder: Path,
) -> list[Sample]:
    """Run both commands to their end in each round.

    Args:
        ours: The command of this project.
        rival: The command of the SDK.
        rounds: How many rounds count; those that warm up come before.
        progress: Called after each round that counts, with its number.
        folder: Where both run.

    Raises:
        subprocess.CalledProcessError: A command failed.
    """
    measured = []
    for number in range(1 - _WARM_UP, rounds + 1):
        times = {}
        for side in _in_turn(number):
            times[side] = _seconds(ours if side == "ours" else rival, folder)
        if number > 0:
            measured.append(Sample(**times))
            progress(number)
    return measured


def _resolved(ours: Worker, rival: Worker, case: int, names: Sequence[str], number: int) -> Sample:
    workers = {"ours": ours, "rival": rival}
    answers = {side: workers[side].resolve(case) for side in _in_turn(number)}
    _check_same(names[case], answers["ours"].recipe, answers["rival"].recipe)
    return Sample(answers["ours"].seconds, answers["rival"].seconds)


def _in_turn(number: int) -> tuple[str, str]:
    """Who comes first changes from round to round."""
    return ("ours", "rival") if number % 2 else ("rival", "ours")


def _seconds(command: Sequence[str], folder: Path) -> float:
    start = perf_counter()
    subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=True)
    return perf_counter() - start


def _check_same(name: str, ours: Mapping[str, Any], rival: Mapping[str, Any]) -> None:
    if same_value(ours, rival):
        return
    sides = [{dotted(path): value for path, value in leaves(tree)} for tree in (ours, rival)]
    found = [f"{d.path}: {d.left!r}, the SDK: {d.right!r}" for d in leaf_differences(*sides)]
    raise DifferentOutcomeError("\n  ".join([f"{name} resolves to different values", *found]))
