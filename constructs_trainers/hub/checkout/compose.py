"""Putting a recipe together from its building blocks.

Recipes name them in a ``defaults`` list, in the grammar of Hydra. What is understood of it is what
the repository uses: blocks by path, absolute or relative, with or without the package that they
are put in, and ``_self_``. Anything else is refused rather than guessed at.
"""

from __future__ import annotations

import copy
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.hub.hub_errors import hub_error
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from constructs_trainers.hub.checkout.files import Checkout

RECIPE_PACKAGE: Final = "recipes"
"""Where a recipe stands in the whole configuration, as interpolations in it name it."""

MISSING: Final = "???"
"""The value of what must be set by someone else."""

_SELF = "_self_"
_HEADER = re.compile(r"#\s*@package\s+(\S+)")
_FORMS = "'/path/of/block', 'path/of/block', 'path@package', 'folder@package: block', '_self_'"
_Package = tuple[str, ...]


def compose(checkout: Checkout, file: Path) -> dict[str, Any]:
    """A recipe with all its values.

    Raises:
        HubError: A block is missing or cannot be read, or is named in another way than those
            that are understood.
    """
    composed: dict[str, Any] = {}
    _Composer(checkout, composed).add(file, (RECIPE_PACKAGE,), ())
    recipe = composed.get(RECIPE_PACKAGE)
    return recipe if isinstance(recipe, dict) else {}


class _Composer:
    def __init__(self, checkout: Checkout, composed: dict[str, Any]) -> None:
        self._checkout = checkout
        self._composed = composed

    def add(self, file: Path, package: _Package, chain: tuple[Path, ...]) -> None:
        """Merge a file and its blocks into what is composed so far; the later one wins."""
        where = self._checkout.shown(file)
        if file in chain:
            raise hub_error(where, "the building blocks name each other in a circle")
        content = dict(self._checkout.tree(file))
        entries = content.pop("defaults", None) or []
        if not isinstance(entries, list):
            raise hub_error(
                where, "'defaults' is not a list", got=short_repr(entries), allowed=_FORMS
            )
        for entry in entries if _SELF in entries else [*entries, _SELF]:
            if entry == _SELF:
                merge(self._place(package, where), content)
            else:
                self.add(*self._block(entry, file, package), (*chain, file))

    def _block(self, entry: object, parent: Path, package: _Package) -> tuple[Path, _Package]:
        """The file of a block, and the package that it is put in."""
        name, option = entry, None
        if isinstance(entry, dict) and len(entry) == 1:
            name, option = next(iter(entry.items()))
        if (
            not isinstance(name, str)
            or not re.fullmatch(r"[\w./-]+(@[\w.-]+)?", name)
            or (option is not None and not isinstance(option, str))
            or (isinstance(entry, dict) and option is None)
        ):
            raise hub_error(
                f"{self._checkout.shown(parent)}.defaults",
                "a building block is named in a way that is not understood",
                got=short_repr(entry),
                allowed=_FORMS,
            )
        path, _, given = name.partition("@")
        start = self._checkout.root if path.startswith("/") else parent.parent
        whole = f"{path}/{option}" if option else path
        file = Path(os.path.normpath(start / f"{whole.lstrip('/')}.yaml"))
        return file, self._package(file, given, (path, option), package)

    def _package(
        self, file: Path, given: str, named: tuple[str, str | None], parent: _Package
    ) -> _Package:
        if given:
            return _below(parent, given)
        header = _header(self._checkout.text(file))
        if header is not None:
            return _below((), header)
        path, option = named
        folder = path if option else path.rpartition("/")[0]
        parts = tuple(part for part in folder.split("/") if part not in {"", "."})
        return (*parent, *parts)

    def _place(self, package: _Package, where: str) -> dict[str, Any]:
        place = self._composed
        for key in package:
            place = place.setdefault(key, {})
            if not isinstance(place, dict):
                dotted = ".".join(package)
                raise hub_error(where, f"the package '{dotted}' lies below a value, not a mapping")
        return place


def _header(text: str) -> str | None:
    """The package that a comment above the content tells."""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            return None
        found = _HEADER.fullmatch(stripped)
        if found:
            return found[1]
    return None


def _below(parent: _Package, package: str) -> _Package:
    head, _, rest = package.partition(".")
    if head == "_global_":
        return tuple(rest.split(".")) if rest else ()
    return parent if package == "_here_" else (*parent, *package.split("."))


def merge(into: dict[str, Any], new: dict[str, Any]) -> None:
    """Put values over others: mappings are merged, everything else is replaced."""
    for key, value in new.items():
        held = into.get(key)
        if isinstance(value, dict) and isinstance(held, dict):
            merge(held, value)
        elif value != MISSING or key not in into:
            into[key] = copy.deepcopy(value)
