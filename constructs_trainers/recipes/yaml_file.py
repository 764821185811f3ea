"""Reading YAML recipes with the line of every value.

Values are those of YAML 1.1 as PyYAML reads it, with two corrections that OmegaConf makes too:
``1e-5`` is a number, and a date is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from constructs_trainers.errors import Problem, RecipeError

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from constructs_trainers.recipes.paths import Path

# Far above any real recipe (the largest hub recipe has about 500 leaves); stops alias bombs.
_MAX_LEAVES = 20_000

_FLOAT = re.compile(
    r"""^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?
         |[-+]?(?:[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)
         |[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?
         |[-+]?\.(?:inf|Inf|INF)
         |\.(?:nan|NaN|NAN))$""",
    re.VERBOSE,
)


class _RecipeLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader with the number grammar of YAML 1.2 and no dates."""


_RecipeLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_RecipeLoader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))


@dataclass(frozen=True)
class YamlDocument:
    """A YAML mapping and where its values were written.

    Attributes:
        leaves: Each leaf with its path and its line, counted from 1, in document order.
    """

    leaves: tuple[tuple[Path, object, int], ...]


def read_yaml_file(file: FilePath, *, shown_as: str) -> YamlDocument:
    """Read a recipe file.

    Args:
        file: The file to read.
        shown_as: How messages name the file.

    Raises:
        RecipeError: The file is missing, unreadable, not YAML, or not a mapping.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _file_error(shown_as, "recipe file not found", fix="check the path") from None
    except UnicodeDecodeError:
        raise _file_error(shown_as, "recipe file is not UTF-8 text") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise _file_error(shown_as, f"recipe file cannot be read: {reason}") from None
    return parse_yaml(text, shown_as=shown_as)


def parse_yaml(text: str, *, shown_as: str) -> YamlDocument:
    """Parse the text of a recipe; see :func:`read_yaml_file`."""
    try:
        loader = _RecipeLoader(text)
        try:
            node = loader.get_single_node()
            reader = _Reader(loader, shown_as)
            if not isinstance(node, yaml.MappingNode):
                raise _file_error(
                    shown_as,
                    "a recipe must be a YAML mapping",
                    got="an empty file" if node is None else f"a YAML {_kind(node)}",
                    allowed="nested keys, such as 'training_config:' with its settings below it",
                )
            reader.read_mapping(node, ())
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise _yaml_error(error, shown_as) from None
    except RecursionError:
        raise _file_error(shown_as, "the recipe is nested too deeply") from None
    if reader.problems:
        raise RecipeError(shown_as, reader.problems)
    return YamlDocument(tuple(reader.leaves))


class _Reader:
    """Walks the nodes of one document and notes leaves and problems."""

    def __init__(self, loader: Any, shown_as: str) -> None:  # noqa: ANN401 - PyYAML has no type for it
        self._loader = loader
        self._shown_as = shown_as
        self.leaves: list[tuple[Path, object, int]] = []
        self.problems: list[Problem] = []

    def read_mapping(self, node: yaml.MappingNode, prefix: Path) -> None:
        self._loader.flatten_mapping(node)
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = str(self._loader.construct_object(key_node, deep=True))
            line = key_node.start_mark.line + 1
            # Keys taken over by `<<` come first and may be repeated: the mapping's own win.
            if key in seen and seen[key] >= node.start_mark.line + 1:
                self.problems.append(
                    Problem(
                        path=".".join((*prefix, key)),
                        message=f"the key is written twice, first in line {seen[key]}",
                        fix="keep one of the two",
                        origin=f"{self._shown_as}:{line}",
                    )
                )
            seen[key] = line
            self._read_value(value_node, (*prefix, key), line)

    def _read_value(self, node: yaml.Node, path: Path, line: int) -> None:
        if isinstance(node, yaml.MappingNode) and node.value:
            self.read_mapping(node, path)
            return
        if len(self.leaves) >= _MAX_LEAVES:
            raise _file_error(self._shown_as, f"the recipe has more than {_MAX_LEAVES} values")
        self.leaves.append((path, self._loader.construct_object(node, deep=True), line))


def _kind(node: yaml.Node) -> str:
    return "list" if isinstance(node, yaml.SequenceNode) else "scalar"


def _file_error(
    shown_as: str,
    message: str,
    *,
    got: str | None = None,
    allowed: str | None = None,
    fix: str | None = None,
) -> RecipeError:
    problem = Problem(path=shown_as, message=message, got=got, allowed=allowed, fix=fix)
    return RecipeError(shown_as, [problem])


def _yaml_error(error: yaml.YAMLError, shown_as: str) -> RecipeError:
    mark = getattr(error, "problem_mark", None)
    where = shown_as if mark is None else f"{shown_as}:{mark.line + 1}"
    detail = getattr(error, "problem", None) or str(error)
    return RecipeError(shown_as, [Problem(path=where, message=f"not valid YAML: {detail}")])
