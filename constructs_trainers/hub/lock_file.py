"""The lock file as hub commands see it: what it holds, what it becomes, and its text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Self

from constructs_trainers.hub.model_content import ModelContent
from constructs_trainers.recipes.lock import LOCK_FILE_NAME, LOCK_VERSION, RecipeLock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_EMPTY: Final[Mapping[str, Any]] = {
    "LockVersion": LOCK_VERSION,
    "Regions": {},
    "RecipeTemplates": {},
    "OverrideSpecs": {},
}


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
        """Read a lock file.

        Args:
            file: The file.
            new: Whether it may be missing.

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
        regions = {r: {**e, "Models": dict(e["Models"])} for r, e in self._regions().items()}
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

    def _regions(self) -> Mapping[str, Any]:
        regions: Mapping[str, Any] = self._document["Regions"]
        return regions


def _kept(contents: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: contents[key] for key in sorted(keys)}
