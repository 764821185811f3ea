"""Rules between several values."""

from __future__ import annotations

import pytest

from constructs_trainers.recipes.cross_checks import cross_problems, sequence_length_in_tokens
from tests.support.resolving import NUMBER_TOKEN, STRING_TOKEN, refused, resolve, values

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
