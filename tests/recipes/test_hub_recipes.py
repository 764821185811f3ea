"""Recipes as the hub really gives them: defaults, every limit, and one step beyond it."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import pytest

from constructs_trainers.errors import RecipeError
from constructs_trainers.recipes.hyperparameters import serverless_hyperparameters
from constructs_trainers.recipes.layers import mapping_layer
from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.locked_models import LockedRecipe
from constructs_trainers.recipes.overlay import resolve_recipe
from constructs_trainers.recipes.owned_parameters import OWNED_PARAMETERS, PROTECTED
from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
from constructs_trainers.recipes.selection import Wanted, select_recipe
from constructs_trainers.recipes.spec import Parameter
from tests.support.hub_locks import lock_document

FOLDER = Path(__file__).parents[3] / "shared" / "recipes"
# Rules between two values: a limit of one may be out of reach while the other is at its default.
CROSS_RULES = {
    "max_prompt_length": "prompt and response do not fit into the sequence length",
    "max_response_length": "prompt and response do not fit into the sequence length",
    "save_steps": "must not be greater than max_steps",
    "max_steps": "must not be greater than max_steps",
}


@cache
def locks() -> tuple[RecipeLock, ...]:
    documents = [json.loads(file.read_text()) for file in sorted(FOLDER.glob("*.json"))]
    texts = [json.dumps(lock_document(d["hub"], d["s3"], d["region"])) for d in documents]
    return tuple(RecipeLock.parse(text, shown_as="lock") for text in texts)


@cache
def recipes() -> dict[str, LockedRecipe]:
    models = [lock.model(name, None) for lock in locks() for name in lock.model_names]
    return {recipe.name: recipe for model in models for recipe in model.recipes}


def resolved(recipe: LockedRecipe, **hyperparameters: object) -> ResolvedRecipe:
    found = resolve_recipe(
        recipe.template,
        recipe.spec,
        [mapping_layer("hyperparameters", hyperparameters)],
        protected=PROTECTED,
        owned=OWNED_PARAMETERS[recipe.technique],
        sequence_length=recipe.sequence_length,
    )
    sent = serverless_hyperparameters(found, number_token_as_text=str)
    for name, value in hyperparameters.items():
        assert sent[name] == str(value)
    return found


def overridable(recipe: LockedRecipe) -> list[Parameter]:
    names = set(resolved(recipe).spec) - set(PROTECTED)
    return [recipe.spec[name] for name in recipe.spec if name in names]


def allowed(parameter: Parameter) -> list[object]:
    """Every member of an enum; else both ends of the range."""
    if parameter.enum is not None:
        return list(parameter.enum)
    return [limit for limit in (parameter.minimum, parameter.maximum) if limit is not None]


def beyond(parameter: Parameter) -> list[object]:
    """One step outside of what is allowed."""
    if parameter.enum is not None:
        is_text = any(isinstance(member, str) for member in parameter.enum)
        return ["no-such-member"] if is_text else [max(parameter.enum, key=str_as_number) + 1]  # type: ignore[operator]
    steps: list[object] = []
    for limit, towards in ((parameter.minimum, -math.inf), (parameter.maximum, math.inf)):
        if limit is not None and parameter.type == "float":
            steps.append(math.nextafter(limit, towards))
        elif limit is not None:
            steps.append(limit + (1 if towards > 0 else -1))
    return steps


def str_as_number(member: object) -> float:
    return float(str(member))


def breaks_cross_rule(recipe: LockedRecipe, name: str, value: object) -> bool:
    """Whether the value alone is fine and the rule with another value is not met."""
    try:
        resolved(recipe, **{name: value})
    except RecipeError as error:
        return [problem.message for problem in error.problems] == [CROSS_RULES.get(name)]
    return False


pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no hub recipes beside the checkout")
EACH = pytest.mark.parametrize("name", list(recipes()) if FOLDER.is_dir() else ["none"])


def test_there_are_24_recipes() -> None:
    assert len(recipes()) == 24


@EACH
def test_a_recipe_resolves_with_its_defaults(name: str) -> None:
    recipe = recipes()[name]
    found = resolved(recipe)
    assert found.changed == ()
    assert "{{" not in json.dumps(found.to_dict())
    sent = serverless_hyperparameters(found, number_token_as_text=str)
    defaults = {n: p.default for n, p in found.spec.items() if p.default is not None}
    assert sent == {parameter: str(default) for parameter, default in defaults.items()}


@EACH
def test_a_default_may_be_given_by_the_user(name: str) -> None:
    recipe = recipes()[name]
    for parameter in overridable(recipe):
        if parameter.default is not None:
            assert resolved(recipe, **{parameter.name: parameter.default}).changed == ()


@EACH
def test_each_value_reaches_every_end_of_its_limits(name: str) -> None:
    recipe = recipes()[name]
    tried = 0
    for parameter in overridable(recipe):
        for value in allowed(parameter):
            tried += 1
            if parameter.name in CROSS_RULES and breaks_cross_rule(recipe, parameter.name, value):
                continue
            found = resolved(recipe, **{parameter.name: value})
            reached = [leaf.value for leaf in found.leaves if leaf.parameter == parameter.name]
            reached += [item.value for item in found.parameters if item.name == parameter.name]
            assert reached
            assert all(repr(item) == repr(value) for item in reached)
    assert tried > 10


@EACH
def test_one_step_beyond_is_refused_naming_the_limits(name: str) -> None:
    recipe = recipes()[name]
    tried = 0
    for parameter in overridable(recipe):
        for value in beyond(parameter):
            tried += 1
            with pytest.raises(RecipeError) as caught:
                resolved(recipe, **{parameter.name: value})
            (problem,) = caught.value.problems
            assert problem.path == f"hyperparameters.{parameter.name}"
            limits = parameter.limits()
            assert limits is not None
            assert limits in (problem.allowed or "")
    assert tried > 5


def test_no_limit_of_a_parameter_is_out_of_reach() -> None:
    """What is fixed in a template is not added to what may be set."""
    found = [
        (recipe.name, parameter.name, value)
        for recipe in recipes().values()
        for parameter in overridable(recipe)
        if parameter.name in CROSS_RULES
        for value in allowed(parameter)
        if breaks_cross_rule(recipe, parameter.name, value)
    ]
    assert found == []


def test_each_technique_and_training_type_selects_a_recipe_that_resolves() -> None:
    selected = set()
    for lock in locks():
        for model_name in lock.model_names:
            model = lock.model(model_name, None)
            for recipe in model.recipes:
                training_type = "LORA" if recipe.peft == "LORA" else "FULL"
                for length in (None, recipe.sequence_length):
                    chosen = select_recipe(
                        model,
                        Wanted(
                            technique=recipe.technique,
                            training_type=training_type,
                            sequence_length=length,
                        ),
                    )
                    resolved(chosen.recipe)
                    assert chosen.recipe.technique == recipe.technique
                    assert chosen.recipe.peft == recipe.peft
                selected.add((model_name, recipe.technique, training_type))
    assert len(selected) >= 18
