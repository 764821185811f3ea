"""What a name in a layer means."""

from __future__ import annotations

import time

import pytest

from tests.support.resolving import refused, resolve, values

TEMPLATE = {
    "training_config": {
        "optim": {"lr": "{{learning_rate}}", "name": "adam", "betas": [0.9]},
        "sched": {"lr": 0.1, "warm": {"steps": 5}},
        "batch": "{{global_batch_size}}",
        "extra": {},
    },
    "run": {"name": "x", "seed": "{{seed}}", "note": None},
}
SPEC = {name: {"default": 1} for name in ("learning_rate", "global_batch_size", "seed", "flash")}


@pytest.mark.parametrize(
    ("overrides", "path"),
    [
        ({"training_config": {"optim": {"lr": 9}}}, "training_config.optim.lr"),
        ({"training_config.optim.lr": 9}, "training_config.optim.lr"),
        ({"training_config": {"optim.lr": 9}}, "training_config.optim.lr"),
        ({"optim.lr": 9}, "training_config.optim.lr"),
        ({"training_config": {"steps": 9}}, "training_config.sched.warm.steps"),
        ({"sched": {"steps": 9}}, "training_config.sched.warm.steps"),
        ({"steps": 9}, "training_config.sched.warm.steps"),
        ({"learning_rate": 9}, "training_config.optim.lr"),
        ({"optim": {"learning_rate": 9}}, "training_config.optim.lr"),
        ({"training_config": {"learning_rate": 9}}, "training_config.optim.lr"),
        ({"training_config": {"seed": 9}}, "run.seed"),
        ({"run": {"seed": 9}}, "run.seed"),
        ({"training_config.flash": 9}, "flash"),
        ({"run": {"note": 9}}, "run.note"),
        ({"recipes": {"run": {"note": 9}}}, "run.note"),
        ({"training.run.note": 9}, "run.note"),
        ({"recipes": {"learning_rate": 9}}, "training_config.optim.lr"),
    ],
)
def test_a_name_means_one_leaf(overrides: dict[str, object], path: str) -> None:
    before = values(resolve(TEMPLATE, SPEC))
    assert values(resolve(TEMPLATE, SPEC, overrides=overrides)) == {**before, path: 9}


def test_a_parameters_name_comes_before_a_leafs() -> None:
    template = {"a": {"lr": 1}, "b": "{{lr}}"}
    spec = {"lr": {"default": 2}}
    assert values(resolve(template, spec, hyperparameters={"lr": 9})) == {"a.lr": 1, "b": 9}
    assert values(resolve(template, spec, hyperparameters={"a.lr": 9})) == {"a.lr": 9, "b": 2}


def test_a_parameters_name_means_all_its_places() -> None:
    template = {"a": "{{n}}", "b": {"c": "{{ n }}", "d": "x{{n}}", "e": ["{{n}}"]}}
    recipe = resolve(template, {"n": {"default": 1}}, overrides={"n": 2})
    assert values(recipe) == {"a": 2, "b.c": 2, "b.d": "x2", "b.e": [2]}


@pytest.mark.parametrize("root", ["recipes", "training"])
def test_a_recipe_file_may_be_written_below_the_launchers_roots(root: str) -> None:
    recipe = resolve(TEMPLATE, SPEC, recipe=f"{root}:\n  run:\n    note: 9\n")
    assert values(recipe)["run.note"] == 9
    with refused() as refusal:
        resolve(TEMPLATE, SPEC, recipe=f"{root}:\n  run:\n    nota: 9\n")
    assert refusal.paths == [f"{root}.run.nota"]
    assert refusal.only.fix == "did you mean 'run.note'?"


def test_a_root_that_the_recipe_has_itself_is_no_launchers() -> None:
    template = {"training": {"a": 1}, "a": 1}
    assert values(resolve(template, recipe="training:\n  a: 9\n")) == {"training.a": 9, "a": 1}


