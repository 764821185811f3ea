"""Saying of each value where it comes from, what it replaced, and its limits."""

from __future__ import annotations

import json

from constructs_trainers.recipes.explain import ExplainedValue, explain
from tests.support.resolving import resolve

TEMPLATE = {
    "run": {"name": "{{name}}", "title": "lr-{{learning_rate}}"},
    "training_config": {"lr": "{{learning_rate}}", "max_len": 4096, "betas": [0.9, 0.95]},
}
SPEC = {
    "name": {"type": "string", "default": "x", "required": True},
    "learning_rate": {
        "type": "float",
        "default": 0.1,
        "min": 0,
        "max": 1,
        "description": "Step size.",
    },
    "mode": {"type": "string", "default": "a", "enum": ["a", "b"]},
    "use_flash": {"type": "boolean", "default": None},
}
RECIPE = "training_config:\n  lr: 0.2\n  max_len: 1\n"


def row(path: str, **layers: object) -> ExplainedValue:
    recipe = resolve(TEMPLATE, SPEC, **layers)  # type: ignore[arg-type]
    return next(found for found in explain(recipe) if found.path == path)


def test_a_value_that_no_layer_gave_is_the_hubs() -> None:
    found = row("training_config.lr")
    assert (found.value, found.origin, found.default) == (0.1, "hub", 0.1)
    assert (found.replaced, found.replaced_origin) == (None, None)
    assert not found.changed


def test_a_value_of_a_recipe_file_has_its_file_and_line() -> None:
    assert row("training_config.max_len", recipe=RECIPE).origin == "sft.yaml:3"
    found = row("training_config.lr", recipe=RECIPE)
    assert (found.origin, found.replaced, found.replaced_origin) == ("sft.yaml:2", 0.1, "hub")


def test_the_replaced_value_is_that_of_the_next_lower_layer_that_gave_one() -> None:
    found = row("training_config.lr", recipe=RECIPE, hyperparameters={"learning_rate": 0.4})
    assert (found.value, found.origin) == (0.4, "hyperparameters")
    assert (found.replaced, found.replaced_origin, found.default) == (0.2, "sft.yaml:2", 0.1)
    found = row(
        "training_config.lr",
        recipe=RECIPE,
        overrides={"learning_rate": 0.3},
        hyperparameters={"training_config.lr": 0.4},
    )
    assert (found.replaced, found.replaced_origin) == (0.3, "overrides")


def test_a_parameter_that_no_leaf_stands_for_is_explained_under_its_name() -> None:
    found = row("use_flash", overrides={"use_flash": True}, hyperparameters={"use_flash": False})
    assert (found.value, found.replaced, found.replaced_origin) == (False, True, "overrides")
    assert found.hyperparameter == "use_flash"


def test_type_limits_and_description_are_the_specs() -> None:
    found = row("training_config.lr")
    assert (found.type, found.minimum, found.maximum, found.limits) == ("float", 0, 1, "0 to 1")
    assert found.description == "Step size."
    assert row("run.name").required
    assert row("mode").enum == ("a", "b")
    unknown = row("training_config.max_len")
    assert (unknown.type, unknown.limits, unknown.description) == (None, None, None)


def test_the_name_that_a_value_is_sent_under_is_told_or_that_it_is_not_sent() -> None:
    assert row("training_config.lr").hyperparameter == "learning_rate"
    assert row("training_config.max_len").hyperparameter is None
    assert row("training_config.max_len", recipe=RECIPE).hyperparameter == "max_len"
    assert row("use_flash").hyperparameter is None
    assert row("run.title").hyperparameter is None


def test_changed_only_leaves_out_what_is_as_the_hub_has_it() -> None:
    recipe = resolve(
        TEMPLATE, SPEC, recipe=RECIPE, hyperparameters={"name": "x", "mode": "b", "lr": 0.1}
    )
    assert [r.path for r in explain(recipe, changed_only=True)] == [
        "training_config.max_len",
        "mode",
    ]
    assert len(explain(recipe)) == 7


def test_a_value_of_another_type_is_a_change() -> None:
    # 1.0 is sent as another text than 1.
    recipe = resolve({"top_p": 1}, overrides={"top_p": 1.0})
    assert [found.path for found in explain(recipe, changed_only=True)] == ["top_p"]
    assert [str(found.value) for found in recipe.changed] == ["1.0"]


def test_it_prints_as_a_table_with_aligned_columns() -> None:
    recipe = resolve(TEMPLATE, SPEC, recipe=RECIPE, hyperparameters={"learning_rate": 0.4})
    lines = str(explain(recipe)).splitlines()
    assert lines[0].split("  ")[0] == "path"
    assert len(lines) == 8
    columns = {line.index(text) for line in lines for text in ("origin", "hub ", "sft.yaml:3")
               if line.find(text) == lines[0].index("origin")}  # fmt: skip
    assert columns == {lines[0].index("origin")}
    (learning_rate,) = [line for line in lines if line.startswith("training_config.lr")]
    assert "0.2 (sft.yaml:2), 0.1 (hub)" in learning_rate
    assert learning_rate.endswith("Step size.")
    assert str(explain(resolve(TEMPLATE, SPEC), changed_only=True)) == (
        "no value differs from the hub's defaults"
    )


def test_a_long_value_is_cut_in_the_table_and_whole_in_json() -> None:
    recipe = resolve(TEMPLATE, SPEC, hyperparameters={"name": "n" * 200})
    explanation = explain(recipe)
    assert max(len(line) for line in str(explanation).splitlines()) < 200
    assert json.loads(explanation.to_json())[0]["value"] == "n" * 200


def test_json_names_every_attribute() -> None:
    rows = json.loads(explain(resolve(TEMPLATE, SPEC)).to_json())
    assert set(rows[0]) == set(ExplainedValue.__dataclass_fields__)
    assert rows[-2]["enum"] == ["a", "b"]
