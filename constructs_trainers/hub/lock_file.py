"""The lock file as hub commands see it: what it holds, what it becomes, and writing it."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.recipes.lock import LOCK_FILE_NAME, LOCK_VERSION, RecipeLock
from constructs_trainers.recipes.locked_models import content_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NEW_FILE_MODE: Final = 0o644
_EMPTY: Final[Mapping[str, Any]] = {
    "LockVersion": LOCK_VERSION,
    "Regions": {},
    "RecipeTemplates": {},
    "OverrideSpecs": {},
}


@dataclass(frozen=True, kw_only=True)
class ModelContent:
    """What the hub said about a model, or what a lock file holds of it.

    Attributes:
        region: The region.
        model: The hub content name.
        entry: The model's entry, in the lock file's form.
        templates: Recipe templates by key: at least those that the entry refers to.
        specs: Override specs by key: at least those that the entry refers to.
    """

    region: str
    model: str
    entry: Mapping[str, Any]
    templates: Mapping[str, Any]
    specs: Mapping[str, Any]

    @property
    def recipes(self) -> list[Mapping[str, Any]]:
        """The entry's recipes."""
        return list(self.entry["RecipeCollection"])

    @property
    def techniques(self) -> set[str]:
        """The techniques that it holds recipes for."""
        return {str(recipe["CustomizationTechnique"]) for recipe in self.recipes}

    @classmethod
    def of(
        cls,
        region: str,
        model: str,
        members: Mapping[str, Any],
        recipes: Iterable[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]],
    ) -> Self:
        """A model by its members, and by the members, template and spec of each recipe."""
        templates: dict[str, Any] = {}
        specs: dict[str, Any] = {}
        collection: list[Mapping[str, Any]] = []
        for own, template, spec in recipes:
            keys = {
                "RecipeTemplate": content_digest(template),
                "OverrideSpec": content_digest(spec),
            }
            templates[keys["RecipeTemplate"]] = template
            specs[keys["OverrideSpec"]] = spec
            collection.append({**own, **keys})
        return cls(
            region=region,
            model=model,
            entry={**members, "RecipeCollection": collection},
            templates=templates,
            specs=specs,
        )


def edition(entry: Mapping[str, Any]) -> tuple[object, ...]:
    """What tells one state of the hub's document from the next, by a model's entry."""
    members = ("HubName", "HubContentArn", "HubContentVersion", "LastModifiedTime", "Source")
    return tuple(entry.get(member) for member in members)


class LockFile:
    """A lock file's content.

    Attributes:
        text: The file's text; None for a file that is not there yet.
    """

    def __init__(self, document: Mapping[str, Any], text: str | None) -> None:
        self._document = document
        self.text = text

    @classmethod
    def read(cls, file: Path, *, new: bool = False) -> Self:
        """Read a lock file, which may be missing where a new one is wanted.

        Raises:
            LockError: The file is missing, unreadable, of an unknown version, or damaged.
        """
        if new and not file.exists():
            return cls(_EMPTY, None)
        # Says what is wrong with it; below, everything is there and of its type.
        RecipeLock.read(file)
        text = file.read_text(encoding="utf-8")
        return cls(json.loads(text), text)

    def models(self) -> list[ModelContent]:
        """What it holds, by region and model."""
        return [
            self._content(region, model)
            for region, entry in sorted(self._document["Regions"].items())
            for model in sorted(entry["Models"])
        ]

    def model(self, region: str, model: str) -> ModelContent | None:
        """What it holds of a model in a region, if anything."""
        entry = self._document["Regions"].get(region, {"Models": {}})
        return self._content(region, model) if model in entry["Models"] else None

    def _content(self, region: str, model: str) -> ModelContent:
        return ModelContent(
            region=region,
            model=model,
            entry=self._document["Regions"][region]["Models"][model],
            templates=self._document["RecipeTemplates"],
            specs=self._document["OverrideSpecs"],
        )

    def with_models(self, contents: Iterable[ModelContent]) -> str:
        """The text of the file when it holds these models as well, or in place of its own.

        Sorted and without templates and specs that nothing refers to. What it held already stays
        as it was written: the same content gives the same bytes.

        Raises:
            LockError: What was given does not make a lock file.
        """
        regions: dict[str, Any] = {
            name: {**region, "Models": dict(region["Models"])}
            for name, region in self._document["Regions"].items()
        }
        templates: dict[str, Any] = {}
        specs: dict[str, Any] = {}
        for content in contents:
            region = regions.setdefault(content.region, {"Models": {}})
            region["Models"][content.model] = content.entry
            templates |= content.templates
            specs |= content.specs
        # The order of keys is not in the digest; that of the file wins.
        templates |= self._document["RecipeTemplates"]
        specs |= self._document["OverrideSpecs"]
        recipes = [
            recipe
            for region in regions.values()
            for entry in region["Models"].values()
            for recipe in entry["RecipeCollection"]
        ]
        document = {
            "LockVersion": LOCK_VERSION,
            "Regions": {
                name: {**region, "Models": dict(sorted(region["Models"].items()))}
                for name, region in sorted(regions.items())
            },
            "RecipeTemplates": _kept(templates, {r["RecipeTemplate"] for r in recipes}),
            "OverrideSpecs": _kept(specs, {r["OverrideSpec"] for r in recipes}),
        }
        text = json.dumps(document, indent=2) + "\n"
        RecipeLock.parse(text, shown_as=LOCK_FILE_NAME)
        return text


def _kept(contents: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: contents[key] for key in sorted(keys)}


def write_atomically(file: Path, text: str) -> None:
    """Replace a file's content, or make the file.

    Whoever reads it at any time, even after a power failure, finds the old content or the new. A
    symbolic link stays one, and its target is replaced.

    Raises:
        HubError: It cannot be written; then it is as it was.
    """
    target = file.resolve()
    try:
        _replace(target, text.encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise hub_error(str(file), f"the lock file cannot be written: {reason}") from error


def _replace(target: Path, content: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else _NEW_FILE_MODE
    # In the same folder: only within one file system is a rename atomic.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last. Not every file system can, and the content is safe anyway."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
