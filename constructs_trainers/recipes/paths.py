"""Leaves of nested mappings: their paths, and in which of them two recipes differ.

A *leaf* is anything that is not a mapping: a scalar, null, or a list as a whole. An empty mapping
counts as a leaf too, so that nothing gets lost when a tree is taken apart and put together again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str, ...]

SCALARS = (str, int, float, type(None))
"""Types of most leaves. Asked for first, because whether a value is a Mapping takes long to ask."""

LAUNCHER_ROOTS = ("recipes", "training")
"""Keys under which the launcher that runs recipes puts a whole recipe. Files that were written for
it start with one, and recipes refer to themselves through it; the hub's templates have neither."""


LAUNCHER_KEYS: Final = frozenset(
    (
        "base_results_dir",
        "cluster",
        "cluster_type",
        "container",
        "debug",
        "dry_run",
        "env_vars",
        "git",
        "hydra",
        "launch_json",
    )
)
"""What the launcher has beside a recipe: ``config.yaml`` of aws/sagemaker-hyperpod-recipes, and
Hydra itself."""


def dotted(path: Path) -> str:
    """The path as people write it: ``training_config.training_args.learning_rate``."""
    return ".".join(path)


def leaves(tree: Mapping[str, object], prefix: Path = ()) -> Iterator[tuple[Path, object]]:
    """All leaves with their paths, in document order."""
    for key, value in tree.items():
        path = (*prefix, str(key))
        if not isinstance(value, SCALARS) and isinstance(value, Mapping) and value:
            yield from leaves(value, path)
        else:
            yield path, value


def tree_of(pairs: Mapping[Path, object]) -> dict[str, object]:
    """The nested mapping that holds each value at its path."""
    tree: dict[str, object] = {}
    for path, value in pairs.items():
        node = tree
        for key in path[:-1]:
            child = node.setdefault(key, {})
            if not isinstance(child, dict):
                msg = f"'{dotted(path)}' lies below a leaf"
                raise TypeError(msg)
            node = child
        node[path[-1]] = value
    return tree


def is_subsequence(short: Path, long: Path) -> bool:
    """Whether ``short`` is ``long`` with some of its parts left out."""
    remaining = iter(long)
    return all(part in remaining for part in short)


ABSENT: Final = object()
"""Stands for a value that is not there at all, which null is."""


@dataclass(frozen=True)
class LeafDifference:
    """One leaf that differs.

    Attributes:
        path: The leaf's full path, dotted.
        left: Its value on the left, or :data:`ABSENT`.
        right: Its value on the right, or :data:`ABSENT`.
    """

    path: str
    left: object
    right: object


def same_value(one: object, other: object) -> bool:
    """Whether two values are the same to a recipe: ``1``, ``1.0`` and ``true`` are not.

    What is sent is text, where they differ.
    """
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def leaf_differences(
    left: Mapping[str, object], right: Mapping[str, object]
) -> tuple[LeafDifference, ...]:
    """The leaves that differ, in the left side's order, then what only the right side has.

    Both sides have their values by dotted path.
    """
    return tuple(
        LeafDifference(path, left.get(path, ABSENT), right.get(path, ABSENT))
        for path in dict.fromkeys((*left, *right))
        if not (path in left and path in right and same_value(left[path], right[path]))
    )
