from __future__ import annotations

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.recipe_files import read_spec, read_template


def test_a_template_is_read_as_recipes_are() -> None:
    text = "run:\n  lr: '{{learning_rate}}'\n  min_lr: 1e-6\n  day: 2026-01-01\n  none: {}\n"
    assert read_template(text, shown_as="recipe.yaml") == {
        "run": {"lr": "{{learning_rate}}", "min_lr": 1e-6, "day": "2026-01-01", "none": {}}
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1, {b: .nan}]", r"a\[1\].b \(recipe.yaml\): .*cannot carry"),
        ("a: -.inf", "cannot carry"),
        ("a: [", "not valid YAML"),
        ("- a", "must be a YAML mapping"),
        ("a: !!python/object:os.system x", "not allowed"),
    ],
)
def test_a_template_that_a_lock_cannot_hold_is_refused(text: str, message: str) -> None:
    with pytest.raises(HubError, match=message):
        read_template(text, shown_as="recipe.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a JSON object"),
        ('{"lr": {"max": NaN}}', "cannot carry"),
        ('{"lr": {"max": 1e999}}', "cannot carry"),
        ('{"lr": 1}', "spec.json.lr: .*must be an object"),
        ('{"lr": {"max": "1"}}', "spec.json.lr.max: must be a number"),
    ],
)
def test_a_spec_that_cannot_be_used_is_refused(text: str, message: str) -> None:
    with pytest.raises(HubError, match=message):
        read_spec(text, shown_as="spec.json")
