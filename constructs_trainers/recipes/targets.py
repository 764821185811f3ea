"""Which part of a recipe an entry of a layer means.

Rules, first match wins:

1. A full path means that path. A key may hold dots: ``training_config.training_args.seed``.
2. The name of a spec parameter means that parameter, wherever the template uses it.
3. The name of a leaf means that leaf, if there is only one of that name.

Rules 2 and 3 are for ``overrides`` and ``hyperparameters`` only. What stands before the name must
then fit: it may leave parts of the path out, or be ``training_config``, where the SageMaker Python
SDK puts every hyperparameter.

Before a path may stand ``recipes`` or ``training``, where the recipe has no such key itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_trainers.errors import did_you_mean
from constructs_trainers.recipes.paths import LAUNCHER_ROOTS, Path, dotted, is_subsequence
from constructs_trainers.values.short_repr import short_repr, short_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from constructs_trainers.errors import Problem
    from constructs_trainers.recipes.layers import Entry
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.recipes.template import RecipeTemplate

_SDK_PREFIX: Path = ("training_config",)
# Looking for the nearest name costs milliseconds. A file for another model has only unknown keys.
_MOST_SUGGESTIONS = 100
_MOST_LISTED = 40


Target = Path | str
"""A leaf by its path, or a spec parameter, with all the places where it is used, by its name."""


class TargetFinder:
    """Finds what entries mean in one recipe."""

    def __init__(
        self, template: RecipeTemplate, spec: OverrideSpec, untouchable: Collection[str] = ()
    ) -> None:
        self._untouchable = untouchable
        self._template = template
        self._spec = spec
        self._mappings = {path[:depth] for path in template.leaves for depth in range(1, len(path))}
        self._suggestions = 0
        self._by_leaf_name: dict[str, list[Path]] = {}
        self._by_dotted: dict[str, list[Path]] = {}
        for path in template.leaves:
            self._by_leaf_name.setdefault(path[-1], []).append(path)
            self._by_dotted.setdefault(dotted(path), []).append(path)

    def is_mapping(self, entry: Entry) -> bool:
        """Whether an entry's path is that of a mapping with keys."""
        return self._expanded(entry.written) in self._mappings

    def mapping(self, entry: Entry) -> Path | None:
        """The path of the mapping that an entry stands at; None when it is none."""
        path = self._expanded(entry.written)
        return path if path in self._mappings else None

    def find(self, entry: Entry, *, short_names: bool) -> Target | Problem:
        """The target of an entry, or what is wrong with its name."""
        path = self._expanded(entry.written)
        if path in self._template.leaves:
            return path
        if path in self._mappings:
            keys = "its keys: " + _listed(self._keys_below(path))
            if entry.value is None and entry.origin.file is not None:
                message, fix = "is an empty section", "delete it, or write its keys below it"
                return entry.problem(message, allowed=keys, fix=fix)
            return entry.problem(
                "a mapping of the recipe cannot be replaced by one value",
                got=short_repr(entry.value),
                allowed=keys,
                fix=_without_blank(entry.value),
            )
        if short_names:
            short = self._find_short(entry, path)
            if short is not None:
                return short
        return self._unknown(entry, path)

    def _find_short(self, entry: Entry, path: Path) -> Target | Problem | None:
        name, before = path[-1], path[:-1]
        if name in self._spec and self._fits_parameter(name, before):
            return name
        fitting = [
            candidate
            for candidate in self._by_leaf_name.get(name, [])
            if is_subsequence(before, candidate[:-1])
        ]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return entry.problem(
                f"the name fits {len(fitting)} leaves of the recipe",
                allowed=_listed([dotted(candidate) for candidate in fitting]),
                fix="write the full path of the one you mean",
            )
        return None

    def _fits_parameter(self, name: str, before: Path) -> bool:
        if before in ((), _SDK_PREFIX):
            return True
        return any(
            is_subsequence(before, location[:-1])
            for location in self._template.locations.get(name, [])
        )

    def _unknown(self, entry: Entry, path: Path) -> Problem:
        blocking = next(
            (path[:n] for n in range(1, len(path)) if path[:n] in self._template.leaves), None
        )
        if blocking is not None:
            if self._template.leaves[blocking] == {}:
                return entry.problem(
                    f"'{dotted(blocking)}' is an empty mapping in the recipe and takes no keys"
                )
            return entry.problem(
                f"'{dotted(blocking)}' is a single value in the recipe and has no keys",
                fix=f"set '{dotted(blocking)}' itself",
            )
        if len(path) == 1 and entry.origin.file is None:
            return entry.problem(
                "unknown hyperparameter",
                got=short_repr(path[0]),
                allowed=_listed([name for name in self._spec if name not in self._untouchable]),
                fix=self._suggestion(path, names_first=True),
            )
        elsewhere = self._by_leaf_name.get(path[-1]) or self._template.locations.get(path[-1])
        fix = f"did you mean '{dotted(elsewhere[0])}'?" if elsewhere else None
        return entry.problem(
            "the recipe has no such key",
            got=short_repr(dotted(path)),
            fix=fix or self._suggestion(path, names_first=False),
        )

    def _suggestion(self, path: Path, *, names_first: bool) -> str | None:
        self._suggestions += 1
        if self._suggestions > _MOST_SUGGESTIONS:
            return None
        paths: tuple[str, Iterable[str]] = (dotted(path), self._by_dotted)
        names: tuple[str, Iterable[str]] = (path[-1], [*self._spec, *self._by_leaf_name])
        first, second = (names, paths) if names_first else (paths, names)
        return did_you_mean(*first) or did_you_mean(*second)

    def _keys_below(self, path: Path) -> list[str]:
        depth = len(path)
        below = (leaf[depth] for leaf in self._template.leaves if leaf[:depth] == path)
        return list(dict.fromkeys(below))

    def _expanded(self, written: Path) -> Path:
        """The path of the recipe that reads like the written one, dots and all.

        Where there is none, the written path with dotted keys taken apart. One of the launcher's
        roots may stand before it.
        """
        split = tuple(part for key in written for part in key.split("."))
        if split[0] in LAUNCHER_ROOTS and split[1:] and split[:1] not in self._mappings:
            return self._expanded(split[1:])
        for path in (written, split):
            if path in self._template.leaves or path in self._mappings:
                return path
        alike = self._by_dotted.get(dotted(written), [])
        return alike[0] if len(alike) == 1 else split


def _without_blank(value: object) -> str | None:
    """What to do where ``key:value`` was read as text."""
    if isinstance(value, str) and re.match(r"[A-Za-z_][\w.-]*:[^\s/]", value):
        key, _, rest = value.partition(":")
        return f"write a blank after the colon: '{short_text(key)}: {short_text(rest)}'"
    return None


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_LISTED])
    more = len(names) - _MOST_LISTED
    return f"{shown} and {more} more" if more > 0 else shown
