"""What a text with ``${...}`` mentions, as OmegaConf's own parser sees it, and where that leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_trainers.recipes.paths import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from constructs_trainers.recipes.paths import Path


@dataclass(frozen=True)
class Reference:
    """A key that a text refers to.

    Attributes:
        target: The key's path from the root of the recipe.
        required: Whether the key must exist; ``oc.select`` goes without.
    """

    target: Path
    required: bool


@dataclass(frozen=True)
class Chain:
    """Keys, each of which refers to the next.

    Attributes:
        keys: From the leaf that was asked for to where the chain ends.
        missing: Whether the last key is not in the recipe.
    """

    keys: tuple[Path, ...]
    missing: bool

    @property
    def is_cycle(self) -> bool:
        """Whether the chain comes back to a key that it has passed."""
        return self.keys[-1] in self.keys[:-1]

    def __str__(self) -> str:
        return " -> ".join(dotted(key) for key in self.keys)


def nesting_depth(text: str) -> int:
    """How many braces and brackets stand open at once in a text that has interpolations."""
    deepest = depth = 0
    for character in text:
        if character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}]" and depth:
            depth -= 1
    return deepest


def resolvers_in(text: str) -> Iterator[tuple[int, str]]:
    """Where resolvers are named, and their names.

    Raises:
        GrammarParseError: The text is not of OmegaConf's grammar.
    """
    parser = _parser()
    for node in _nodes(text):
        if isinstance(node, parser.ResolverNameContext):
            yield node.start.start, node.getText()


def references_in(text: str, *, at: Path) -> Iterator[Reference]:
    """The keys that a text refers to, but for those whose name is itself interpolated.

    Args:
        text: A text of OmegaConf's grammar.
        at: The path of the leaf that holds it: relative keys start beside it.
    """
    parser = _parser()
    for node in _nodes(text):
        if isinstance(node, parser.InterpolationNodeContext):
            target, required = _key_of(node, parser), True
        elif isinstance(node, parser.InterpolationResolverContext):
            target, required = _selected_key(node), False
        else:
            continue
        if target and "${" not in target:
            yield Reference(absolute(target, at), required)


def has_interpolated_keys(text: str) -> bool:
    """Whether a text refers to a key whose name is itself interpolated."""
    parser = _parser()
    return any(
        "${" in _key_of(node, parser)
        if isinstance(node, parser.InterpolationNodeContext)
        else "${" in _selected_key(node)
        for node in _nodes(text)
        if isinstance(node, (parser.InterpolationNodeContext, parser.InterpolationResolverContext))
    )


def _key_of(node: Any, parser: Any) -> str:  # noqa: ANN401 - generated classes, untyped
    """The key with all its parts joined by dots, leading dots of a relative key included."""
    inner = node.children[1:-1]  # without '${' and '}'
    keys = [child.getText() for child in inner if isinstance(child, parser.ConfigKeyContext)]
    text = node.getText()[2:]
    leading = len(text) - len(text.lstrip("."))
    return "." * leading + ".".join(keys)


def _selected_key(node: Any) -> str:  # noqa: ANN401 - generated classes, untyped
    name, _, arguments = node.getText()[2:-1].partition(":")
    return str(arguments.partition(",")[0]).strip() if name.strip() == "oc.select" else ""


def absolute(key: str, at: Path) -> Path:
    """A key as a path from the root of the recipe.

    Args:
        key: With leading dots it is relative.
        at: The leaf that it is written in: relative keys start beside it.
    """
    name = key.lstrip(".")
    levels = len(key) - len(name)
    if levels > len(at):
        return (key,)  # above the root there is nothing
    base = at[: len(at) - levels] if levels else ()
    return (*base, *name.split("."))


def _nodes(text: str) -> Iterator[Any]:
    from omegaconf.grammar_parser import parse

    nodes: list[Any] = [parse(text)]
    while nodes:
        node = nodes.pop()
        yield node
        nodes += reversed(getattr(node, "children", None) or ())


def _parser() -> Any:  # noqa: ANN401 - generated classes, untyped
    from omegaconf.grammar.gen.OmegaConfGrammarParser import OmegaConfGrammarParser

    return OmegaConfGrammarParser


def chain_from(
    start: Path,
    leaves: Mapping[Path, object],
    failing: Collection[Path],
    references: Callable[[Path], Iterable[Reference]],
) -> Chain:
    """Follow references from a leaf without a value to the reason.

    It is one of those that fail; ``references`` gives the keys that such a leaf refers to.
    """
    chain = Chain((start,), missing=False)
    while not chain.missing and not chain.is_cycle:
        step = _next_key(references(chain.keys[-1]), leaves, failing)
        if step is None:
            break
        key, missing = step
        chain = Chain((*chain.keys, key), missing)
    return chain


def _next_key(
    references: Iterable[Reference], leaves: Mapping[Path, object], failing: Collection[Path]
) -> tuple[Path, bool] | None:
    for reference in references:
        target = reference.target
        for path in failing:
            if _starts_with(path, target) or _starts_with(target, path):
                return path, False
        if reference.required and not _exists(target, leaves):
            return target, True
    return None


def _exists(target: Path, leaves: Mapping[Path, object]) -> bool:
    return any(
        _starts_with(path, target)
        or (_starts_with(target, path) and isinstance(value, (list, Mapping)))
        for path, value in leaves.items()
    )


def _starts_with(path: Path, start: Path) -> bool:
    return path[: len(start)] == start
