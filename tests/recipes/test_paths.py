"""Taking nested values apart, putting them together and comparing them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.recipes.paths import (
    ABSENT,
    LeafDifference,
    dotted,
    is_subsequence,
    leaf_differences,
    leaves,
    same_value,
    tree_of,
)

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


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (0, False), (1, 1.0), (None, ""), ("1", 1), ([1], [1.0])]
)
def test_values_that_are_sent_as_different_text_differ(one: object, other: object) -> None:
    assert not same_value(one, other)
    assert same_value(one, one)


def test_differences_come_in_order_and_tell_null_from_absent() -> None:
    left = {"c": 1, "a": 2, "n": None}
    right = {"a": 3, "b": None, "c": 1}
    assert leaf_differences(left, right) == (
        LeafDifference("a", 2, 3),
        LeafDifference("n", None, ABSENT),
        LeafDifference("b", ABSENT, None),
    )
    assert leaf_differences(left, dict(reversed(left.items()))) == ()
