"""Why an interpolation has no value: the chain of keys that leads to a missing one, or back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.recipes.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from constructs_trainers.recipes.interpolation_grammar import Reference
    from constructs_trainers.recipes.paths import Path


@dataclass(frozen=True)
class Chain:
    """Keys, each of which refers to the next.

    Attributes:
        keys: From the leaf that was asked for to where the chain ends.
        missing: Whether the last key is not in the recipe.
    """

    keys: tuple[Path, ...]
    missing: bool

    @property
    def is_cycle(self) -> bool:
        """Whether the chain comes back to a key that it has passed."""
        return self.keys[-1] in self.keys[:-1]

    def __str__(self) -> str:
        return " -> ".join(dotted(key) for key in self.keys)


def chain_from(
    start: Path,
    leaves: Mapping[Path, object],
    failing: Collection[Path],
    references: Callable[[Path], Iterable[Reference]],
) -> Chain:
    """Follow references from a leaf without a value to the reason.

    Args:
        start: The leaf.
        leaves: All leaves of the recipe.
        failing: Those that have no value.
        references: The keys that a failing leaf refers to.
    """
    keys = [start]
    while True:
        step = _next_key(references(keys[-1]), leaves, failing)
        if step is None:
            return Chain(tuple(keys), missing=False)
        key, missing = step
        is_cycle = key in keys
        keys.append(key)
        if missing or is_cycle:
            return Chain(tuple(keys), missing)


def _next_key(
    references: Iterable[Reference], leaves: Mapping[Path, object], failing: Collection[Path]
) -> tuple[Path, bool] | None:
    for reference in references:
        target = reference.target
        for path in failing:
            if _starts_with(path, target) or _starts_with(target, path):
                return path, False
        if reference.required and not _exists(target, leaves):
            return target, True
    return None


def _exists(target: Path, leaves: Mapping[Path, object]) -> bool:
    return any(
        _starts_with(path, target)
        or (_starts_with(target, path) and isinstance(value, (list, Mapping)))
        for path, value in leaves.items()
    )


def _starts_with(path: Path, start: Path) -> bool:
    return path[: len(start)] == start
