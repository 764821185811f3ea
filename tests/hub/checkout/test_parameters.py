from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.checkout.parameters import declared_parameters, make_spec

FACTS = {"Name": "tiny_small", "Hardware": "GPU"}


def declared(group: dict[str, Any], base: dict[str, Any] | None = None, **options: Any) -> Any:  # noqa: ANN401
    asked = {"family": "llmft", "placeholders": ["lr", "unknown"], "shown_as": "group"}
    return declared_parameters(group, base or {}, **{**asked, **options})


def spec(entry: dict[str, Any], default: object = None, name: str = "lr") -> dict[str, Any]:
    defaults = {} if default is None else {name: default}
    return make_spec({name: entry}, defaults, FACTS, shown_as="group")[name]


def test_parameters_that_are_written_out_are_taken_as_they_are() -> None:
    written = {"lr": {"type": "float"}, "namespace": {"default": "x"}}
    assert declared({"recipe_override_parameters": written}) == written


def test_what_only_a_cluster_needs_is_left_out() -> None:
    written = {"recipe_override_parameters": {"lr": {}, "replicas": {"default": 4}}}
    assert list(declared(written, family="nova")) == ["lr"]
    base = {"lr": {"platform": "ALL"}, "namespace": {"platform": "K8"}}
    assert list(declared({"override_parameters": {"namespace": {}}}, base)) == ["lr"]


def test_differences_are_put_over_the_base_parameters() -> None:
    base = {"lr": {"type": "float", "min": 0, "max": 1}, "unasked": {}}
    differing = {"override_parameters": {"lr": {"max": 2, "min": None}, "extra": {"default": 1}}}
    assert declared(differing, base) == {
        "lr": {"type": "float", "max": 2},
        "extra": {"default": 1},
    }


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ({}, "no parameters"),
        ({"recipe_override_parameters": {"lr": 3}}, "must be an object"),
    ],
)
def test_parameters_in_no_known_form_are_refused(group: dict[str, Any], message: str) -> None:
    with pytest.raises(HubError, match=message):
        declared(group)


def test_the_recipes_value_is_the_default() -> None:
    assert spec({"type": "float", "default": 1}, 2e-5) == {"type": "float", "default": 2e-5}
    assert spec({"default": 1}) == {"default": 1}


def test_what_forms_are_filled_with_is_left_out() -> None:
    entry = {"type": "float", "hint": "...", "category": "x", "description": "{min} to {max}"}
    assert spec({**entry, "min": 1, "max": 2}) == {
        "type": "float",
        "min": 1,
        "max": 2,
        "category": "x",
        "description": "1 to 2",
    }


def test_a_batch_may_be_the_recipes_or_larger() -> None:
    entry = {"enum": [1], "default": 8}
    assert spec(entry, 100, "global_batch_size")["enum"] == [128, 256, 512, 1024]
    within = {**entry, "min": 256, "max": 600}
    assert spec(within, 100, "global_batch_size")["enum"] == [256, 512]
    assert "enum" not in spec({"default": 8}, 16, "global_batch_size")
    assert spec(entry, 100)["enum"] == [1]


def test_conditions_are_decided_by_the_recipe() -> None:
    conditions = {
        "enum": {"Name": {"large": [1], "small": [2], "default": [3]}},
        "default": {"Hardware": {"TRN": 1, "default": 2}},
    }
    entry = {"type": "integer", "conditional_constraints": conditions}
    assert spec(entry, 9) == {"type": "integer", "default": 2, "enum": [2]}


@pytest.mark.parametrize(
    "conditions",
    [
        {"enum": {"Colour": {"default": 1}}},
        {"enum": {"Name": {}, "Hardware": {}}},
        {"enum": 3},
        [],
        {"enum": {"Name": 3}},
    ],
)
def test_conditions_that_cannot_be_decided_are_refused(conditions: object) -> None:
    with pytest.raises(HubError, match=r"group\.lr\.conditional_constraints"):
        spec({"conditional_constraints": conditions})
