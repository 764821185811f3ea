from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from constructs_trainers.values.short_repr import short_repr


@pytest.mark.parametrize("value", ["text", 5, 1.5, None, True, [1], {"a": "b"}])
def test_small_values_are_shown_as_written(value: object) -> None:
    assert short_repr(value) == repr(value)


@pytest.mark.parametrize("value", ["x" * 10_000, list(range(1000)), 10**300, 10**5000], ids=type)
def test_large_values_are_cut(value: object) -> None:
    assert len(short_repr(value)) <= 200


@dataclass(frozen=True)
class Group:
    bucket: object = None
    prefix: str | None = None
    count: int = 5


def test_of_a_group_what_was_given_is_shown() -> None:
    assert short_repr(Group(prefix="x")) == "Group(prefix='x')"
    assert short_repr([Group(), Group(count=3)]) == "[Group(), Group(count=3)]"


def test_a_construct_is_shown_by_its_path() -> None:
    trainer = type("SFTTrainer", (), {"node": SimpleNamespace(path="Stack/Sft")})()
    assert short_repr(trainer) == "SFTTrainer 'Stack/Sft'"
    assert short_repr(Group(bucket=trainer)) == "Group(bucket=SFTTrainer 'Stack/Sft')"
