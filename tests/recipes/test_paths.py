"""Taking nested values apart and putting them together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.recipes.paths import dotted, is_subsequence, leaves, tree_of

keys = st.sampled_from(["a", "b", "a.b", ""])
trees = st.recursive(
    st.none() | st.integers() | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(keys, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(keys, trees, max_size=3))
def test_a_tree_taken_apart_goes_together_again(tree: dict[str, object]) -> None:
    assert tree_of(dict(leaves(tree))) == tree


def test_leaves_come_in_the_order_of_the_document() -> None:
    tree = {"b": {"z": 1, "a": []}, "a": {}, "c": {"x": {"y": None}}}
    assert [dotted(path) for path, _ in leaves(tree)] == ["b.z", "b.a", "a", "c.x.y"]


def test_a_path_below_a_leaf_is_refused() -> None:
    with pytest.raises(TypeError, match=r"a\.b"):
        tree_of({("a",): 1, ("a", "b"): 2})


def test_parts_of_a_path_may_be_left_out_but_not_swapped() -> None:
    assert is_subsequence((), ("a",))
    assert is_subsequence(("a", "c"), ("a", "b", "c"))
    assert not is_subsequence(("c", "a"), ("a", "b", "c"))
    assert not is_subsequence(("a", "a"), ("a", "b"))
