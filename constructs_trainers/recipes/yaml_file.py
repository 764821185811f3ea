"""Recipes as YAML: read with the line of every value, and written so that they read back the same.

Keys are text as it is written.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.recipes.paths import tree_of
from constructs_trainers.recipes.yaml_errors import file_error, too_deep, too_long, yaml_error
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path as FilePath

    from constructs_trainers.recipes.paths import Path


YAML_TAG = "tag:yaml.org,2002:"

_FLOAT = re.compile(
    r"""^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?
         |[-+]?(?:[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)
         |[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?
         |[-+]?\.(?:inf|Inf|INF)
         |\.(?:nan|NaN|NAN))$""",
    re.VERBOSE,
)


# No zeros before the first digit, and nothing but the digits of a decimal number.
_PLAIN_NUMBER = re.compile(
    r"[-+]?(?:0|[1-9][0-9_]*)?(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?\Z|[-+]?\.(?:inf|nan)\Z",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"[-+]?[0-9_]+(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?")


class RecipeLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader with the number grammar of YAML 1.2 and no dates."""


RecipeLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in (f"{YAML_TAG}float", f"{YAML_TAG}timestamp", f"{YAML_TAG}value")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
RecipeLoader.add_implicit_resolver(f"{YAML_TAG}float", _FLOAT, list("-+0123456789."))


# Far above any real recipe (the largest hub recipe has about 500 leaves); stops alias bombs.
_MAX_VALUES = 20_000
# Real recipes have about 10. libyaml's composer calls itself for each level, and a few thousand
# of them end the process.
_MAX_DEPTH = 100

_TRUTHS = ("true", "false")
_MERGE = f"{YAML_TAG}merge"
_SCALARS = {f"{YAML_TAG}{name}" for name in ("str", "int", "float", "bool", "null")}


@dataclass(frozen=True)
class YamlDocument:
    """A YAML mapping and where its values were written.

    Attributes:
        leaves: Each leaf with its path and its line, counted from 1, in document order. No path
            is there twice.
        written: The text of values that read as something else than they look: ``NO`` is false.
    """

    leaves: tuple[tuple[Path, object, int], ...]
    written: Mapping[Path, str] = field(default_factory=dict)


def read_yaml_file(file: FilePath, *, shown_as: str) -> YamlDocument:
    """Read a recipe file, which messages name as it is shown.

    Raises:
        RecipeError: The file is missing, unreadable, not YAML, or not a mapping.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise file_error(shown_as, "recipe file not found", fix="check the path") from None
    except UnicodeDecodeError:
        raise file_error(shown_as, "recipe file is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise file_error(shown_as, f"recipe file cannot be read: {reason}") from None
    return parse_yaml(text, shown_as=shown_as)


def parse_yaml(text: str, *, shown_as: str) -> YamlDocument:
    """Parse the text of a recipe; see :func:`read_yaml_file`."""
    try:
        _check_size(text, shown_as)
        loader = RecipeLoader(text)
        try:
            node = loader.get_single_node()
            reader = _Reader(loader, shown_as)
            if not isinstance(node, yaml.MappingNode):
                raise file_error(
                    shown_as,
                    "a recipe must be a YAML mapping",
                    got=_in_words(node),
                    allowed="nested keys, such as 'training_config:' with its settings below it",
                )
            reader.read_mapping(node, ())
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise yaml_error(error, text, shown_as) from None
    if reader.problems:
        raise RecipeError(shown_as, reader.problems)
    return YamlDocument(tuple(reader.leaves), reader.written)


def _check_size(text: str, shown_as: str) -> None:
    """Refuse what is too deep or too long before nodes are made of it."""
    depth = values = 0
    for event in yaml.parse(text, Loader=RecipeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.NodeEvent):
            values += 1
        if depth > _MAX_DEPTH:
            raise too_deep(shown_as, _MAX_DEPTH, _line(event))
        if values > 2 * _MAX_VALUES:  # keys count here too
            raise too_long(shown_as, _MAX_VALUES)


class _Reader:
    """Walks the nodes of one document and notes leaves and problems."""

    def __init__(self, loader: Any, shown_as: str) -> None:  # noqa: ANN401 - PyYAML has no type for it
        self._loader = loader
        self._shown_as = shown_as
        # Aliases make one node appear at many places.
        self._merged: dict[yaml.Node, dict[str, tuple[yaml.Node, yaml.Node]]] = {}
        self._open: list[yaml.Node] = []
        self._visited = 0
        self.leaves: list[tuple[Path, object, int]] = []
        self.written: dict[Path, str] = {}
        self.problems: list[Problem] = []

    def read_mapping(self, node: yaml.MappingNode, prefix: Path) -> None:
        with self._inside(node):
            self._check_tag(node, f"{YAML_TAG}map")
            for key, (key_node, value_node) in self._pairs(node, prefix).items():
                path = (*prefix, key)
                if isinstance(value_node, yaml.MappingNode) and value_node.value:
                    self.read_mapping(value_node, path)
                else:
                    value = self._value(value_node, path)
                    self.leaves.append((path, value, _line(key_node)))
                    if isinstance(value, bool) and value_node.value.lower() not in _TRUTHS:
                        self.written[path] = value_node.value

    def _pairs(
        self, node: yaml.MappingNode, prefix: Path
    ) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """The mapping's keys, with those taken over by ``<<`` where it has none of its own."""
        if node in self._merged:
            return self._merged[node]
        taken: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
                where = ".".join(prefix) or self._shown_as
                self._problem(where, "a key must be non-empty text", key_node)
                continue
            key = key_node.value
            if key in own:
                self._problem(
                    ".".join((*prefix, key)),
                    f"the key is written twice, first in line {_line(own[key][0])}",
                    key_node,
                    fix="keep one of the two",
                )
            own[key] = (key_node, value_node)
            if key_node.tag == _MERGE:
                for source in self._merge_sources(value_node):
                    with self._inside(source):
                        for name, pair in self._pairs(source, prefix).items():
                            taken.setdefault(name, pair)
        own = {key: pair for key, pair in own.items() if pair[0].tag != _MERGE}
        self._merged[node] = {**{k: v for k, v in taken.items() if k not in own}, **own}
        return self._merged[node]

    def _merge_sources(self, node: yaml.Node) -> list[yaml.MappingNode]:
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for source in sources:
            if not isinstance(source, yaml.MappingNode):
                raise _mark_error("'<<' takes a mapping or a list of mappings", source)
        return list(sources)

    def _value(self, node: yaml.Node, path: Path, below: str = "") -> object:
        """The value of a leaf; ``below`` says where in the leaf the node stands."""
        with self._inside(node):
            if isinstance(node, yaml.SequenceNode):
                self._check_tag(node, f"{YAML_TAG}seq")
                return [self._value(n, path, f"{below}[{i}]") for i, n in enumerate(node.value)]
            if isinstance(node, yaml.MappingNode):
                self._check_tag(node, f"{YAML_TAG}map")
                where = (*path[:-1], path[-1] + below)
                pairs = self._pairs(node, where)
                return {k: self._value(n, path, f"{below}.{k}") for k, (_, n) in pairs.items()}
            if node.tag == _MERGE:
                return node.value
            self._check_tag(node, *_SCALARS)
            return self._scalar(node, ".".join(path) + below)

    def _scalar(self, node: yaml.Node, where: str) -> object:
        try:
            value: object = self._loader.construct_object(node)
        except (ValueError, LookupError):
            # PyYAML leaves these to int(), float() and its table of booleans.
            kind = str(node.tag).removeprefix(YAML_TAG)
            got = node.value if len(node.value) <= 40 else f"{node.value[:40]}..."  # noqa: PLR2004
            self._problem(where, f"cannot be read as a YAML {kind}", node, got=got)
            return None
        other = _other_reading(str(node.value), value)
        if other == str(value):
            message = "begins with a zero, which YAML 1.1 takes for another base"
            self._problem(where, message, node, got=node.value, fix=f"write {value}")
        elif other is not None:
            message = f"may be read as {value}, as YAML 1.1 does, or as {other}"
            self._problem(where, message, node, got=node.value, fix=f"write {value} or {other}")
        return value

    @contextmanager
    def _inside(self, node: yaml.Node) -> Iterator[None]:
        if node in self._open:
            raise _mark_error("the anchor holds an alias of itself", node)
        if len(self._open) >= _MAX_DEPTH:
            raise too_deep(self._shown_as, _MAX_DEPTH, _line(node))
        self._visited += 1
        if self._visited > _MAX_VALUES:
            raise too_long(self._shown_as, _MAX_VALUES)
        self._open.append(node)
        try:
            yield
        finally:
            self._open.pop()

    def _check_tag(self, node: yaml.Node, *allowed: str) -> None:
        if node.tag not in allowed:
            raise _mark_error(f"the tag '{node.tag}' is not allowed in a recipe", node)

    def _problem(
        self,
        path: str,
        message: str,
        node: yaml.Node,
        *,
        got: str | None = None,
        fix: str | None = None,
    ) -> None:
        origin = f"{self._shown_as}:{_line(node)}"
        self.problems.append(Problem(path=path, message=message, got=got, fix=fix, origin=origin))


def _other_reading(text: str, value: object) -> str | None:
    """What a number may have been meant as that is not written plainly; None for one that is.

    YAML 1.1 takes ``010`` for 8, ``1:30`` for 90, ``0x10`` and ``0b11`` for numbers; who writes
    them may mean 10, a time, or text.
    """
    if isinstance(value, (bool, str)) or value is None or _PLAIN_NUMBER.match(text):
        return None
    if _DECIMAL.fullmatch(text):
        return str(float(text) if isinstance(value, float) else int(text))
    return f"'{text}'"


def _line(item: Any) -> int:  # noqa: ANN401 - a node or an event
    return int(item.start_mark.line) + 1


def _in_words(node: yaml.Node | None) -> str:
    if node is None:
        return "an empty file"
    return "a YAML list" if isinstance(node, yaml.SequenceNode) else "a YAML scalar"


def _mark_error(message: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=message, problem_mark=node.start_mark)


class _RecipeDumper(yaml.SafeDumper):
    """Quotes text that either YAML 1.1 or our reader would take for something else.

    So ``'1e-5'`` stays text for us, and ``'2026-01-01'`` for other programs. libyaml's emitter is
    no use here: it counts the width of a line in another way than it is told.
    """

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - as PyYAML declares it
        """Values that occur twice are written twice: a recipe is read by people."""
        return True


_OURS = RecipeLoader.yaml_implicit_resolvers
_OTHERS = yaml.SafeDumper.yaml_implicit_resolvers
_RecipeDumper.yaml_implicit_resolvers = {
    first: [*_OURS.get(first, []), *_OTHERS.get(first, [])] for first in {**_OURS, **_OTHERS}
}


def _represent_text(dumper: _RecipeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML writes these line breaks out between single quotes, where they read back as spaces.
    style = '"' if any(character in text for character in "\x85\u2028\u2029") else None
    return dumper.represent_scalar(f"{YAML_TAG}str", text, style=style)


_RecipeDumper.add_representer(str, _represent_text)


def dump_yaml(tree: Mapping[str, object]) -> str:
    """The YAML text of a recipe, keys in the recipe's order."""
    text: str = yaml.dump(
        tree, Dumper=_RecipeDumper, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return text


def parse_yaml_value(text: str, *, shown_as: str) -> object:
    """The value that a text after a colon has in YAML: ``1e-5`` is a number, nothing is null.

    Raises:
        RecipeError: The text is not YAML, or more than one value.
    """
    leaves = parse_yaml(f"value: {text}", shown_as=shown_as).leaves
    tree = tree_of({path: value for path, value, _ in leaves})
    if len(tree) > 1:
        problem = Problem(path=shown_as, message="expected one value", got=short_repr(text))
        raise RecipeError(shown_as, [problem])
    return tree["value"]
