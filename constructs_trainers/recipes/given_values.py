"""What layers give: the last word on every leaf and parameter, and what it took the place of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.recipes.layers import HUB, Entry

if TYPE_CHECKING:
    from constructs_trainers.recipes.layers import Origin
    from constructs_trainers.recipes.paths import Path
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.recipes.targets import Target
    from constructs_trainers.recipes.template import RecipeTemplate


class GivenValues:
    """What the layers gave so far: the last word on leaves and parameters, and what it replaced.

    Attributes:
        parameters: Each parameter of the spec with the entry that gave its value.
        direct: The leaves that were given under their path, not through a parameter.
    """

    def __init__(self, template: RecipeTemplate, spec: OverrideSpec) -> None:
        self.parameters = {name: Entry((name,), spec[name].default, HUB) for name in spec}
        self.direct: dict[Path, Entry] = {}
        self._template = template
        self._spec = spec
        self._history: dict[Target, list[Entry]] = {}

    def give(self, target: Target, entry: Entry) -> None:
        """A layer gives a leaf, or a parameter and with it every leaf that stands for it."""
        keys = [target]
        if isinstance(target, str):
            self.parameters[target] = entry
            for path in self._template.whole_places(target):
                self.direct.pop(path, None)
                keys.append(path)
        else:
            self.direct[target] = entry
        for key in keys:
            self._history.setdefault(key, []).append(entry)

    def rendered(self, path: Path) -> object:
        """A leaf with its placeholders replaced."""
        if path in self.direct:
            return self.direct[path].value
        values = self.parameters
        return self._template.render_leaf(
            path, lambda name: values[name].value if name in values else None
        )

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
            if name in self.parameters and self.parameters[name].origin != HUB:
                return self.parameters[name].origin
        return HUB

    def replaced(self, key: Target) -> Entry | None:
        """What the value of a leaf or a parameter took the place of.

        As it was written by the next lower layer that gave one; None when that is the hub.
        """
        entries = self._history.get(key, [])
        return entries[-2] if len(entries) > 1 else None
