"""Override specs."""

from __future__ import annotations

import pytest

from constructs_trainers.recipes.spec import OverrideSpec
from tests.support.resolving import refused


def spec(**entries: object) -> OverrideSpec:
    return OverrideSpec.from_json(entries, shown_as="override spec of x")


def test_an_entry_is_read_and_nulls_count_as_absent() -> None:
    found = spec(
        lr={
            "type": "float",
            "default": 0.1,
            "min": 0,
            "max": 1,
            "required": True,
            "description": "d",
        },
        x={"type": None, "min": None, "max": None, "enum": None, "required": None, "default": None},
        empty={},
    )
    lr = found["lr"]
    assert (lr.type, lr.default, lr.minimum, lr.maximum) == ("float", 0.1, 0, 1)
    assert (lr.required, lr.description, lr.enum) == (True, "d", None)
    for name in ("x", "empty"):
        parameter = found[name]
        assert (parameter.type, parameter.minimum, parameter.enum) == (None, None, None)
        assert not parameter.required


@pytest.mark.parametrize(
    ("entry", "limits"),
    [
        ({"min": 0, "max": 1.5}, "0 to 1.5"),
        ({"min": 1}, "1 or more"),
        ({"max": 9}, "9 or less"),
        ({"enum": [1, "a"], "min": 1}, "one of 1, 'a'"),
        ({}, None),
    ],
)
def test_limits_read_as_people_say_them(entry: object, limits: str | None) -> None:
    assert spec(x=entry)["x"].limits() == limits


def test_everything_that_is_wrong_with_a_spec_is_named_at_once() -> None:
    with refused() as refusal:
        spec(a=1, b={"min": "0"}, c={"max": True}, d={"enum": "ab"}, e=None)
    assert refusal.paths == ["a", "b.min", "c.max", "d.enum", "e"]
    assert "override spec of x" in refusal.text


def test_names_can_be_left_out() -> None:
    found = spec(a={}, b={}).without({"a": "owned", "z": ""})
    assert dict(found).keys() == {"b"}
    assert len(found) == 1
