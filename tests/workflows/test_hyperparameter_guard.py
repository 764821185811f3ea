"""The compiled guard over an execution's hyperparameters, against the checks of synthesis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_trainers.recipes.project_files import read_lock
from constructs_trainers.workflows.allowed_input import AllowedInput, Hyperparameters
from constructs_trainers.workflows.execution_input import violations
from tests.support.execution_values import refused
from tests.support.hyperparameter_values import ALLOWED, EXAMPLES, SPEC, names, numbers, values
from tests.support.jsonata_states import evaluate
from tests.support.reference_jsonata import IS_INSTALLED, NOT_INSTALLED, ROOT, ReferenceJsonata

GUARD = violations(AllowedInput(hyperparameters=ALLOWED))

needs_reference = pytest.mark.skipif(not IS_INSTALLED, reason=NOT_INSTALLED)


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
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(name=names, value=values)
def test_a_value_is_judged_as_at_synthesis(
    reference: ReferenceJsonata, name: str, value: object
) -> None:
    found = reference.evaluate(GUARD, {"HyperParameters": {name: value}})
    assert short(told(found)) == short(refused({name: value}, ALLOWED))


@needs_reference
@settings(max_examples=max(EXAMPLES // 4, 100))
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
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
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


@settings(max_examples=100)
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
