"""How the figures are shown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from constructs_trainers.recipes.explain import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.recipes.figures import Figure, Spread

_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"
_HEADINGS = ("measured", "constructs-trainers", "sagemaker-train", "ratio", "target")


@dataclass(frozen=True, kw_only=True)
class Report:
    """The figures and what they hold for.

    Attributes:
        figures: What was measured.
        ours: The versions on this project's side.
        rival: The versions on the SDK's side.
        rounds: How many rounds were measured.
        cores: How many cores the machine has.
    """

    figures: Sequence[Figure]
    ours: Mapping[str, str]
    rival: Mapping[str, str]
    rounds: int
    cores: int

    @property
    def is_met(self) -> bool:
        """Whether all targets are met."""
        return all(figure.is_met for figure in self.figures)

    def to_text(self) -> str:
        """An aligned table, and below it what it holds for."""
        rows = [_HEADINGS, *(_row(figure) for figure in self.figures)]
        ranges = [_by_recipe(figure) for figure in self.figures if figure.by_recipe]
        facts = [
            ("constructs-trainers", _versions(self.ours)),
            ("sagemaker-train", _versions(self.rival)),
            ("machine", f"{self.cores} cores"),
        ]
        how = f"Medians of {self.rounds} rounds, in brackets their quartiles."
        return "\n\n".join(
            "\n".join(lines) for lines in (aligned(rows), [how, *ranges], aligned(facts))
        )

    def to_json(self) -> str:
        """An object with all figures, times in seconds."""
        figures = [asdict(figure) | {"is_met": figure.is_met} for figure in self.figures]
        return json.dumps(asdict(self) | {"figures": figures, "is_met": self.is_met}, indent=2)


def with_figures(page: str, text: str) -> str:
    """A page of Markdown with its figures replaced.

    Args:
        page: The page; two comments mark where figures go.
        text: The figures.

    Raises:
        ValueError: The page lacks the marks.
    """
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page lacks '{_BEGIN}' and '{_END}'")
    return f"{before}{begin}\n```text\n{text}\n```\n{end}{after}"


def _row(figure: Figure) -> tuple[str, ...]:
    if figure.target is None:
        target = "none"
    else:
        target = f"{figure.target:g}x, {'met' if figure.is_met else 'MISSED'}"
    ours, rival = (_milliseconds(side) for side in (figure.ours, figure.rival))
    return (figure.name, ours, rival, _times(figure.ratio), target)


def _milliseconds(spread: Spread) -> str:
    lower, middle, upper = (_digits(x * 1000) for x in (spread.lower, spread.median, spread.upper))
    return f"{middle} ms ({lower} to {upper})"


def _times(spread: Spread) -> str:
    return f"{spread.median:.1f}x ({spread.lower:.1f} to {spread.upper:.1f})"


def _digits(number: float) -> str:
    return f"{number:.2f}" if number < 10 else f"{number:.1f}"  # noqa: PLR2004 - three digits


def _by_recipe(figure: Figure) -> str:
    lowest, highest = (pick(figure.by_recipe.values()) for pick in (min, max))
    return f"Recipe by recipe, '{figure.name}' is {lowest:.1f}x to {highest:.1f}x."


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
