"""Whether the hub still says what a lock file holds, and what has changed, by leaf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_trainers.hub.hub_errors import NotInAwsError
from constructs_trainers.hub.pull import ask_hub, fetch_recipes
from constructs_trainers.recipes.paths import dotted, leaves, same_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from constructs_trainers.hub.aws_lookups import AwsLookups
    from constructs_trainers.hub.lock_file import ModelContent

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
    recipe: str | None = None
    path: str | None = None
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


def check_model(
    aws: AwsLookups, locked: ModelContent, progress: Callable[[str], None]
) -> list[Difference]:
    """Ask the hub again for a model that a lock file holds.

    The hub of the lock file is asked, for the techniques of the lock file.

    Raises:
        HubError: The hub could not be asked, or what it says cannot be used.
    """
    try:
        document = ask_hub(aws, locked.model, str(locked.entry["HubName"]))
    except NotInAwsError:
        return [Difference(region=locked.region, model=locked.model, change=REMOVED)]
    now = fetch_recipes(aws, document, locked.techniques, progress)
    return list(_differences(locked, now))


def _differences(locked: ModelContent, hub: ModelContent) -> Iterator[Difference]:
    """In what the hub differs from the lock file about a model.

    None exactly when a pull would leave the model's entry as it is.
    """
    region, model = locked.region, locked.model
    yield from _leaf_changes(locked, None, _without(locked.entry), _without(hub.entry))
    ours, theirs = _by_name(locked), _by_name(hub)
    for name in dict.fromkeys((*ours, *theirs)):
        if name not in theirs:
            yield Difference(region=region, model=model, recipe=name, change=REMOVED)
        elif name not in ours:
            yield Difference(region=region, model=model, recipe=name, change=ADDED)
        else:
            mine, other = _facts(locked, ours[name]), _facts(hub, theirs[name])
            yield from _leaf_changes(locked, name, mine, other)
    before = [name for name in ours if name in theirs]
    after = [name for name in theirs if name in ours]
    if before != after:
        yield Difference(
            region=region,
            model=model,
            path=f"{_COLLECTION} order",
            change=CHANGED,
            locked=before,
            hub=after,
        )


def _leaf_changes(
    locked: ModelContent, recipe: str | None, ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Iterator[Difference]:
    mine, other = dict(leaves(ours)), dict(leaves(theirs))
    for path in dict.fromkeys((*mine, *other)):
        if path not in other:
            change = REMOVED
        elif path not in mine:
            change = ADDED
        elif same_value(mine[path], other[path]):
            continue
        else:
            change = CHANGED
        yield Difference(
            region=locked.region,
            model=locked.model,
            recipe=recipe,
            path=dotted(path),
            change=change,
            locked=mine.get(path),
            hub=other.get(path),
        )


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
