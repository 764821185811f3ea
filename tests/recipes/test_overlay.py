"""Resolving a recipe from the hub's template and the user's layers."""

from __future__ import annotations

import pytest

from tests.support.resolving import (
    LIST_TOKEN,
    NUMBER_TOKEN,
    STRING_TOKEN,
    leaf,
    refused,
    resolve,
    values,
)

TEMPLATE = {
    "run": {"name": "{{name}}", "model_type": "llama", "model_name_or_path": "{{base}}"},
    "training_config": {"lr": "{{learning_rate}}", "max_len": 4096, "betas": [0.9, 0.95]},
}
SPEC = {
    "name": {"type": "string", "default": "x"},
    "base": {"type": "string", "default": "hub"},
    "learning_rate": {"type": "float", "default": 0.1, "min": 0, "max": 1},
    "use_flash": {"type": "boolean", "default": True},
}
PROTECTED = {"model_type": "choose the model", "model_name_or_path": "choose the model"}


def test_without_layers_the_hubs_defaults_stand() -> None:
    recipe = resolve(TEMPLATE, SPEC)
    assert recipe.to_dict() == {
        "run": {"name": "x", "model_type": "llama", "model_name_or_path": "hub"},
        "training_config": {"lr": 0.1, "max_len": 4096, "betas": [0.9, 0.95]},
    }
    assert [(p.name, p.value) for p in recipe.parameters] == [("use_flash", True)]
    assert recipe.changed == ()
    assert {str(found.origin) for found in recipe.leaves} == {"hub"}


def test_each_layer_wins_over_those_below_and_is_named_as_origin() -> None:
    text = "training_config:\n  lr: 0.2\n  max_len: 1\n  betas: [1]\n"
    recipe = resolve(
        TEMPLATE,
        SPEC,
        recipe=text,
        overrides={"training_config": {"lr": 0.3, "max_len": 2}},
        hyperparameters={"learning_rate": 0.4},
    )
    found = {name: leaf(recipe, f"training_config.{name}") for name in ("lr", "max_len", "betas")}
    assert [f.value for f in found.values()] == [0.4, 2, [1]]
    assert [str(f.origin) for f in found.values()] == ["hyperparameters", "overrides", "sft.yaml:4"]
    assert [f.default for f in found.values()] == [0.1, 4096, [0.9, 0.95]]


def test_a_full_path_in_a_higher_layer_wins_over_the_parameters_name_in_a_lower() -> None:
    recipe = resolve(
        TEMPLATE,
        SPEC,
        overrides={"learning_rate": 0.3},
        hyperparameters={"training_config.lr": 0.4},
    )
    assert leaf(recipe, "training_config.lr").value == 0.4
    assert leaf(recipe, "training_config.lr").direct


def test_a_value_set_to_its_default_is_set_but_not_changed() -> None:
    recipe = resolve(TEMPLATE, SPEC, hyperparameters={"learning_rate": 0.1})
    assert leaf(recipe, "training_config.lr").is_set
    assert recipe.changed == ()


def test_null_unsets_a_value_that_is_not_required() -> None:
    recipe = resolve(TEMPLATE, SPEC, hyperparameters={"learning_rate": None, "use_flash": None})
    assert values(recipe)["training_config.lr"] is None
    assert values(recipe)["use_flash"] is None


def test_all_problems_of_all_layers_are_named_in_one_error() -> None:
    with refused() as refusal:
        resolve(
            TEMPLATE,
            SPEC,
            recipe="run:\n  nam: y\ntraining_config:\n  lr: high\n",
            overrides={"run": {"model_type": "mine"}, "training_config": 5},
            hyperparameters={"use_flash": 1, "max_lenn": 2},
            protected=PROTECTED,
        )
    assert sorted(refusal.paths) == [
        "hyperparameters.max_lenn",
        "hyperparameters.use_flash",
        "overrides.run.model_type",
        "overrides.training_config",
        "run.nam",
        "training_config.lr",
    ]


def test_one_leaf_set_twice_in_one_layer_is_refused() -> None:
    for overrides in (
        {"learning_rate": 0.2, "training_config": {"lr": 0.3}},
        {"training_config.lr": 0.3, "learning_rate": 0.2},
        {"max_len": 1, "training_config": {"max_len": 1}},
        {"use_flash": True, "training_config": {"use_flash": True}},
    ):
        with refused() as refusal:
            resolve(TEMPLATE, SPEC, overrides=overrides)
        assert "set twice" in refusal.only.message
    with refused() as refusal:
        resolve(TEMPLATE, SPEC, recipe="training_config: {lr: 1}\ntraining_config.lr: 1\n")
    assert refusal.only.origin == "sft.yaml:2"
    assert "sft.yaml:1" in refusal.only.message


