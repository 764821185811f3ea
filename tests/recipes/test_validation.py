"""Holding values against the spec."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.recipes.validation import (
    cross_problems,
    sequence_length_in_tokens,
    value_problems,
)
from tests.support.resolving import LIST_TOKEN, NUMBER_TOKEN, STRING_TOKEN, refused, resolve, values


def accepts(value: object, **entry: object) -> bool:
    parameter = OverrideSpec.from_json({"x": entry}, shown_as="spec")["x"]
    problems = value_problems("x", value, parameter, "sft.yaml:1")
    assert all(problem.path == "x" and problem.origin == "sft.yaml:1" for problem in problems)
    return not problems


@pytest.mark.parametrize(
    ("type_name", "good", "bad"),
    [
        ("float", [1, 1.5, -0.0, 10**20], [True, "1", [1.0], math.nan, math.inf, {}]),
        ("integer", [1, -1, 0], [True, False, 1.0, "1", [1], math.nan]),
        ("int", [1], [True, 1.5]),
        ("string", ["", "a"], [1, True, ["a"]]),
        ("boolean", [True, False], [0, 1, "true", "maybe", []]),
        ("bool", [True], [1]),
        ("sometype", [1, "a", True, [1]], []),
        (None, [1, "a", True, [1]], []),
    ],
)
def test_a_value_has_its_type(type_name: str | None, good: list[object], bad: list[object]) -> None:
    assert [value for value in good if not accepts(value, type=type_name)] == []
    assert [value for value in bad if accepts(value, type=type_name)] == []


def test_limits_are_inclusive_and_for_numbers_only() -> None:
    assert [v for v in (0, 1, 1.5, 2, 3) if accepts(v, min=1, max=2)] == [1, 1.5, 2]
    assert accepts("zzz", min=1)
    assert accepts([0], min=5)


def test_an_enum_knows_booleans_from_numbers() -> None:
    assert [v for v in (1, True, 2.0, "1", 3) if accepts(v, enum=[1, 2])] == [1, 2.0]
    assert not accepts("", enum=["a"])
    assert not accepts(1, enum=[True])


@pytest.mark.parametrize("token", [STRING_TOKEN, LIST_TOKEN, NUMBER_TOKEN, f"a{STRING_TOKEN}"])
def test_a_token_skips_all_checks(token: object) -> None:
    assert accepts(token, type="integer", min=1, max=2, enum=[1], required=True)


def test_null_is_refused_where_a_value_is_required() -> None:
    assert accepts(None, type="integer")
    assert not accepts(None, required=True)


@pytest.mark.parametrize(
    ("value", "entry", "says"),
    [
        (
            "1e-5",
            {"type": "float", "max": 1},
            ["'1e-5' (str)", "a number, 1 or less", "without quotes"],
        ),
        ("x", {"type": "float"}, ["must be a number"]),
        (5, {"type": "integer", "min": 1, "max": 4}, ["above the maximum 4", "1 to 4"]),
        (0, {"type": "integer", "min": 1}, ["below the minimum 1"]),
        ("adm", {"enum": ["adam", "sgd"]}, ["'adam', 'sgd'", "did you mean 'adam'?"]),
        (None, {"required": True, "type": "string"}, ["required", "null", "text"]),
        ([1 << 20_000], {"type": "float"}, ["too large", "20001 bits"]),
        (-(10**400), {}, ["too large"]),
        ([1, {"a": math.nan}], {}, ["x[1].a", "finite"]),
        ([{1: 2}], {}, ["x[0]", "a key must be text"]),
    ],
)
def test_a_refusal_says_what_was_got_and_what_is_allowed(
    value: object, entry: dict[str, object], says: list[str]
) -> None:
    with refused() as refusal:
        resolve({"leaf": "{{x}}"}, {"x": entry}, hyperparameters={"x": value})
    assert [text for text in says if text not in refusal.text] == []
    assert refusal.only.path.startswith("hyperparameters.x")


def test_untouched_defaults_of_the_hub_are_not_held_against_its_spec() -> None:
    spec = {
        "a": {"type": "integer", "default": "1"},
        "b": {"max": 1, "default": 2},
        "c": {"enum": [1]},
    }
    template = {"x": "{{a}}", "y": "{{b}}", "z": "{{c}}"}
    assert values(resolve(template, spec)) == {"x": "1", "y": 2, "z": None}
    with refused() as refusal:
        resolve(template, spec, hyperparameters={"a": "1", "b": 2})
    assert refusal.paths == ["hyperparameters.a", "hyperparameters.b"]


def test_a_required_value_must_be_given() -> None:
    spec = {"a": {"required": True}, "b": {"required": True, "type": "integer"}}
    with refused() as refusal:
        resolve({"x": "{{a}}"}, spec)
    assert refusal.paths == ["a", "b"]
    resolve({"x": "{{a}}"}, spec, hyperparameters={"a": "", "b": 0})


def test_a_value_is_checked_wherever_it_was_set() -> None:
    template = {"run": {"lr": "{{rate}}"}}
    spec = {"rate": {"type": "float", "default": 0.1, "max": 1}}
    with refused() as refusal:
        resolve(template, spec, recipe="run:\n  lr: 2\n")
    assert (refusal.only.path, refusal.only.origin) == ("run.lr", "sft.yaml:2")
    with refused() as refusal:
        resolve({**template, "two": 2}, spec, overrides={"run": {"lr": "${two}"}})
    assert refusal.only.got == "2"


@given(st.integers() | st.floats(), st.sampled_from(["float", "integer", "string", "boolean"]))
def test_any_number_is_accepted_or_refused(value: float, type_name: str) -> None:
    try:
        resolve({}, {"x": {"type": type_name}}, hyperparameters={"x": value})
    except ValueError:
        with refused():
            resolve({}, {"x": {"type": type_name}}, hyperparameters={"x": value})


LENGTHS = {
    "max_prompt_length": {"type": "integer", "default": 1024},
    "max_response_length": {"type": "integer", "default": 1024},
}


@pytest.mark.parametrize(("save", "most"), [(10, 10), (1, 10), (None, 10), (11, None), ("11", 10)])
def test_checkpoints_may_be_as_rare_as_the_training_is_long(save: object, most: object) -> None:
    assert not cross_problems({"save_steps": save, "max_steps": most}, {}, None)


def test_checkpoints_rarer_than_that_are_refused() -> None:
    template = {"run": {"save_steps": "{{save_steps}}", "steps": "{{max_steps}}"}}
    spec = {"save_steps": {"default": 10}, "max_steps": {"default": 100}}
    with refused() as refusal:
        resolve(template, spec, hyperparameters={"max_steps": 5})
    assert refusal.only.path == "save_steps"
    assert refusal.only.got == "save_steps 10, max_steps 5"


def test_a_parameter_counts_before_a_leaf_that_only_has_its_name() -> None:
    template = {"a": {"steps": "{{max_steps}}", "save_steps": 10}, "eval": {"max_steps": 3}}
    spec = {"max_steps": {"default": 100}}
    resolve(template, spec, overrides={"a": {"save_steps": 50}})
    with refused():
        resolve(template, spec, overrides={"a": {"save_steps": 101}})


def test_prompt_and_response_fit_into_the_sequence() -> None:
    fits = {"max_prompt_length": 2048, "max_response_length": 2048}
    resolve({}, LENGTHS, hyperparameters=fits, sequence_length="4K")
    with refused() as refusal:
        resolve(
            {}, LENGTHS, hyperparameters={**fits, "max_prompt_length": 2049}, sequence_length="4K"
        )
    assert refusal.only.path == "max_prompt_length"
    assert "4096" in str(refusal.only.allowed)


def test_what_the_hubs_own_defaults_add_up_to_is_allowed() -> None:
    long = {name: {"default": 3000} for name in LENGTHS}
    resolve({}, long, sequence_length="4K")
    resolve({}, long, hyperparameters={"max_prompt_length": 2999}, sequence_length="4K")
    with refused():
        resolve({}, long, hyperparameters={"max_prompt_length": 3001}, sequence_length="4K")
    rare = {"save_steps": {"default": 10}, "max_steps": {"default": 5}}
    resolve({}, rare)
    with refused():
        resolve({}, rare, hyperparameters={"max_steps": 6})


def test_defaults_are_compared_by_what_they_stand_for() -> None:
    template = {"max_steps": 5, "save_steps": "${multiply:${max_steps},2}"}
    assert values(resolve(template))["save_steps"] == 10


@pytest.mark.parametrize("token", [STRING_TOKEN, NUMBER_TOKEN])
def test_a_token_is_not_compared(token: object) -> None:
    given = {"max_prompt_length": token, "max_response_length": 5000}
    assert not cross_problems({**given, "save_steps": token, "max_steps": 1}, {}, "4K")


@pytest.mark.parametrize(
    ("text", "tokens"), [("4K", 4096), ("128K", 131072), ("0K", None), ("K", None), (None, None)]
)
def test_a_sequence_length_is_counted_in_1024_tokens(text: str | None, tokens: int | None) -> None:
    assert sequence_length_in_tokens(text) == tokens
