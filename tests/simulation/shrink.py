"""The smallest schedule that still shows what a larger one showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

_SIZES = (32, 16, 8, 4, 2, 1)


def shrink(
    numbers: Sequence[int], shows: Callable[[list[int]], bool], tries: int = 2000
) -> list[int]:
    """A schedule made smaller for as long as it shows the same.

    Args:
        numbers: A schedule that shows it.
        shows: Whether a schedule shows it.
        tries: How many schedules are tried at most.
    """
    best, left = trimmed(numbers), tries
    improved = True
    while improved and left > 0:
        improved = False
        for candidate in _smaller(best):
            left -= 1
            if left < 0:
                break
            if shows(candidate):
                best, improved = candidate, True
                break
    return best


def trimmed(numbers: Sequence[int]) -> list[int]:
    """A schedule without the zeroes at its end: what is missing is 0."""
    kept = list(numbers)
    while kept and kept[-1] == 0:
        kept.pop()
    return kept


def _smaller(best: list[int]) -> Iterator[list[int]]:
    """Schedules that are shorter, or as long with less in them, boldest first."""
    for size in _SIZES:
        for at in range(0, len(best), max(1, size // 2)):
            if size > len(best):
                continue
            part = best[at : at + size]
            yield trimmed(best[:at] + best[at + size :])
            if any(part) and size > 1:
                yield trimmed(best[:at] + [0] * len(part) + best[at + size :])
    for at, number in enumerate(best):
        for lower in sorted({0, number // 2, number - 1} if number else ()):
            yield trimmed([*best[:at], lower, *best[at + 1 :]])
