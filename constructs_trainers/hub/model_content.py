"""A model's entry of a lock file together with the templates and specs that it refers to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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

    @property
    def edition(self) -> tuple[object, ...]:
        """What tells one state of the hub's document from the next."""
        members = ("HubName", "HubContentArn", "HubContentVersion", "LastModifiedTime", "Source")
        return tuple(self.entry.get(member) for member in members)
