"""What a recipe brings along that was copied: from the hub, the launcher's repository, a colleague.

Such a file has everything in it: values that are the trainer's affair, references to what only the
launcher has, keys of Hydra, placeholders of the hub's templates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_trainers.recipes.interpolation import has_interpolation, references_of
from constructs_trainers.recipes.paths import LAUNCHER_KEYS, dotted, same_value
from constructs_trainers.recipes.template import placeholders_in, whole_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from constructs_trainers.errors import Problem
    from constructs_trainers.recipes.layers import Entry
    from constructs_trainers.recipes.paths import Path

_HYDRA_LIST: Final = "defaults"
_SELF: Final = "_self_"
# As all recipes of the launcher's repository have it.
_RESULTS_OF_A_RUN: Final = re.compile(
    r"\$\{base_results_dir\}(/\$\{((recipes\.)?run)?\.name\})?", re.ASCII
)
_HOLDER: Final = "x-"


def is_holder(entry: Entry) -> bool:
    """Whether an entry of a file stands where only anchors are kept: below a key ``x-...``."""
    return entry.origin.file is not None and entry.written[0].startswith(_HOLDER)


def is_launchers_text(value: object) -> bool:
    """Whether a value is where the launcher puts results, as every copied file has it."""
    return isinstance(value, str) and _RESULTS_OF_A_RUN.fullmatch(value) is not None


def is_empty_list_of_blocks(entry: Entry) -> bool:
    """Whether an entry is Hydra's ``defaults`` that names nothing but the file itself."""
    return entry.written == (_HYDRA_LIST,) and entry.value in ([], [_SELF], None)


def outside_problem(entry: Entry) -> Problem | None:
    """What is wrong with an entry for Hydra, for the launcher, or for anchors; None for others."""
    root = entry.written[0]
    if root == _HYDRA_LIST:
        return entry.problem(
            "is Hydra's list of building blocks, which are not put together here",
            fix="write the values of the blocks into the file and delete the list; 'recipe show' "
            "prints the hub's recipe with all its values",
        )
    if root in LAUNCHER_KEYS:
        return entry.problem(
            f"'{root}' is for the launcher that runs recipes on a cluster: no job reads it",
            fix="delete it",
        )
    if root.startswith((".", "_")):
        return entry.problem(
            "the recipe has no such key",
            fix=f"if it only holds anchors, call it '{_HOLDER}{root.lstrip('._')}': what begins "
            f"with '{_HOLDER}' is left out",
        )
    return None


def changes_nothing(value: object, kept: Iterable[object]) -> bool:
    """Whether a value for a place that a layer may not set leaves it as it is.

    Args:
        value: What a layer gives.
        kept: What the place has without it: the hub's value, and the trainer's.
    """
    return value is None or value == "" or any(same_value(value, one) for one in kept)


def leads_only_to(path: Path, value: object, is_kept: Callable[[Path], bool]) -> bool:
    """Whether a value is a reference to places that a layer may not set either.

    Args:
        path: Where it stands.
        value: What a layer gives.
        is_kept: Whether a layer may not set what is there.
    """
    if not has_interpolation(value):
        return False
    targets = [reference.target for reference in references_of(path, value)]
    return bool(targets) and all(map(is_kept, targets))


def placeholder_problem(
    entry: Entry, known: Collection[str], there: Collection[str]
) -> Problem | None:
    """That a value is a placeholder of the hub's template; None where it is none.

    A text in which a placeholder is a part only may be a prompt, whose placeholders are Jinja's.

    Args:
        entry: The entry.
        known: The names of all placeholders.
        there: The names of those that the hub's own text has at this place.
    """
    if not isinstance(entry.value, str) or "{{" not in entry.value:
        return None
    whole = whole_placeholder(entry.value)
    names = {whole} & set(known) if whole else set(placeholders_in(entry.value)) & set(there)
    if not names:
        return None
    name = min(names)
    return entry.problem(
        f"is a placeholder of the hub's template, and no value for '{name}'",
        got=repr(entry.value),
        fix="delete the line, or write the value" if entry.origin.file else "give the value",
    )


def mapping_by_reference(
    path: Path, value: object, template: Mapping[Path, object]
) -> dict[Path, object] | None:
    """The leaves that a reference to a whole mapping stands for, each a reference of its own.

    Args:
        path: The mapping in the recipe that is given.
        value: What it is given.
        template: The leaves of the recipe.

    Returns:
        None when the value is no reference to a mapping with the same keys.
    """
    if not isinstance(value, str) or not has_interpolation(value):
        return None
    targets = {reference.target for reference in references_of(path, value)}
    if len(targets) != 1:
        return None
    (target,) = targets
    below = {leaf[len(path) :] for leaf in template if leaf[: len(path)] == path}
    others = {leaf[len(target) :] for leaf in template if leaf[: len(target)] == target}
    if below != others:
        return None
    return {(*path, *rest): f"${{{dotted((*target, *rest))}}}" for rest in below}
