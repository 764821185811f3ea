"""What the layers gave while a recipe is resolved: the last word, and what it replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.recipes.layers import HUB

if TYPE_CHECKING:
    from constructs_trainers.recipes.layers import Entry, Origin
    from constructs_trainers.recipes.paths import Path
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.recipes.template import RecipeTemplate


@dataclass
class GivenValue:
    """A value and the entry that gave it; no entry means the hub's default."""

    value: object
    entry: Entry | None = None

    @property
    def origin(self) -> Origin:
        """Where the value was written."""
        return HUB if self.entry is None else self.entry.origin


class GivenValues:
    """The values of one recipe's leaves and parameters, layer after layer.

    Attributes:
        parameters: Each parameter of the spec with its value so far.
        direct: The leaves that were given under their path, not through a parameter.
    """

    def __init__(self, template: RecipeTemplate, spec: OverrideSpec) -> None:
        self.parameters = {name: GivenValue(spec[name].default) for name in spec}
        self.direct: dict[Path, GivenValue] = {}
        self._template = template
        self._spec = spec
        self._history: dict[Path | str, list[Entry]] = {}

    def set_leaf(self, path: Path, entry: Entry) -> None:
        """A layer gives a leaf under its path."""
        self.direct[path] = GivenValue(entry.value, entry)
        self._history.setdefault(path, []).append(entry)

    def set_parameter(self, name: str, entry: Entry) -> None:
        """A layer gives a parameter, and with it every leaf that stands for it."""
        self.parameters[name] = GivenValue(entry.value, entry)
        places = self._template.whole_places(name)
        for path in places:
            self.direct.pop(path, None)
        keys: list[Path | str] = [name, *places]
        for key in keys:
            self._history.setdefault(key, []).append(entry)

    def parameter_value(self, name: str) -> object:
        """A parameter's value; None when the spec has no such parameter."""
        return self.parameters[name].value if name in self.parameters else None

    def rendered(self, path: Path) -> object:
        """A leaf with its placeholders replaced."""
        if path in self.direct:
            return self.direct[path].value
        return self._template.render_leaf(path, self.parameter_value)

    def default(self, path: Path) -> object:
        """A leaf as it is without any layer."""
        return self._template.render_leaf(
            path, lambda name: self._spec[name].default if name in self._spec else None
        )

    def origin(self, path: Path) -> Origin:
        """Where a leaf's value was written; for longer text, where a part of it was."""
        if path in self.direct:
            return self.direct[path].origin
        for name in self._template.names.get(path, ()):
            if name in self.parameters and self.parameters[name].entry is not None:
                return self.parameters[name].origin
        return HUB

    def replaced(self, key: Path | str) -> GivenValue | None:
        """What the value of a leaf or a parameter took the place of.

        As it was written by the next lower layer that gave one; None when that is the hub.
        """
        entries = self._history.get(key, [])
        return GivenValue(entries[-2].value, entries[-2]) if len(entries) > 1 else None
