from __future__ import annotations

import pytest

from constructs_trainers.jobs.display import shown


@pytest.mark.parametrize("value", ["text", 5, 1.5, None, True, [1], {"a": "b"}])
def test_small_values_are_shown_as_written(value: object) -> None:
    assert shown(value) == repr(value)


@pytest.mark.parametrize("value", ["x" * 10_000, list(range(1000)), 10**300, 10**5000], ids=type)
def test_large_values_are_cut(value: object) -> None:
    assert len(shown(value)) <= 200
