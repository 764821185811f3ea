"""The inputs of the recipe benchmark are valid, and their values reach the outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from benchmarks.recipes.__main__ import RECIPES
from benchmarks.recipes.cases import read_cases, write_cases
from benchmarks.recipes.ours import prepare
from constructs_trainers.recipes.paths import leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.recipes.cases import Case


def resolved(cases: Sequence[Case], folder: Path) -> list[dict[str, object]]:
    """What the cases resolve to, by way of JSON as a worker gets them."""
    written: list[dict[str, Any]] = json.loads(json.dumps(write_cases(cases, folder)))
    return [prepare(case)() for case in written]


def test_the_first_two_numbers_that_both_sides_put_in_one_place_are_set(case: Case) -> None:
    assert case.recipe == {"training_config": {"optim": {"lr": 1e-7}}}
    assert case.overrides == {"training_config": {"epochs": 1}}


def test_what_the_trainer_owns_is_not_in_the_spec(case: Case) -> None:
    assert "data_path" not in case.spec
    assert "learning_rate" in case.spec


def test_both_values_reach_the_outcome(case: Case, tmp_path: Path) -> None:
    (recipe,) = resolved([case], tmp_path)
    found = dict(leaves(recipe))
    assert found[case.path] == 1e-7
    assert found[case.overridden_path] == 1


def test_the_users_recipe_is_a_file(case: Case, tmp_path: Path) -> None:
    (written,) = write_cases([case], tmp_path)
    assert yaml.safe_load(Path(written["recipe_file"]).read_text()) == case.recipe


def test_an_interpolated_value_is_the_same_value(case: Case, tmp_path: Path) -> None:
    plain, interpolated = resolved([case, case.interpolated()], tmp_path)
    assert case.interpolated().overridden_value == "${multiply:1,1}"
    assert json.dumps(interpolated) == json.dumps(plain)


@pytest.mark.skipif(not RECIPES.is_dir(), reason="no hub recipes beside the checkout")
def test_every_hub_recipe_is_a_case(tmp_path: Path) -> None:
    cases = read_cases(RECIPES)
    assert len(cases) == 24
    assert len({case.name for case in cases}) == 24
    plain = resolved(cases, tmp_path)
    interpolated = resolved([case.interpolated() for case in cases], tmp_path)
    assert json.dumps(interpolated) == json.dumps(plain)
    for case, recipe in zip(cases, plain, strict=True):
        found = dict(leaves(recipe))
        assert found[case.path] == case.value
        assert found[case.overridden_path] == case.overridden_value
        assert case.path != case.overridden_path
