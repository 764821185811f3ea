"""The compiled guard over an execution's hyperparameters, against the checks of synthesis."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_trainers.recipes.lock_file import read_lock
from constructs_trainers.recipes.spec import OverrideSpec
from constructs_trainers.workflows.allowed_input import AllowedInput, Hyperparameters
from constructs_trainers.workflows.execution_input import violations
from tests.support.execution_values import refused
from tests.support.jsonata_states import evaluate
from tests.support.reference_jsonata import IS_INSTALLED, NOT_INSTALLED, ROOT, ReferenceJsonata

# How many generated values are judged: GUARD_EXAMPLES=5000 for a thorough run.
EXAMPLES = int(os.environ.get("GUARD_EXAMPLES", "400"))
SPEC: dict[str, dict[str, Any]] = {
    "learning_rate": {"type": "float", "default": 1e-4, "min": 1e-7, "max": 1e-3},
    "dropout": {"type": "float", "default": 0.0, "min": 0, "max": 1},
    "decay": {"type": "float", "default": 0.0},
    "max_epochs": {"type": "integer", "default": 5, "min": 1, "max": 100},
    "seed": {"type": "integer", "default": 7},
    "alpha": {"type": "int", "default": 32, "enum": [16, 32, 64]},
    "rank": {"type": "integer", "default": 8, "min": 1},
    "warmup": {"type": "float", "default": 0.1, "max": 0.5},
    "scheduler": {"type": "string", "default": "cosine", "enum": ["cosine", "linear"]},
    "name": {"type": "string", "default": ""},
    "flash": {"type": "boolean", "default": True},
    "only_true": {"type": "bool", "default": True, "enum": [True]},
    "no_value": {"type": "integer", "default": 1, "enum": []},
    "open": {"default": 1, "min": 0, "max": 9},
    "mixed": {"default": 1, "enum": [1, "1", True, None]},
    "save_steps": {"type": "integer", "default": 5, "min": 1},
    "max_steps": {"type": "integer", "default": 100, "min": 1},
    "max_prompt_length": {"type": "integer", "default": 512},
    "max_response_length": {"type": "integer", "default": 512},
}
DEFAULTS = {name: entry["default"] for name, entry in SPEC.items()}
ALLOWED = Hyperparameters(
    spec=OverrideSpec.from_json(SPEC, shown_as="spec"),
    values={**DEFAULTS, "max_steps": 50},
    defaults=DEFAULTS,
    sequence_length="4K",
)
GUARD = violations(AllowedInput(hyperparameters=ALLOWED))

needs_reference = pytest.mark.skipif(not IS_INSTALLED, reason=NOT_INSTALLED)

numbers = st.one_of(
    st.integers(-3, 120),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 2),
    st.sampled_from([1e-7, 9.99e-8, 1e-3, 1.001e-3, 0.5, 1, 100, 101, 5.0, 4096, 3585, 16, 1e21]),
)
number_texts = st.one_of(
    numbers.map(str),
    numbers.map(lambda number: f" {number}"),
    st.sampled_from(
        ["NaN", "nan", "Infinity", "-inf", "1e400", "-1e400", "1e199", "1e200", "1e-199", "0x10"]
    ),
    st.sampled_from(["5.0", "05", "+5", ".5", "5.", "1_000", "-0", "-", "e5", "2e-5", "2E-05"]),
    st.sampled_from(["1e0199", "true", "True", "TRUE", "false", "None", "null", "1e+2", "\u0661"]),
    st.integers(95, 105).map(lambda length: "9" * length),
)
plain_texts = st.one_of(
    st.text(max_size=8),
    st.text("abc /_.:,-'\"[]{}%#@$\\\t\n\r\x1c\x85\xa0\u2028\u3000\ufeff😀", max_size=6),
    st.sampled_from(["cosine", "linear", "Cosine", "", "{{ x }}", "{% if %}&", "{x}", "1", "a@b"]),
)
values = st.one_of(
    numbers,
    number_texts,
    plain_texts,
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)
names = st.sampled_from([*SPEC, "Learning_rate", "constructor", "__proto__", "toString", "", "a.b"])


@pytest.fixture(scope="module")
def reference() -> Iterator[ReferenceJsonata]:
    with ReferenceJsonata() as process:
        yield process


def told(found: list[str]) -> set[str]:
    """The paths and messages of violations, without what was got."""
    texts = {text.removeprefix("HyperParameters.") for text in found}
    return {text.partition("; ")[0].partition(", got ")[0] for text in texts}


def short(messages: set[str]) -> set[str]:
    """Messages without the characters that are illegal: each side orders them its own way."""
    return {message.partition("may not have")[0] for message in messages}


@needs_reference
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=names, value=values)
def test_a_value_is_judged_as_at_synthesis(
    reference: ReferenceJsonata, name: str, value: object
) -> None:
    found = reference.evaluate(GUARD, {"HyperParameters": {name: value}})
    assert short(told(found)) == short(refused({name: value}, ALLOWED))


@needs_reference
@settings(max_examples=max(EXAMPLES // 4, 100), deadline=None)
@given(st.dictionaries(names, values, max_size=8))
def test_several_values_are_judged_as_at_synthesis(
    reference: ReferenceJsonata, hyperparameters: dict[str, object]
) -> None:
    found = reference.evaluate(GUARD, {"HyperParameters": hyperparameters})
    assert short(told(found)) == short(refused(hyperparameters, ALLOWED))


def real_rules() -> list[Hyperparameters]:
    """The rules of every recipe of the example of all trainers."""
    lock = read_lock(str(ROOT / "examples" / "all_trainers" / "recipes.lock.json"))
    model = lock.model("meta-textgeneration-llama-3-2-1b-instruct", "us-west-2")
    found = []
    for recipe in model.recipes:
        defaults = {name: parameter.default for name, parameter in recipe.spec.items()}
        rules = Hyperparameters(
            spec=recipe.spec,
            values=defaults,
            defaults=defaults,
            sequence_length=recipe.sequence_length,
        )
        found.append(rules)
    return found


REAL = [(rules, violations(AllowedInput(hyperparameters=rules))) for rules in real_rules()]


@needs_reference
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_value_of_a_real_recipe_is_judged_as_at_synthesis(
    reference: ReferenceJsonata, data: st.DataObject
) -> None:
    rules, guard = data.draw(st.sampled_from(REAL))
    name = data.draw(st.sampled_from([*rules.spec]))
    parameter = rules.spec[name]
    ends = [value for value in (parameter.minimum, parameter.maximum) if value is not None]
    near = [*ends, *(end + step for end in ends for step in (-1, 1)), *(parameter.enum or ())]
    value = data.draw(st.sampled_from(near) | values if near else values)
    found = reference.evaluate(guard, {"HyperParameters": {name: value}})
    assert short(told(found)) == short(refused({name: value}, rules))


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from([*SPEC]), value=numbers | st.sampled_from(["5", "0.2", "x", "cosine"]))
def test_another_implementation_gives_the_same_verdict(name: str, value: object) -> None:
    found: Any = evaluate(GUARD, {"HyperParameters": {name: value}})
    assert bool(found) == bool(refused({name: value}, ALLOWED))


@pytest.mark.parametrize(
    ("given_values", "says"),
    [
        (
            {"learning_rate": 1e-9},
            "learning_rate: below the minimum 1e-07; got 1e-9; allowed: 1e-07 to 0.001",
        ),
        ({"max_epochs": "101"}, 'max_epochs: above the maximum 100; got "101"; allowed: 1 to 100'),
        (
            {"max_epochs": True},
            "max_epochs: must be a whole number; got true; allowed: a whole number, 1 to 100",
        ),
        ({"max_epochs": 1.5}, "max_epochs: must be a whole number; got 1.5"),
        ({"decay": "1e400"}, 'decay: must be a number; got "1e400"; allowed: a number'),
        ({"decay": "NaN"}, "decay: must be a number"),
        (
            {"scheduler": "step"},
            (
                "scheduler: not one of the values that the recipe allows; "
                "got \"step\"; allowed: one of 'cosine', 'linear'"
            ),
        ),
        ({"name": 5}, "name: must be text; got 5"),
        ({"flash": 1}, "flash: must be true or false; got 1"),
        (
            {"save_steps": 60},
            (
                "save_steps: must not be greater than max_steps; "
                "got save_steps 60, max_steps 50; allowed: 50 or less"
            ),
        ),
        (
            {"max_prompt_length": "4000"},
            (
                "max_prompt_length: prompt and response do not fit into the sequence length; "
                "got max_prompt_length 4000 + max_response_length 512; "
                "allowed: 4096 tokens together (sequence length 4K)"
            ),
        ),
        ({"seed": 12345678901234567}, "seed: has more digits than a number keeps"),
        ({"name": "a@b&"}, "name: has characters that a hyperparameter may not have: @&"),
        ({"lr": 1}, "lr: unknown hyperparameter; allowed: learning_rate, dropout"),
    ],
)
def test_the_words_are_those_of_synthesis(given_values: object, says: str) -> None:
    (found,) = evaluate(GUARD, {"HyperParameters": given_values})
    assert found.startswith(f"HyperParameters.{says}")


@pytest.mark.parametrize(
    "given_values",
    [
        {"learning_rate": "2e-5", "max_epochs": "3", "flash": "True", "alpha": "64"},
        {"learning_rate": 2e-5, "max_epochs": 3, "flash": False, "alpha": 64, "open": "100"},
        {"save_steps": 60, "max_steps": 60},
        {"name": "{% for m in messages %}{{ m }}{% endfor %}", "seed": "12345678901234567"},
    ],
)
def test_numbers_and_booleans_may_come_as_text(given_values: object) -> None:
    assert evaluate(GUARD, {"HyperParameters": given_values}) == []


def test_a_payload_that_no_state_could_hand_on_is_refused() -> None:
    many = dict.fromkeys(SPEC, "{%" + "x" * 2400)
    guard = violations(AllowedInput(hyperparameters=ALLOWED), request_size=210_000)
    found = evaluate(guard, {"HyperParameters": many})
    assert any("larger than the 30000 bytes that the request leaves" in text for text in found)


def test_the_guard_of_a_real_spec_is_short() -> None:
    lock = read_lock(str(ROOT / "recipes.lock.json"))
    model = lock.model("meta-textgeneration-llama-3-2-1b-instruct", "us-west-2")
    for recipe in model.recipes:
        rules = Hyperparameters(spec=recipe.spec, sequence_length=recipe.sequence_length)
        plain = violations(AllowedInput())
        assert len(violations(AllowedInput(hyperparameters=rules))) - len(plain) < 3500
