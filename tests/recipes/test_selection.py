"""Choosing among a model's recipes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe
from constructs_trainers.recipes.selection import (
    SelectedRecipe,
    Wanted,
    select_recipe,
    type_problem,
)
from tests.support.resolving import refused

if TYPE_CHECKING:
    from collections.abc import Sequence


def recipe(
    name: str,
    technique: str = "SFT",
    peft: str | None = "LORA",
    length: str | None = "4K",
    *,
    subscription: bool = False,
    types: tuple[str, ...] = (),
    spec: dict[str, Any] | None = None,
) -> LockedRecipe:
    return LockedRecipe(
        name=name,
        technique=technique,
        peft=peft,
        sequence_length=length,
        subscription=subscription,
        image_uri=None,
        instance_types=types,
        template={},
        spec_document={"lr": {"default": 1}} if spec is None else spec,
    )


def select(
    *recipes: LockedRecipe,
    technique: str = "SFT",
    training_type: str = "LORA",
    length: object = None,
    types: Sequence[str] = (),
    name: str | None = None,
) -> SelectedRecipe:
    wanted = Wanted(
        technique=technique,
        training_type=training_type,
        sequence_length=length,  # type: ignore[arg-type]
        instance_types=types,
        name=name,
    )
    return select_recipe(model_of(*recipes), wanted)


def model_of(*recipes: LockedRecipe) -> LockedModel:
    return LockedModel(
        name="meta-llama",
        region="us-west-2",
        hub_name="SageMakerPublicHub",
        hub_content_arn="arn",
        hub_content_version="1.0.0",
        last_modified_time=None,
        gated=False,
        recipes=recipes,
    )


ALL = (
    recipe("dpo", "DPO"),
    recipe("long", length="16K"),
    recipe("full", peft=None),
    recipe("short"),
    recipe("full-long", peft=None, length="16K"),
)


@pytest.mark.parametrize(
    ("technique", "training_type", "length", "name"),
    [
        ("SFT", "LORA", None, "long"),
        ("SFT", "LORA", "4K", "short"),
        ("SFT", "LORA", "16K", "long"),
        ("SFT", "FULL", None, "full"),
        ("SFT", "FULL", "16K", "full-long"),
        ("DPO", "LORA", "4K", "dpo"),
    ],
)
def test_technique_type_and_length_choose_the_first_that_fits(
    technique: str, training_type: str, length: str | None, name: str
) -> None:
    chosen = select(*ALL, technique=technique, training_type=training_type, length=length)
    assert chosen.recipe.name == name


def test_a_technique_the_model_lacks_is_refused_with_those_it_has() -> None:
    with refused() as refusal:
        select(*ALL, technique="RLVR")
    assert refusal.only.allowed == "DPO, SFT"
    assert "--model meta-llama --region us-west-2 --technique RLVR" in str(refusal.only.fix)
    with refused() as refusal:
        select()
    assert refusal.only.allowed is None


@pytest.mark.parametrize("training_type", ["FULL", "lora", "Lora", ""])
def test_a_training_type_the_model_lacks_is_refused_with_those_it_has(training_type: str) -> None:
    with refused() as refusal:
        select(recipe("a"), training_type=training_type)
    assert refusal.only.path == "training_type"
    assert refusal.only.allowed == "LORA"


@pytest.mark.parametrize("length", ["8K", "4k", "4096", "K", "04K", " 4K", "9" * 5000 + "K", 4096])
def test_a_length_the_model_lacks_is_refused_with_those_it_has(length: object) -> None:
    with refused() as refusal:
        select(*ALL, recipe("none", length=None), length=length)
    assert refusal.only.path == "sequence_length"
    assert refusal.only.allowed == "16K, 4K"


def test_without_any_length_in_the_hub_none_is_listed() -> None:
    with refused() as refusal:
        select(recipe("a", length=None), length="4K")
    assert refusal.only.allowed is None
    assert select(recipe("a", length=None)).recipe.name == "a"


def test_a_subscription_recipe_adds_parameters_that_are_not_sent_unless_set() -> None:
    extra = {
        "lr": {"default": 9},
        "mix": {"default": 5, "type": "integer", "max": 7, "required": True},
    }
    chosen = select(recipe("sub", subscription=True, spec=extra), recipe("base"))
    assert chosen.recipe.name == "base"
    assert list(chosen.spec) == ["lr", "mix"]
    assert chosen.spec["lr"].default == 1
    mix = chosen.spec["mix"]
    assert (mix.default, mix.required, mix.type, mix.maximum) == (None, False, "integer", 7)


def test_a_subscription_recipe_of_another_kind_adds_nothing() -> None:
    others = [
        recipe("dpo", "DPO", subscription=True, spec={"x": {}}),
        recipe("full", peft=None, subscription=True, spec={"y": {}}),
        recipe("long", length="8K", subscription=True, spec={"z": {}}),
    ]
    assert list(select(*others, recipe("base"), length="4K").spec) == ["lr"]


def test_a_model_with_subscription_recipes_only_gives_the_first_as_it_is() -> None:
    first = recipe("one", subscription=True)
    chosen = select(first, recipe("two", subscription=True, spec={"x": {"default": 1}}))
    assert chosen.recipe is first
    assert list(chosen.spec) == ["lr"]
    assert chosen.spec["lr"].default == 1


SMALL, LARGE, OTHER = "ml.g5.12xlarge", "ml.g5.48xlarge", "ml.p5.48xlarge"
TWINS = (
    recipe("small", types=(SMALL,)),
    recipe("large", types=(LARGE,)),
    recipe("longer", length="8K", types=(OTHER,)),
    recipe("anywhere", peft=None),
)


@pytest.mark.parametrize(
    ("types", "name"), [([SMALL], "small"), ([LARGE], "large"), ([OTHER], "longer"), ([], "small")]
)
def test_the_recipe_is_one_that_runs_on_the_instances(types: list[str], name: str) -> None:
    assert select(*TWINS, types=types).recipe.name == name


def test_a_recipe_without_types_runs_on_any() -> None:
    assert select(*TWINS, training_type="FULL", types=[OTHER]).recipe.name == "anywhere"


def test_one_recipe_runs_on_all_types_that_a_job_may_get() -> None:
    both = recipe("both", types=(SMALL, LARGE))
    assert select(*TWINS, both, types=[SMALL, LARGE]).recipe.name == "both"


def test_a_recipe_is_named_outright() -> None:
    assert select(*TWINS, name="large").recipe.name == "large"
    with refused() as refusal:
        select(*TWINS, name="larg")
    assert refusal.only.path == "recipe_name"
    assert refusal.only.allowed == "small, large, longer, anywhere"
    assert refusal.only.fix == "did you mean 'large'?"
    with refused() as refusal:
        select(*TWINS, name="anywhere")
    assert (refusal.only.path, refusal.only.allowed) == ("training_type", "FULL")


def test_where_none_runs_the_recipes_are_listed_with_lengths_and_types() -> None:
    model = model_of(*TWINS)
    problem = type_problem(model, TWINS[0], "compute.instance_type", "ml.m5.large")
    assert problem is not None
    assert problem.message == ("no SFT recipe of 'meta-llama' for LORA runs on this instance type")
    assert problem.allowed == (
        "ml.g5.12xlarge (small, 4K); ml.g5.48xlarge (large, 4K); ml.p5.48xlarge (longer, 8K)"
    )
    # Never the nearest spelling: it may be the dearest.
    assert problem.fix is None
    problem = type_problem(model, TWINS[0], "compute.instance_type", OTHER)
    assert problem is not None
    assert problem.fix == "give sequence_length: 8K runs on it"
    assert type_problem(model, TWINS[0], "compute.instance_type", SMALL) is None
