"""What a serverless job is sent of a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.recipes.hyperparameters import serverless_hyperparameters
from tests.support.resolving import LIST_TOKEN, NUMBER_TOKEN, STRING_TOKEN, refused, resolve

if TYPE_CHECKING:
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe

TEMPLATE = {
    "run": {"lr": "{{learning_rate}}", "batch": "{{global_batch_size}}", "betas": [0.9, 0.95]},
    "seed": 42,
    "note": None,
}
SPEC: dict[str, dict[str, object]] = {
    "learning_rate": {"type": "float", "default": 1e-4},
    "global_batch_size": {"type": "integer", "default": 16},
    "use_flash": {"type": "boolean", "default": True},
    "name": {"type": "string", "default": ""},
    "nothing": {"type": "string"},
}
DEFAULTS = {"learning_rate": "0.0001", "global_batch_size": "16", "use_flash": "True", "name": ""}


def sent(recipe: ResolvedRecipe) -> dict[str, str]:
    return serverless_hyperparameters(recipe, number_token_as_text=lambda _: "${Token[N.1]}")


def test_all_defaults_of_the_spec_are_sent_and_nulls_are_not() -> None:
    assert sent(resolve(TEMPLATE, SPEC)) == DEFAULTS


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-5, "1e-05"), (2e-5, "2e-05"), (0.0001, "0.0001"), (1e17, "1e+17"), (3, "3"), (1.0, "1.0")],
)
def test_numbers_are_sent_as_python_writes_them(value: float, text: str) -> None:
    recipe = resolve(TEMPLATE, SPEC, hyperparameters={"learning_rate": value})
    assert sent(recipe)["learning_rate"] == text


def test_a_value_under_another_leaf_name_is_sent_under_the_specs_name_only() -> None:
    for overrides in ({"run": {"batch": 32}}, {"global_batch_size": 32}, {"run.batch": 32}):
        found = sent(resolve(TEMPLATE, SPEC, overrides=overrides))
        assert found == {**DEFAULTS, "global_batch_size": "32"}


def test_a_spec_parameter_that_the_template_lacks_is_sent() -> None:
    found = sent(resolve(TEMPLATE, SPEC, hyperparameters={"use_flash": False, "nothing": "x"}))
    assert found == {**DEFAULTS, "use_flash": "False", "nothing": "x"}


def test_null_takes_a_parameter_out() -> None:
    found = sent(
        resolve(TEMPLATE, SPEC, hyperparameters={"use_flash": None, "learning_rate": None})
    )
    assert found == {"global_batch_size": "16", "name": ""}


def test_a_leaf_that_a_layer_set_is_sent_under_its_own_name() -> None:
    assert sent(resolve(TEMPLATE, SPEC, recipe="seed: 7\n")) == {**DEFAULTS, "seed": "7"}
    assert sent(resolve(TEMPLATE, SPEC, recipe="note: hi\n")) == {**DEFAULTS, "note": "hi"}
    assert sent(resolve(TEMPLATE, SPEC, recipe="note:\n")) == DEFAULTS


@pytest.mark.parametrize(
    ("overrides", "path"),
    [
        ({"run": {"betas": [1, 2]}}, "betas"),
        ({"run": {"betas": (1, 2)}}, "betas"),
        ({"note": LIST_TOKEN}, "note"),
        ({"nothing": []}, "nothing"),
        ({"kinds": {"kind": None}}, "kinds.kind"),
        ({"note": "${run}"}, "note"),
    ],
)
def test_what_a_hyperparameter_cannot_carry_is_refused(
    overrides: dict[str, object], path: str
) -> None:
    loose = {**SPEC, "nothing": {}}
    template = {**TEMPLATE, "kinds": {"kind": "x"}}
    with refused() as refusal:
        sent(resolve(template, loose, overrides=overrides))
    assert refusal.paths == [path]


def test_the_hubs_own_list_default_goes_as_the_sdk_sends_it() -> None:
    spec = {"targets": {"type": "list", "default": ["q", "v"]}}
    assert sent(resolve({"t": "{{targets}}"}, spec)) == {"targets": "['q', 'v']"}
    with refused():
        sent(resolve({"t": "{{targets}}"}, spec, hyperparameters={"targets": ["q"]}))


def test_two_leaves_of_one_name_cannot_both_travel() -> None:
    template = {"a": {"name": 1}, "b": {"name": 2}}
    with refused() as refusal:
        sent(resolve(template, recipe="a: {name: 3}\nb:\n  name: 4\n"))
    assert refusal.paths == ["b.name"]
    assert refusal.only.origin == "sft.yaml:3"


def test_a_leaf_named_like_a_parameter_cannot_travel_beside_it() -> None:
    template = {"a": {"name": "x"}, "b": "{{name}}"}
    with refused() as refusal:
        sent(resolve(template, {"name": {}}, overrides={"a": {"name": "y"}}))
    assert refusal.paths == ["a.name"]


@pytest.mark.parametrize("other", [3, 2.0, True, "2", None])
def test_one_parameter_at_two_places_has_one_value(other: object) -> None:
    template = {"a": "{{n}}", "b": "{{n}}"}
    spec = {"n": {"default": 2}}
    assert sent(resolve(template, spec, hyperparameters={"n": 5})) == {"n": "5"}
    assert sent(resolve(template, spec, overrides={"a": 2, "b": 2})) == {"n": "2"}
    with refused() as refusal:
        sent(resolve(template, spec, overrides={"b": other}))
    assert refusal.paths == ["n"]


def test_text_that_holds_a_parameter_is_left_to_the_services_rendering() -> None:
    template = {"title": "job-{{name}}", "name": "{{name}}"}
    found = sent(resolve(template, {"name": {"default": "x"}}, hyperparameters={"name": "y"}))
    assert found == {"name": "y"}


def test_tokens_are_sent_as_string_tokens() -> None:
    given = {"learning_rate": NUMBER_TOKEN, "name": STRING_TOKEN, "seed": NUMBER_TOKEN}
    found = sent(resolve(TEMPLATE, SPEC, hyperparameters=given))
    assert found["learning_rate"] == found["seed"] == "${Token[N.1]}"
    assert found["name"] == STRING_TOKEN


@pytest.mark.parametrize(
    "text", ["a/b_c.d:e,f-g h", 'it\'s "[x]"', "line\n", "{% if x %}+{% endif %}"]
)
def test_characters_that_a_hyperparameter_may_have(text: str) -> None:
    assert sent(resolve(TEMPLATE, SPEC, hyperparameters={"name": text}))["name"] == text


@pytest.mark.parametrize("text", ["a+b", "f(x)", "a=b", "$HOME", "{x}", "a\\b", "\u00e9"])
def test_other_characters_are_named(text: str) -> None:
    with refused() as refusal:
        sent(resolve(TEMPLATE, SPEC, hyperparameters={"name": text}))
    illegal = refusal.only.message.partition(": ")[2].split()
    assert set(illegal) == set(text) & set("+()=${}\\\u00e9")


@given(st.dictionaries(st.sampled_from(sorted(SPEC)), st.none() | st.text("ab1 .", max_size=4)))
def test_what_is_sent_is_text_and_what_was_set(given_values: dict[str, str | None]) -> None:
    untyped = {name: {"default": entry.get("default")} for name, entry in SPEC.items()}
    found = sent(resolve(TEMPLATE, untyped, hyperparameters=given_values))
    expected = {**DEFAULTS, **given_values}
    assert found == {name: text for name, text in expected.items() if text is not None}


def test_a_recipe_may_repeat_what_the_hub_has_even_where_it_could_not_be_sent() -> None:
    template = {**TEMPLATE, "other": {"learning_rate": 5}}
    same = {"run": {"betas": [0.9, 0.95]}, "other": {"learning_rate": 5}}
    assert sent(resolve(template, SPEC, overrides=same)) == DEFAULTS
    for changed in ({"run": {"betas": [0.9, 0.99]}}, {"other": {"learning_rate": 6}}):
        with refused():
            sent(resolve(template, SPEC, overrides=changed))
