"""The plain forms of ``${...}``, which nearly all recipes keep to, without OmegaConf's parser.

That parser is general and slow, and its import takes longer than everything else that a recipe
needs. What is not of these forms is left to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY: Final = re.compile(r"\.*[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\.\d+)*", re.ASCII)
_RESOLVER: Final = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):", re.ASCII)
_WHOLE: Final = re.compile(r"-?(?:0|[1-9]\d*)", re.ASCII)
_REAL: Final = re.compile(r"-?\d+\.\d+(?:[eE][+-]?\d+)?|-?\d+[eE][+-]?\d+", re.ASCII)
_WORD: Final = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)
_WORDS: Final = {"true": True, "false": False, "null": None}
# These mean something in OmegaConf's grammar, however they are written.
_MEANING: Final = frozenset((*_WORDS, "inf", "nan"))


@dataclass(frozen=True)
class Key:
    """A key that is referred to, dots of a relative one included."""

    name: str


@dataclass(frozen=True)
class Call:
    """A resolver with its arguments: values, keys and calls.

    Attributes:
        name: The resolver's name.
        arguments: What it is given.
    """

    name: str
    arguments: tuple[object, ...]


Part = str | Key | Call
"""A piece of a text: plain, or to be replaced."""


class _NotSimpleError(ValueError):
    """The text has a form that is left to OmegaConf."""


@lru_cache(maxsize=4096)
def simple_parts(text: str) -> tuple[Part, ...] | None:
    """A text taken apart; None when it is not of the plain forms."""
    if "\\" in text:
        return None
    parts: list[Part] = []
    at = 0
    try:
        while (start := text.find("${", at)) >= 0:
            if start > at:
                parts.append(text[at:start])
            part, at = _interpolation(text, start + 2)
            parts.append(part)
    except _NotSimpleError:
        return None
    return (*parts, text[at:]) if at < len(text) else tuple(parts)


def keys_of(parts: tuple[object, ...]) -> Iterator[tuple[str, bool]]:
    """The keys that parts refer to, and whether each must exist."""
    for part in parts:
        if isinstance(part, Key):
            yield part.name, True
        elif isinstance(part, Call):
            if part.name == "oc.select" and part.arguments and isinstance(part.arguments[0], str):
                yield part.arguments[0], False
            yield from keys_of(part.arguments)


def calls_of(parts: tuple[object, ...]) -> Iterator[str]:
    """The names of the resolvers that parts call."""
    for part in parts:
        if isinstance(part, Call):
            yield part.name
            yield from calls_of(part.arguments)


def _interpolation(text: str, at: int) -> tuple[Key | Call, int]:
    """What stands after ``${``, and where it ends."""
    resolver = _RESOLVER.match(text, at)
    if resolver is not None:
        return _call(text, resolver.end(), resolver[1])
    key = _KEY.match(text, at)
    if key is None or text[key.end() : key.end() + 1] != "}":
        raise _NotSimpleError
    return Key(key[0]), key.end() + 1


def _call(text: str, at: int, name: str) -> tuple[Call, int]:
    arguments: list[object] = []
    while True:
        argument, at = _argument(text, _blanks(text, at))
        arguments.append(argument)
        at = _blanks(text, at)
        following = text[at : at + 1]
        if following == "}":
            return Call(name, tuple(arguments)), at + 1
        if following != ",":
            raise _NotSimpleError
        at += 1


def _argument(text: str, at: int) -> tuple[object, int]:
    if text.startswith("${", at):
        return _interpolation(text, at + 2)
    for pattern, kind in ((_REAL, float), (_WHOLE, int)):
        number = pattern.match(text, at)
        if number is not None and text[number.end() : number.end() + 1] in {",", "}", " "}:
            return kind(number[0]), number.end()
    word = _WORD.match(text, at)
    if word is None or (word[0].lower() in _MEANING and word[0] not in _WORDS):
        # A relative key of oc.select begins with a dot.
        word = _KEY.match(text, at)
        if word is None or not word[0].startswith("."):
            raise _NotSimpleError
    return _WORDS.get(word[0], word[0]), word.end()


def _blanks(text: str, at: int) -> int:
    while text[at : at + 1] == " ":
        at += 1
    return at
