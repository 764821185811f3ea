"""Comparing recipes value by value."""

from __future__ import annotations

import pytest

from constructs_trainers.recipes.leaf_diff import (
    ABSENT,
    LeafDifference,
    leaf_differences,
    same_value,
)


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
