"""Short ways to resolve a recipe and to look at what came of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.errors import RecipeError
from constructs_trainers.recipes.layers import Entry, Layer, Origin, mapping_layer
from constructs_trainers.recipes.overlay import resolve_recipe
from constructs_trainers.recipes.paths import dotted
from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.recipes.yaml_file import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_trainers.errors import Problem
    from constructs_trainers.recipes.resolved_recipe import ResolvedLeaf, ResolvedRecipe

STRING_TOKEN = "${Token[A.12]}"  # noqa: S105 - a token of the CDK
LIST_TOKEN = ["#{Token[A.12]}"]
NUMBER_TOKEN = -1.8881545897087626e289


def file_layer(text: str, shown_as: str = "sft.yaml") -> Layer:
    """The layer of a recipe file with this text."""
    document = parse_yaml(text, shown_as=shown_as)
    entries = [
        Entry(path, value, Origin("recipe", shown_as, line), document.written.get(path))
        for path, value, line in document.leaves
    ]
    return Layer(tuple(entries), short_names=False)


def resolve(
    template: Mapping[str, object],
    spec: Mapping[str, object] | None = None,
    *,
    recipe: str | None = None,
    overrides: object = None,
    hyperparameters: object = None,
    protected: Mapping[str, str] | None = None,
    owned: Mapping[str, str] | None = None,
    sequence_length: str | None = None,
) -> ResolvedRecipe:
    """Resolve as a trainer does, with the recipe file given by its text."""
    layers = [] if recipe is None else [file_layer(recipe)]
    for name, values in (("overrides", overrides), ("hyperparameters", hyperparameters)):
        if values is not None:
            layers.append(mapping_layer(name, values))
    return resolve_recipe(
        template,
        OverrideSpec.from_json(spec or {}, shown_as="spec"),
        layers,
        protected=protected or {},
        owned=owned or {},
        sequence_length=sequence_length,
    )


def leaf(recipe: ResolvedRecipe, path: str) -> ResolvedLeaf:
    """The leaf at a dotted path."""
    return next(found for found in recipe.leaves if dotted(found.path) == path)


def values(recipe: ResolvedRecipe) -> dict[str, object]:
    """All values by dotted path, and by name those of parameters without a place."""
    return {dotted(found.path): found.value for found in recipe.leaves} | {
        found.name: found.value for found in recipe.parameters
    }


@dataclass
class Refusal:
    """What a recipe was refused for."""

    text: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The problems' paths."""
        return [problem.path for problem in self.problems]

    @property
    def only(self) -> Problem:
        """The one problem there is."""
        (problem,) = self.problems
        return problem


@contextmanager
def refused() -> Iterator[Refusal]:
    """Expect a RecipeError whose problems all say where they are."""
    refusal = Refusal()
    with pytest.raises(RecipeError) as caught:
        yield refusal
    refusal.text = str(caught.value)
    refusal.problems = list(caught.value.problems)
    assert refusal.problems
    assert all(problem.path and problem.message for problem in refusal.problems)