def test_keys_with_dots_of_the_hubs_own_can_be_set() -> None:
    template = {"a": {"b.c": 1, "d.e": {"f": 2}}, "a.b": 3}
    found = resolve(template, overrides={"a.b.c": 7, "a": {"d.e": {"f": 8}}, "a.b": 9})
    assert found.to_dict() == {"a": {"b.c": 7, "d.e": {"f": 8}}, "a.b": 9}


def test_a_short_name_that_fits_several_leaves_lists_them() -> None:
    with refused() as refusal:
        resolve(TEMPLATE, SPEC, hyperparameters={"lr": 9})
    assert refusal.only.path == "hyperparameters.lr"
    assert refusal.only.allowed == "training_config.optim.lr, training_config.sched.lr"


def test_a_recipe_file_spells_paths_out() -> None:
    for text in ("seed: 1\n", "learning_rate: 1\n", "optim: {lr: 1}\n"):
        with refused() as refusal:
            resolve(TEMPLATE, SPEC, recipe=text)
        assert refusal.only.origin == "sft.yaml:1"
    with refused() as refusal:
        resolve(TEMPLATE, SPEC, recipe="seed: 1\n")
    assert refusal.only.fix == "did you mean 'run.seed'?"


@pytest.mark.parametrize(
    ("overrides", "fix"),
    [
        ({"learning_rat": 1}, "did you mean 'learning_rate'?"),
        ({"Seed": 1}, "did you mean 'seed'?"),
        ({"training_config": {"optim": {"lrr": 1}}}, "did you mean 'training_config.optim.lr'?"),
        ({"run": {"betas": 1}}, "did you mean 'training_config.optim.betas'?"),
        ({"run": {"zzzzz": 1}}, None),
        ({".": 1}, None),
        ({"run.": 1}, None),
    ],
)
def test_an_unknown_key_names_the_nearest(overrides: dict[str, object], fix: str | None) -> None:
    with refused() as refusal:
        resolve(TEMPLATE, SPEC, overrides=overrides)
    if fix is not None:
        assert refusal.only.fix == fix


def test_a_mapping_cannot_become_one_value_nor_one_value_a_mapping() -> None:
    with refused() as refusal:
        resolve(
            TEMPLATE, SPEC, overrides={"training_config": {"optim": 5, "sched": {"lr": {"a": 1}}}}
        )
    assert refusal.paths == [
        "overrides.training_config.optim",
        "overrides.training_config.sched.lr.a",
    ]
    assert "lr, name, betas" in str(refusal.problems[0].allowed)
    for name in ("sched.lr", "seed", "flash"):
        with refused() as refusal:
            resolve(TEMPLATE, SPEC, overrides={name: {}})
        assert "mapping" in refusal.only.message


def test_an_empty_mapping_sets_nothing() -> None:
    for name in ("training_config", "run", "training_config.extra"):
        recipe = resolve(TEMPLATE, SPEC, overrides={name: {}})
        assert values(recipe) == values(resolve(TEMPLATE, SPEC))


def test_an_empty_mapping_of_the_hub_takes_no_keys() -> None:
    with refused() as refusal:
        resolve(TEMPLATE, SPEC, overrides={"training_config": {"extra": {"a": 1}}})
    assert "empty mapping" in refusal.only.message


def test_many_unknown_keys_are_refused_quickly() -> None:
    template = {f"section_{i}": {f"name_of_value_{j}": j for j in range(20)} for i in range(25)}
    text = "\n".join(f"unknown_key_number_{i}: {i}" for i in range(500))
    started = time.process_time()
    with refused() as refusal:
        resolve(template, recipe=text)
    assert len(refusal.problems) == 500
    assert time.process_time() - started < 4


def test_one_wrong_key_that_is_written_in_two_ways_is_told_once() -> None:
    with refused() as refusal:
        resolve({"a": 1}, overrides={"a": {"b.c": 1, "b": {"c": 1}}})
    assert refusal.paths == ["overrides.a.b.c"]
