"""Recipe templates: nested values whose leaves may hold ``{{placeholder}}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_trainers.recipes.paths import SCALARS, leaves, same_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_trainers.recipes.paths import Path

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}")
# The hub's templates often quote twice: the YAML value is "'{{name}}'", quotes included.
_WHOLE = re.compile(r"""^\s*(['"]?)\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}\1\s*$""")


class RecipeTemplate:
    """A recipe template taken apart into leaves.

    Attributes:
        leaves: Each leaf as the hub wrote it, placeholders included, by path.
        whole: For each leaf that is one placeholder and nothing else, the placeholder's name.
        names: For each leaf with placeholders, their names.
        locations: For each placeholder name, the paths of all leaves that mention it.
    """

    def __init__(
        self, tree: Mapping[str, object], defaults: Mapping[str, object] | None = None
    ) -> None:
        """Take a template apart.

        Args:
            tree: The template.
            defaults: The spec's defaults by parameter name. Where the template has written a
                default out, instead of the placeholder, the leaf stands for the parameter all
                the same: else the two could be given different values.
        """
        self.leaves: dict[Path, object] = dict(leaves(tree))
        self.whole: dict[Path, str] = {}
        self.names: dict[Path, tuple[str, ...]] = {
            path: names
            for path, value in self.leaves.items()
            if (names := tuple(dict.fromkeys(_names_in(value))))
        }
        self.locations: dict[str, list[Path]] = {}
        self._put_placeholders(defaults or {})
        for path, value in self.leaves.items():
            names = self.names.get(path, ())
            match = _WHOLE.match(value) if names and isinstance(value, str) else None
            if match:
                self.whole[path] = match.group(2)
            for name in names:
                self.locations.setdefault(name, []).append(path)

    def _put_placeholders(self, defaults: Mapping[str, object]) -> None:
        mentioned = {name for names in self.names.values() for name in names}
        places: dict[str, list[Path]] = {}
        for path in self.leaves:
            places.setdefault(path[-1], []).append(path)
        for name, default in defaults.items():
            found = places.get(name, [])
            placeholder = f"{{{{{name}}}}}"
            if name in mentioned or len(found) != 1 or not _WHOLE.match(placeholder):
                continue
            place = found[0]
            if place not in self.names and same_value(self.leaves[place], default):
                self.leaves[place] = placeholder
                self.names[place] = (name,)

    def whole_places(self, name: str) -> list[Path]:
        """The leaves that are one placeholder and nothing else.

        Longer text is another value: it may be set beside the placeholders in it.
        """
        return [path for path in self.locations.get(name, []) if self.whole.get(path) == name]

    def names_in_text(self, path: Path) -> set[str]:
        """The placeholders of a leaf that stand within longer text."""
        return set(_names_in(self.leaves[path], within_text=True))

    def render_leaf(self, path: Path, value_of: Callable[[str], object]) -> object:
        """One leaf with its placeholders replaced.

        A leaf that is one placeholder takes the value with its type; within longer text the
        value's text is put in. Nothing that is put in is looked at again. Lists are copies.
        """
        value = self.leaves[path]
        if path in self.names or isinstance(value, (list, dict)):
            return _render(value, value_of)
        return value  # as most of a recipe's hundreds of leaves


def whole_placeholder(text: str) -> str | None:
    """The name of the placeholder that a text is and nothing else."""
    match = _WHOLE.match(text)
    return match.group(2) if match else None


def placeholders_in(text: str) -> list[str]:
    """The names of all placeholders in a text."""
    return _PLACEHOLDER.findall(text)


def _names_in(value: object, *, within_text: bool = False) -> Iterator[str]:
    if isinstance(value, str):
        if "{{" in value and not (within_text and _WHOLE.match(value)):
            yield from _PLACEHOLDER.findall(value)
    elif isinstance(value, list):
        for item in value:
            yield from _names_in(item, within_text=within_text)
    elif not isinstance(value, SCALARS) and isinstance(value, Mapping):
        for item in value.values():
            yield from _names_in(item, within_text=within_text)


def _render(value: object, value_of: Callable[[str], object]) -> object:
    if isinstance(value, str):
        whole = _WHOLE.match(value)
        if whole:
            return value_of(whole.group(2))
        return _PLACEHOLDER.sub(lambda match: _as_text(value_of(match.group(1))), value)
    if isinstance(value, list):
        return [_render(item, value_of) for item in value]
    if isinstance(value, Mapping):
        return {key: _render(item, value_of) for key, item in value.items()}
    return value


def _as_text(value: object) -> str:
    return "" if value is None else str(value)
