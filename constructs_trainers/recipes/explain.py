"""Where every value of a recipe comes from: what people and scripts are shown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from constructs_trainers.recipes.paths import dotted, same_value
from constructs_trainers.recipes.resolved_recipe import ResolvedLeaf
from constructs_trainers.recipes.spec import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_trainers.recipes.resolved_recipe import ResolvedParameter, ResolvedRecipe


_COLUMNS = ("path", "value", "origin", "replaced", "limits", "sent as", "description")
# A long list or text would push all other columns off the screen; JSON has it in full.
_WIDEST = 44
_ABSENT = "-"


@dataclass(frozen=True, kw_only=True)
class ExplainedValue:
    """One value of a recipe and everything there is to say of it.

    Attributes:
        path: The full path in the recipe; for a parameter that no leaf stands for, its name.
        value: The value to train with.
        origin: The layer that decided it (``hub``, ``overrides``, ``hyperparameters``), or file
            and line for a recipe file.
        default: The value of the hub's recipe.
        replaced: The value that this one took the place of: what the next lower layer gave.
            None also when nothing was replaced; :attr:`replaced_origin` tells the two apart.
        replaced_origin: The layer that gave the replaced value; None when nothing was replaced.
        changed: Whether the value differs from the hub's default.
        type: The spec's word for the type, or None when the spec does not know the value.
        minimum: The smallest number allowed, or None.
        maximum: The largest number allowed, or None.
        enum: The values allowed, or None when any is.
        required: Whether it may not be null.
        limits: Range or values allowed, as text, or None.
        description: What the hub says the value does, or None.
        hyperparameter: The name under which a serverless job is sent the value; None when it is
            not sent.
    """

    path: str
    value: object
    origin: str
    default: object
    replaced: object
    replaced_origin: str | None
    changed: bool
    type: str | None
    minimum: float | None
    maximum: float | None
    enum: tuple[object, ...] | None
    required: bool
    limits: str | None
    description: str | None
    hyperparameter: str | None


@dataclass(frozen=True)
class Explanation:
    """The explained values of a recipe; ``str()`` gives an aligned table.

    Attributes:
        rows: The values, in the recipe's order.
    """

    rows: tuple[ExplainedValue, ...]

    def __iter__(self) -> Iterator[ExplainedValue]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        if not self.rows:
            return "no value differs from the hub's defaults"
        return "\n".join(aligned([_COLUMNS, *(_cells(row) for row in self.rows)]))

    def to_json(self) -> str:
        """A JSON array with one object a row, its members named as the rows' attributes."""
        return json.dumps([asdict(row) for row in self.rows], indent=2)


def explain(recipe: ResolvedRecipe, *, changed_only: bool = False) -> Explanation:
    """Explain every value of a recipe, or only those that differ from the hub's defaults."""
    rows = [_row(leaf, recipe) for leaf in recipe.leaves]
    rows += [_row(parameter, recipe) for parameter in recipe.parameters]
    return Explanation(tuple(row for row in rows if row.changed or not changed_only))


def _row(item: ResolvedLeaf | ResolvedParameter, recipe: ResolvedRecipe) -> ExplainedValue:
    if isinstance(item, ResolvedLeaf):
        path, name = dotted(item.path), item.parameter
        sent_as = name or (item.path[-1] if item.direct else None)
    else:
        path = name = sent_as = item.name
    parameter = Parameter(name=path) if name is None else recipe.spec[name]
    replaced, replaced_origin = _replaced(item)
    return ExplainedValue(
        path=path,
        value=item.value,
        origin=str(item.origin),
        default=item.default,
        replaced=replaced,
        replaced_origin=replaced_origin,
        changed=not same_value(item.value, item.default),
        type=parameter.type,
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        enum=parameter.enum,
        required=parameter.required,
        limits=parameter.limits(),
        description=parameter.description,
        hyperparameter=None if item.value is None else sent_as,
    )


def _replaced(item: ResolvedLeaf | ResolvedParameter) -> tuple[object, str | None]:
    if item.replaced is not None:
        return item.replaced.value, str(item.replaced.origin)
    return (item.default, "hub") if item.is_set else (None, None)


def _cells(row: ExplainedValue) -> tuple[str, ...]:
    replaced = _ABSENT
    if row.replaced_origin is not None:
        replaced = f"{_short(row.replaced)} ({row.replaced_origin})"
        if row.replaced_origin != "hub":
            replaced += f", {_short(row.default)} (hub)"
    limits = ", ".join(part for part in (row.type, row.limits) if part)
    return (
        row.path,
        _short(row.value),
        row.origin,
        replaced,
        _cut(limits or _ABSENT),
        row.hyperparameter or _ABSENT,
        " ".join((row.description or "").split()),
    )


def _short(value: object) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 3] + "..."


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """One line a row, each column as wide as its widest cell, two spaces between them."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
