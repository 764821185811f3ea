"""What has changed between a lock file and the hub, by leaf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_trainers.recipes.paths import dotted, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.hub.model_content import ModelContent

ADDED = "added"
REMOVED = "removed"
CHANGED = "changed"

_COLLECTION = "RecipeCollection"
_REFERENCES = ("RecipeTemplate", "OverrideSpec")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which the hub differs from the lock file.

    Attributes:
        region: The region.
        model: The hub content name.
        recipe: The recipe, or None for what is said of the model.
        path: The member; a leaf of a template or spec is named below ``RecipeTemplate`` or
            ``OverrideSpec``. None for a whole recipe or model.
        change: ``added`` to the hub, ``removed`` from it, or ``changed`` in it.
        locked: The lock file's value, if it has one.
        hub: The hub's value, if it has one.
    """

    region: str
    model: str
    recipe: str | None
    path: str | None
    change: str
    locked: object = None
    hub: object = None

    def __str__(self) -> str:
        what = [f"recipe {self.recipe}"] if self.recipe else []
        what += [self.path] if self.path else []
        subject = " ".join(what) or "model"
        if self.change == CHANGED:
            return f"{subject}: {self.locked!r} -> {self.hub!r}"
        value = self.locked if self.change == REMOVED else self.hub
        return f"{subject}: {self.change}" + ("" if value is None else f" ({value!r})")


def differences(locked: ModelContent, hub: ModelContent) -> list[Difference]:
    """In what the hub differs from the lock file about a model.

    None exactly when a pull would leave the model's entry as it is.
    """
    found = [
        _difference(locked, None, change)
        for change in _leaf_changes(_without(locked.entry), _without(hub.entry))
    ]
    ours, theirs = _by_name(locked), _by_name(hub)
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        if name not in theirs:
            found.append(_difference(locked, name, (None, REMOVED, None, None)))
        elif name not in ours:
            found.append(_difference(locked, name, (None, ADDED, None, None)))
        else:
            changes = _leaf_changes(_facts(locked, ours[name]), _facts(hub, theirs[name]))
            found += [_difference(locked, name, change) for change in changes]
    before = [name for name in ours if name in theirs]
    after = [name for name in theirs if name in ours]
    if before != after:
        found.append(_difference(locked, None, (f"{_COLLECTION} order", CHANGED, before, after)))
    return found


def gone(locked: ModelContent) -> Difference:
    """The difference of a model that the hub no longer has."""
    return _difference(locked, None, (None, REMOVED, None, None))


_Change = tuple[str | None, str, object, object]


def _difference(content: ModelContent, recipe: str | None, change: _Change) -> Difference:
    path, kind, locked, hub = change
    return Difference(
        region=content.region,
        model=content.model,
        recipe=recipe,
        path=path,
        change=kind,
        locked=locked,
        hub=hub,
    )


def _leaf_changes(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[_Change]:
    mine, other = dict(leaves(ours)), dict(leaves(theirs))
    for path in [*mine, *(path for path in other if path not in mine)]:
        if path not in other:
            yield dotted(path), REMOVED, mine[path], None
        elif path not in mine:
            yield dotted(path), ADDED, None, other[path]
        elif not _same(mine[path], other[path]):
            yield dotted(path), CHANGED, mine[path], other[path]


def _same(one: object, other: object) -> bool:
    # 1, 1.0 and True are equal in Python and three values in a lock file.
    return repr(_ordered(one)) == repr(_ordered(other))


def _ordered(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _without(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in entry.items() if k != _COLLECTION and v is not None}


def _facts(content: ModelContent, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe with its template and spec in place of their keys."""
    members = {k: v for k, v in recipe.items() if k not in _REFERENCES and v is not None}
    return members | {
        "RecipeTemplate": content.templates[recipe["RecipeTemplate"]],
        "OverrideSpec": content.specs[recipe["OverrideSpec"]],
    }


def _by_name(content: ModelContent) -> dict[str, Mapping[str, Any]]:
    """The recipes by name; a name's second recipe, should there be one, is ``NAME (2)``."""
    named: dict[str, Mapping[str, Any]] = {}
    seen: dict[str, int] = {}
    for recipe in content.recipes:
        name = str(recipe["Name"])
        seen[name] = seen.get(name, 0) + 1
        named[name if seen[name] == 1 else f"{name} ({seen[name]})"] = recipe
    return named