@pytest.mark.parametrize(
    "layers",
    [
        {"overrides": {"run": {"model_type": "mine"}}},
        {"overrides": {"run.model_type": "mine"}},
        {"hyperparameters": {"model_type": "mine"}},
        {"hyperparameters": {"model_name_or_path": "mine"}},
        {"hyperparameters": {"base": "mine"}},
        {"overrides": {"run": {"base": "mine"}}},
        {"recipe": "run: {model_name_or_path: mine}"},
        {"overrides": {"nowhere": {"model_type": "mine"}}},
    ],
)
def test_a_protected_value_is_refused_with_what_to_do_instead(layers: dict[str, object]) -> None:
    with refused() as refusal:
        resolve(TEMPLATE, SPEC, protected=PROTECTED, **layers)  # type: ignore[arg-type]
    in_a_file = "delete the line, and " if "recipe" in layers else ""
    assert refusal.only.fix == f"{in_a_file}choose the model"


def test_a_protected_value_cannot_be_moved_through_what_it_refers_to() -> None:
    template = {"kind": "llama", "run": {"model_type": "${kind}-1b"}, "size": "{{size}}", "m": 1}
    spec = {"size": {"default": None}}
    assert values(resolve(template, spec, protected=PROTECTED))["run.model_type"] == "llama-1b"
    with refused() as refusal:
        resolve(template, spec, overrides={"kind": "mine"}, protected=PROTECTED)
    assert refusal.only.path == "run.model_type"
    resolve(template, spec, overrides={"kind": "llama", "m": 2}, protected=PROTECTED)


def test_a_default_that_a_layer_mends_does_not_count_as_protected() -> None:
    template = {
        "kind": "a",
        "model_type": "${kind}",
        "n": "${multiply:${size},2}",
        "size": "{{size}}",
    }
    recipe = resolve(template, {"size": {}}, hyperparameters={"size": 2}, protected=PROTECTED)
    assert values(recipe)["n"] == 4


def test_an_owned_parameter_is_null_and_not_sent() -> None:
    owned = {"base": "give the data", "use_flash": "decided by the service"}
    recipe = resolve(TEMPLATE, SPEC, owned=owned)
    assert values(recipe)["run.model_name_or_path"] is None
    assert set(recipe.spec) == {"name", "learning_rate"}
    assert recipe.parameters == ()
    for hyperparameters in ({"base": 1}, {"use_flash": 1}, {"run.model_name_or_path": 1}):
        with refused() as refusal:
            resolve(TEMPLATE, SPEC, owned=owned, hyperparameters=hyperparameters)
        assert refusal.only.fix in owned.values()


@pytest.mark.parametrize("token", [STRING_TOKEN, LIST_TOKEN, NUMBER_TOKEN])
def test_a_token_comes_through_every_layer_untouched(token: object) -> None:
    for layers in (
        {"overrides": {"training_config": {"lr": token}}},
        {"hyperparameters": {"name": token}},
    ):
        template = {**TEMPLATE, "also": "${training_config.max_len}"}
        recipe = resolve(template, SPEC, **layers)
        found = [value for value in values(recipe).values() if value == token]
        assert found == [token]


def test_a_number_that_is_not_known_yet_cannot_be_written_into_text() -> None:
    template = {"title": "lr-{{learning_rate}}", "both": ["{{learning_rate}}"]}
    with refused() as refusal:
        resolve(template, SPEC, hyperparameters={"learning_rate": NUMBER_TOKEN})
    assert refusal.paths == ["title"]


def test_text_around_a_parameter_can_be_set_beside_the_parameter() -> None:
    template = {"title": "lr-{{learning_rate}}", "lr": "{{learning_rate}}"}
    both = {"title": "mine", "learning_rate": 0.5}
    for layers in (
        {"overrides": both},
        {"recipe": "title: mine\n", "hyperparameters": {"learning_rate": 0.5}},
        {"overrides": {"learning_rate": 0.5}, "hyperparameters": {"title": "mine"}},
    ):
        found = values(resolve(template, SPEC, **layers))
        assert (found["title"], found["lr"]) == ("mine", 0.5)


def test_a_default_that_the_template_writes_out_stands_for_the_parameter() -> None:
    template = {"args": {"epochs": 5, "seed": 1}, "other": {"seed": 1}, "size": 3}
    spec = {
        "epochs": {"type": "integer", "default": 5, "max": 10},
        "seed": {"default": 1},
        "size": {"default": 4},
    }
    for layers in (
        {"overrides": {"args": {"epochs": 7}}},
        {"hyperparameters": {"epochs": 7}},
        {"recipe": "args: {epochs: 7}"},
    ):
        found = leaf(resolve(template, spec, **layers), "args.epochs")
        assert (found.value, found.parameter, found.default) == (7, "epochs", 5)
    with refused() as refusal:
        resolve(template, spec, overrides={"args": {"epochs": 11}})
    assert refusal.only.message == "above the maximum 10"
    # Where the hub contradicts itself or the name is not clear, nothing is made up.
    assert [p.name for p in resolve(template, spec).parameters] == ["seed", "size"]
    text = {"x": {"default": "{{ y }}"}, "y": {"default": "no"}}
    assert resolve({"x": "{{ y }}"}, text).to_dict() == {"x": "no"}
