"""The values that interpolations come to, each leaf once.

Plain forms are evaluated here; all others by OmegaConf, over a recipe in which what they refer to
has its value already. So no leaf is evaluated twice, however often it is mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.recipes.interpolation_references import (
    absolute,
    has_interpolated_keys,
    references_in,
    resolvers_in,
)
from constructs_trainers.recipes.paths import LAUNCHER_ROOTS, tree_of
from constructs_trainers.recipes.resolvers import OWN_RESOLVERS, PREFIX, SELECT, register_resolvers
from constructs_trainers.recipes.simple_interpolation import Call, Key, keys_of, simple_parts
from constructs_trainers.recipes.token_shields import UnknownNumberError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_trainers.recipes.paths import Path

MOST_CHARACTERS: Final = 100_000
"""How long a value may be once it is expanded. Real ones have hundreds of characters."""
# Keys that are interpolated are OmegaConf's alone, which evaluates them anew for each mention.
_MOST_DYNAMIC: Final = 3
_MANDATORY: Final = "???"
CYCLE: Final = "interpolations refer to each other in a cycle"
_TOO_LONG: Final = f"comes to more than {MOST_CHARACTERS:,} characters"
_NO_TEXT: Final = "a list or mapping cannot stand within text"
_TOO_DYNAMIC: Final = f"more than {_MOST_DYNAMIC} values have keys that are interpolated themselves"
# Not those of the CDK's tokens.
_OPENING: Final = re.compile(r"(\\*)\$\{(?!Token\[)")


def escaped(value: object) -> object:
    """A leaf as it is written for whoever reads it with OmegaConf: plain text stays plain text.

    OmegaConf user guide, "Escaped interpolations": a backslash before ``${`` takes its meaning
    from it, and backslashes before that one are doubled.
    """
    if isinstance(value, str):
        return _OPENING.sub(lambda found: f"{found[1] * 2}\\${{", value)
    if isinstance(value, Mapping):
        return {key: escaped(item) for key, item in value.items()}
    return [escaped(item) for item in value] if isinstance(value, list) else value


class _FailedError(Exception):
    """A leaf has no value."""


class _MissingKeyError(_FailedError):
    """It refers to a key that is not there."""


class _MandatoryError(ValueError):
    """It refers to a value that somebody else must set."""


class InterpolatedValues:
    """The values of a recipe's leaves.

    Attributes:
        values: Those that were found, by path.
        reasons: Why others have none.

    Args:
        leaves: All leaves, with tokens taken out.
        interpolated: Those that have interpolations.
    """

    def __init__(self, leaves: Mapping[Path, object], interpolated: Iterable[Path]) -> None:
        self.values: dict[Path, object] = {}
        self.reasons: dict[Path, str] = {}
        self._leaves = leaves
        self._open = dict.fromkeys(interpolated)
        self._below: dict[Path, list[Path]] = {}
        for path in self._open:
            for depth in range(len(path) + 1):
                self._below.setdefault(path[:depth], []).append(path)
        heads = {path[0] for path in leaves}
        self._roots = [root for root in LAUNCHER_ROOTS if root not in heads]
        self._dynamic = [path for path in self._open if self._is_dynamic(path)]
        for path in self._open:
            self._settle(path)

    def _settle(self, start: Path) -> None:
        """Find a leaf's value after those of the leaves that it refers to."""
        stack, way = [(start, False)], set()
        while stack:
            path, is_ready = stack.pop()
            if is_ready:
                way.discard(path)
                self._find(path)
            elif path not in self.values and path not in self.reasons:
                way.add(path)
                stack.append((path, True))
                for needed in self._needed(path):
                    if needed in way:
                        # What only OmegaConf understands may not need it after all.
                        if path not in self._dynamic:
                            self.reasons[path] = CYCLE
                    elif needed not in self.values and needed not in self.reasons:
                        stack.append((needed, False))

    def _find(self, path: Path) -> None:
        if path in self.reasons:
            return
        needed = [] if path in self._dynamic else self._needed(path)
        failed = next((one for one in needed if one in self.reasons), None)
        if failed is not None:
            self.reasons[path] = self.reasons[failed]
            return
        try:
            value = self._value(path, self._leaves[path])
        except _FailedError as error:
            self.reasons[path] = str(error)
            return
        if _is_longer(value, MOST_CHARACTERS):
            self.reasons[path] = _TOO_LONG
            return
        self.values[path] = value

    def _needed(self, path: Path) -> list[Path]:
        """The leaves with interpolations that a leaf refers to."""
        if path in self._dynamic:
            return [other for other in self._open if other not in self._dynamic]
        found: dict[Path, None] = {}
        for target, _ in self._targets(path):
            found |= dict.fromkeys(self._below.get(target, ()))
            above = (target[:depth] for depth in range(1, len(target)))
            found |= dict.fromkeys(prefix for prefix in above if prefix in self._open)
        return list(found)

    def _targets(self, path: Path) -> Iterator[tuple[Path, bool]]:
        """The keys that a leaf refers to, from the root of the recipe; whether each must exist."""
        for text in texts_of(self._leaves[path]):
            parts = simple_parts(text)
            if parts is None:
                for found in references_in(text, at=path):
                    yield self._from_root(found.target), found.required
            else:
                for key, required in keys_of(parts):
                    yield self._from_root(absolute(key, path)), required

    def _from_root(self, target: Path) -> Path:
        return target[1:] if len(target) > 1 and target[0] in self._roots else target

    def _is_dynamic(self, path: Path) -> bool:
        """Whether only OmegaConf knows what a leaf refers to.

        Within lists and mappings relative keys start elsewhere.
        """
        value = self._leaves[path]
        if isinstance(value, str):
            return simple_parts(value) is None and has_interpolated_keys(value)
        return not _is_plain(value) or any(
            target[: len(path)] == path for target, _ in self._targets(path)
        )

    def _value(self, path: Path, value: object) -> object:
        if path in self._dynamic:
            return self._by_omegaconf(path, value)
        if isinstance(value, str):
            return self._text(path, value) if "${" in value else value
        if isinstance(value, Mapping):
            return {key: self._value(path, item) for key, item in value.items()}
        return [self._value(path, item) for item in value] if isinstance(value, list) else value

    def _text(self, path: Path, text: str) -> object:
        parts = simple_parts(text)
        if parts is not None:
            # What is wrong OmegaConf says in its words.
            with suppress(TypeError, ValueError, ArithmeticError):
                return self._joined(path, parts)
        return self._by_omegaconf(path, text)

    def _joined(self, path: Path, parts: Sequence[object]) -> object:
        if len(parts) == 1:
            return self._part(path, parts[0])
        texts = []
        for part in parts:
            value = self._part(path, part)
            if isinstance(value, (list, Mapping)):
                raise _FailedError(_NO_TEXT)
            texts.append(str(value))
        return "".join(texts)

    def _part(self, path: Path, part: object) -> object:
        if isinstance(part, Key):
            return self._at(self._from_root(absolute(part.name, path)))
        if not isinstance(part, Call):
            return part
        arguments = [self._part(path, argument) for argument in part.arguments]
        if part.name != SELECT:
            return OWN_RESOLVERS[part.name](*arguments)
        key, *default = arguments
        if not isinstance(key, str) or len(default) > 1:
            raise TypeError(key)
        try:
            return self._at(self._from_root(absolute(key, path)))
        except (_MissingKeyError, _MandatoryError):
            return default[0] if default else None

    def _at(self, target: Path) -> object:
        """The value of a key: of a leaf, of all leaves below it, or within a leaf."""
        if target in self._leaves:
            value = self._known(target)
            if value == _MANDATORY:
                raise _MandatoryError
            return value
        below = {
            path[len(target) :]: self._known(path)
            for path in self._leaves
            if path[: len(target)] == target
        }
        if below:
            return tree_of(below)
        for depth in range(len(target) - 1, 0, -1):
            if target[:depth] in self._leaves:
                return _within(self._known(target[:depth]), target[depth:])
        raise _MissingKeyError(f"Interpolation key '{'.'.join(target)}' not found")

    def _known(self, path: Path) -> object:
        return self.values[path] if path in self._open else self._leaves[path]

    def _by_omegaconf(self, path: Path, value: object) -> object:
        if path in self._dynamic and len(self._dynamic) > _MOST_DYNAMIC:
            raise _FailedError(_TOO_DYNAMIC)
        from omegaconf import OmegaConf
        from omegaconf.errors import OmegaConfBaseException

        register_resolvers()
        tree = {**dict(self._seen_from(path)), path: _prefixed(value)}
        config = OmegaConf.create(_with_roots(tree_of(tree)))
        try:
            node: Any = config
            for key in path:
                node = node[key]
            return OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node
        except (OmegaConfBaseException, RecursionError, UnknownNumberError, ValueError) as error:
            raise _FailedError(_in_words(error)) from None

    def _seen_from(self, path: Path) -> Iterator[tuple[Path, object]]:
        """The leaves that a text may refer to, with their values."""
        targets = None if path in self._dynamic else [t for t, _ in self._targets(path)]
        for other, value in self._leaves.items():
            is_meant = targets is None or any(
                other[: len(target)] == target or target[: len(other)] == other
                for target in targets
            )
            if other == path or not is_meant or other in self.reasons:
                continue
            if other in self.values:
                yield other, escaped(self.values[other])
            elif other not in self._open:
                yield other, value
            elif path in self._dynamic:
                yield other, _prefixed(value)


def texts_of(value: object) -> Iterator[str]:
    """The texts with interpolations within a leaf without tokens."""
    if isinstance(value, str):
        if "${" in value:
            yield value
    elif isinstance(value, (list, Mapping)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from texts_of(item)


def _within(value: object, path: Path) -> object:
    for key in path:
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise _MissingKeyError(f"Interpolation key '{'.'.join(path)}' not found")
    return value


def _is_longer(value: object, most: int) -> bool:
    """Whether a value has more characters than that, without counting further."""
    left, stack = most, [value]
    while stack and left >= 0:
        item = stack.pop()
        if isinstance(item, (list, Mapping)):
            left -= 1
            stack.extend(item.values() if isinstance(item, Mapping) else item)
        else:
            left -= len(item) if isinstance(item, str) else 1
    return left < 0


def _is_plain(value: object) -> bool:
    """Whether all texts of a list or mapping have plain forms, and no relative keys."""
    for text in texts_of(value):
        parts = simple_parts(text)
        if parts is None or any(key.startswith(".") for key, _ in keys_of(parts)):
            return False
    return True


def _prefixed(value: object) -> object:
    """A value whose resolvers are called as OmegaConf knows them."""
    if isinstance(value, Mapping):
        return {key: _prefixed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_prefixed(item) for item in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    for start, name in sorted(resolvers_in(value), reverse=True):
        if name in OWN_RESOLVERS:
            value = f"{value[:start]}{PREFIX}.{value[start:]}"
    return value


def _with_roots(tree: dict[str, object]) -> dict[str, object]:
    """The tree, reachable under the names of the launcher's roots where they are mentioned."""
    text = repr(tree)
    return tree | {
        root: dict(tree) for root in LAUNCHER_ROOTS if root not in tree and f"{root}." in text
    }


def _in_words(error: Exception) -> str:
    if isinstance(error, RecursionError) or "RecursionError" in str(error):
        return CYCLE
    first_line = str(error).splitlines()[0].replace(f"{PREFIX}.", "")
    return re.sub(r"^\w+ raised while resolving interpolation: ", "", first_line)
