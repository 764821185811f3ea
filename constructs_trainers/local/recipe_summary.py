"""A trainer's recipe for a person's eyes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.recipes.explain import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FACTS: Final = (
    ("Model", "Model"),
    ("Technique", "Technique"),
    ("Training type", "TrainingType"),
    ("Recipe", "RecipeName"),
    ("Hub content", "HubContentVersion"),
    ("Digest", "RecipeDigest"),
)
_COLUMNS: Final = ("path", "value", "hub's default", "origin")


def recipe_summary(recipe: Mapping[str, Any], values: Mapping[str, str]) -> list[str]:
    """Lines that say which recipe a trainer uses and what was changed in it.

    Args:
        recipe: The summary that the trainer's state machine carries in its Metadata.
        values: The hyperparameters that it sends; the summary has only values that are no
            hyperparameters.
    """
    width = max(len(label) for label, _ in _FACTS)
    entry: Mapping[str, Any] = recipe.get("LockEntry", {})
    known = {**entry, **recipe}
    facts = [(label, known[key]) for label, key in _FACTS if known.get(key) is not None]
    lines = [f"  {label:<{width}}  {_shown(value)}" for label, value in facts]
    changed: Mapping[str, Mapping[str, Any]] = recipe.get("Changed", {})
    if not changed:
        return [*lines, "  nothing in the recipe was changed"]
    rows: list[Sequence[str]] = [_COLUMNS]
    for name, leaf in changed.items():
        value = values.get(name, leaf.get("Value"))
        cells = (leaf.get("Path", name), value, leaf.get("HubDefault"), leaf["Origin"])
        rows.append([_shown(cell) for cell in cells])
    return [*lines, "  changed:", *(f"    {line}" for line in aligned(rows))]


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value)
