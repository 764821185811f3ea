"""The layers that are put over the hub's recipe: user file, overrides, hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.recipes.paths import dotted
from constructs_trainers.recipes.yaml_file import read_yaml_file
from constructs_trainers.values.short_repr import short_repr, short_text

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from constructs_trainers.recipes.paths import Path


# Real recipes have about 10 levels; what holds itself has no end.
_MAX_DEPTH = 100


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    Attributes:
        layer: ``hub``, ``recipe``, ``overrides``, ``hyperparameters``; or ``trainer`` for what a
            trainer writes into the recipe itself, such as paths in the container.
        file: For the layer ``recipe``, the file as the user named it.
        line: For the layer ``recipe``, the line of the key, counted from 1.
    """

    layer: str
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return self.layer if self.file is None else f"{self.file}:{self.line}"


HUB = Origin("hub")
TRAINER = Origin("trainer")


@dataclass(frozen=True)
class Entry:
    """One value of a layer.

    Attributes:
        written: Its path as it was written.
        value: The value.
        origin: Where it was written.
        text: Its text, where that looks like something else than YAML reads it as.
    """

    written: Path
    value: object
    origin: Origin
    text: str | None = None

    @property
    def label(self) -> str:
        """How messages name the entry: the layer's prop and the path for a prop's value."""
        path = short_text(dotted(self.written))
        return path if self.origin.file is not None else f"{self.origin.layer}.{path}"

    @property
    def line(self) -> str | None:
        """File and line of a recipe file's value, for messages; None for a prop's value."""
        return None if self.origin.file is None else str(self.origin)

    def with_text(self, problem: Problem) -> Problem:
        """A problem with the value, which shows it as it was written."""
        if self.text is None:
            return problem
        return replace(problem, got=f"{self.text}, which YAML reads as {problem.got}")

    def problem(
        self,
        message: str,
        *,
        got: str | None = None,
        allowed: str | None = None,
        fix: str | None = None,
    ) -> Problem:
        """A problem with this entry."""
        return Problem(
            path=self.label,
            message=message,
            got=got,
            allowed=allowed,
            fix=fix,
            origin=self.line,
        )


@dataclass(frozen=True)
class Layer:
    """The values of one layer.

    Attributes:
        entries: The layer's leaves in the order they were written.
        short_names: Whether a leaf may be named by its spec name or its leaf name alone. A
            recipe file spells paths out.
    """

    entries: tuple[Entry, ...]
    short_names: bool


def recipe_file_layer(file: FilePath, *, shown_as: str) -> Layer:
    """The layer of a user recipe file.

    Raises:
        RecipeError: The file is missing, not YAML, or not a mapping.
    """
    document = read_yaml_file(file, shown_as=shown_as)
    entries = [
        Entry(path, value, Origin("recipe", shown_as, line), document.written.get(path))
        for path, value, line in document.leaves
    ]
    return Layer(tuple(entries), short_names=False)


def mapping_layer(name: str, values: object) -> Layer:
    """The layer of the prop ``overrides`` or ``hyperparameters``. A key may be a dotted path.

    Raises:
        RecipeError: The prop is not a mapping, or a key is not text, or it holds itself.
    """
    if not isinstance(values, Mapping):
        problem = Problem(
            path=name,
            message="must be a mapping of names to values",
            got=f"{type(values).__name__} {short_repr(values)}",
        )
        raise RecipeError(name, [problem])
    problems: list[Problem] = []
    try:
        entries = _entries(values, (), Origin(name), problems)
    except RecursionError:
        problem = Problem(path=name, message="is nested too deeply, or holds itself")
        raise RecipeError(name, [problem]) from None
    if problems:
        raise RecipeError(name, problems)
    return Layer(tuple(entries), short_names=True)


def _entries(
    values: Mapping[object, object], prefix: Path, origin: Origin, problems: list[Problem]
) -> list[Entry]:
    if len(prefix) > _MAX_DEPTH:
        raise RecursionError
    found: list[Entry] = []
    for key, value in values.items():
        if not isinstance(key, str) or not key:
            where = dotted((origin.layer, *prefix))
            problems.append(
                Problem(path=where, message="a key must be non-empty text", got=short_repr(key))
            )
            continue
        path = (*prefix, key)
        if isinstance(value, Mapping) and value:
            found.extend(_entries(value, path, origin, problems))
        else:
            found.append(Entry(path, _plain(value), origin))
    return found


def _plain(value: object, depth: int = 0) -> object:
    """A copy in the types that YAML has: what the caller changes later changes no recipe."""
    if depth > _MAX_DEPTH:
        raise RecursionError
    if isinstance(value, Mapping):
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    return value
