"""How many instances a job on own instances has: the recipe says it, and so may the compute.

As in ``sagemaker.train`` (``sm_recipes.utils``), the recipe's number counts where the compute gives
none. Other than there, two numbers that differ are an error: a job of one instance whose recipe
waits for four would wait until it is stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.recipes.layers import HUB, TRAINER
from constructs_trainers.recipes.paths import dotted, same_value
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.recipes.resolved_recipe import ResolvedLeaf, ResolvedRecipe

# Nova; LLMFT, verl and NeMo; verl's own. What verl has below ray_cluster is a cluster's.
_PLACES: Final = (
    ("run", "replicas"),
    ("trainer", "num_nodes"),
    ("training_config", "trainer", "nnodes"),
)
_PROP: Final = "compute.instance_count"


@dataclass(frozen=True, kw_only=True)
class NodeCount:
    """The number that recipe and job agree on.

    Attributes:
        count: How many instances; None when only the deployment knows it.
        filled: What the trainer writes into the recipe for it, by dotted path.
        problems: Why they do not agree.
    """

    count: int | None
    filled: dict[str, object]
    problems: list[Problem]


def agreed_count(resolved: ResolvedRecipe, given: int | None, *, known: bool) -> NodeCount:
    """Settle how many instances there are.

    Args:
        resolved: The recipe, as its layers have it.
        given: The compute's count; None when it gives none.
        known: Whether what the compute gives is known at synthesis.
    """
    leaves = [leaf for leaf in resolved.leaves if leaf.path in _PLACES]
    said = [leaf for leaf in leaves if _is_said(leaf)]
    problems = [_no_count(leaf) for leaf in said if not _is_count(leaf.value)]
    if problems or not known:
        return NodeCount(count=given, filled={}, problems=problems)
    wanted = {leaf.value for leaf in said} | ({given} if given is not None else set())
    if len(wanted) > 1:
        return NodeCount(count=given, filled={}, problems=[_two_counts(said, given)])
    by_hub = [leaf.value for leaf in leaves if _is_count(leaf.value)]
    count = next(iter([*wanted, *by_hub, 1]))
    filled = {dotted(leaf.path): count for leaf in leaves if leaf.value != count}
    return NodeCount(count=count if isinstance(count, int) else None, filled=filled, problems=[])


def _is_said(leaf: ResolvedLeaf) -> bool:
    """Whether a layer means the number: one in a copied file that is the hub's says nothing."""
    is_copied = leaf.origin.file is not None and same_value(leaf.value, leaf.default)
    return leaf.origin not in (HUB, TRAINER) and not is_copied


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _no_count(leaf: ResolvedLeaf) -> Problem:
    return Problem(
        path=dotted(leaf.path),
        message="a job needs an instance",
        got=short_repr(leaf.value),
        allowed="1 or more",
        origin=str(leaf.origin),
    )


def _two_counts(said: Sequence[ResolvedLeaf], given: int | None) -> Problem:
    names = [f"{dotted(leaf.path)} {leaf.value} ({leaf.origin})" for leaf in said]
    if given is not None:
        names.insert(0, f"{_PROP} {given}")
    return Problem(
        path=_PROP if given is not None else dotted(said[0].path),
        message="recipe and job would have different numbers of instances",
        got=", ".join(names),
        fix="give one of them: the others follow it",
    )
