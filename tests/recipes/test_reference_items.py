"""What the reference gets wrong in resolving recipes, items 1 to 20, and how it is here.

Each test's docstring begins with the number of the item and says what the reference does.
"""

from __future__ import annotations

import json
import math

import pytest

from constructs_trainers.errors import Problem
from constructs_trainers.recipes.hyperparameters import serverless_hyperparameters
from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.locked_models import LockedModel
from constructs_trainers.recipes.owned_parameters import PROTECTED
from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
from constructs_trainers.recipes.selection import Wanted, select_recipe
from constructs_trainers.recipes.yaml_file import dump_yaml
from tests.support.hub_locks import lock_document
from tests.support.resolving import leaf, refused, resolve, values
from tests.support.small_hub import MODEL, SPEC, TEMPLATE, small_hub

INTEGER = {"type": "integer", "default": 1, "min": 1, "max": 100}


def sent(recipe: ResolvedRecipe) -> dict[str, str]:
    return serverless_hyperparameters(recipe, number_token_as_text=str)


def problem_of(value: object, **entry: object) -> Problem:
    with refused() as refusal:
        resolve({"x": "{{x}}"}, {"x": entry}, hyperparameters={"x": value})
    return refusal.only


def small_model(document: dict[str, object] | None = None) -> LockedModel:
    hub, s3 = small_hub()
    if document is not None:
        hub = {MODEL: {**hub[MODEL], **document}}
    lock = RecipeLock.parse(json.dumps(lock_document(hub, s3)), shown_as="lock")
    return lock.model(MODEL, "us-west-2")


@pytest.mark.parametrize("name", ["global_batch_size", "train_batch_size", "t.train_batch_size"])
def test_an_override_by_any_name_reaches_recipe_and_request_once(name: str) -> None:
    """Item 1: by spec name it shows in the recipe and is not sent; by leaf name twice."""
    template = {"t": {"train_batch_size": "{{global_batch_size}}"}}
    spec = {"global_batch_size": {"type": "integer", "default": 16}}
    for overrides in ({name: 32}, {"t": {name.rpartition(".")[2]: 32}}):
        recipe = resolve(template, spec, overrides=overrides)
        assert recipe.to_dict() == {"t": {"train_batch_size": 32}}
        assert sent(recipe) == {"global_batch_size": "32"}


def test_a_full_path_means_that_path() -> None:
    """Item 2: an override goes to the last leaf of its bare name, whatever its path."""
    template = {"optim": {"lr": 1}, "sched": {"lr": 2}}
    recipe = resolve(template, overrides={"optim": {"lr": 9}})
    assert recipe.to_dict() == {"optim": {"lr": 9}, "sched": {"lr": 2}}
    with refused() as refusal:
        resolve(template, overrides={"lr": 9})
    assert refusal.only.allowed == "optim.lr, sched.lr"


def test_values_of_one_leaf_name_do_not_overwrite_each_other() -> None:
    """Item 3: run.name becomes what optim_config.name says, by flattening to leaf names."""
    template = {"run": {"name": "{{name}}"}, "optim_config": {"name": "adam", "lr": 1}}
    spec = {"name": {"type": "string", "default": "job"}}
    recipe = resolve(template, spec, overrides={"optim_config": {"lr": 2}})
    assert values(recipe)["run.name"] == "job"
    assert sent(recipe) == {"name": "job", "lr": "2"}
    with refused() as refusal:
        sent(resolve(template, spec, overrides={"optim_config": {"name": "sgd"}}))
    assert refusal.only.path == "optim_config.name"


def test_what_was_resolved_first_is_not_what_is_sent_later() -> None:
    """Item 4: a cached recipe is sent after its hyperparameters have changed."""
    hyperparameters: dict[str, object] = {"learning_rate": 2e-5}
    template, spec = {"lr": "{{learning_rate}}"}, {"learning_rate": {"type": "float"}}
    first = resolve(template, spec, hyperparameters=hyperparameters)
    first.to_dict()["lr"] = "changed by whoever asked"
    hyperparameters["learning_rate"] = 3e-5
    assert sent(first) == {"learning_rate": "2e-05"}
    second = resolve(template, spec, hyperparameters=hyperparameters)
    assert sent(second) == {"learning_rate": "3e-05"}


def test_a_value_that_is_no_placeholder_is_not_lost() -> None:
    """Item 5: it shows in the resolved recipe and is not in the recipe file of the job."""
    recipe = resolve({"max_len": 4096}, overrides={"max_len": 8192})
    assert recipe.to_dict() == {"max_len": 8192}
    assert sent(recipe) == {"max_len": "8192"}


@pytest.mark.parametrize(
    "overrides",
    [{"run": {"model_type": "x"}}, {"again": {"model_type": "x"}}, {"source": "x"}],
    ids=["first", "second", "through an interpolation"],
)
def test_a_protected_value_is_protected_everywhere_and_never_sent(
    overrides: dict[str, object],
) -> None:
    """Item 6: only the first place is protected, and naming the key sends the base value."""
    template = {
        "source": "llama",
        "run": {"model_type": "${source}"},
        "again": {"model_type": "llama"},
        "seed": 1,
    }
    with refused() as refusal:
        resolve(template, overrides=overrides, protected=PROTECTED)
    assert refusal.only.fix == PROTECTED["model_type"]
    assert sent(resolve(template, overrides={"seed": 2}, protected=PROTECTED)) == {"seed": "2"}


@pytest.mark.parametrize("layer", ["overrides", "hyperparameters"])
def test_a_parameter_that_the_template_lacks_can_be_set_from_either_layer(layer: str) -> None:
    """Item 7: an override of it is dropped with a warning."""
    spec = {"use_flash": {"type": "boolean", "default": True}}
    recipe = resolve({"seed": 1}, spec, **{layer: {"use_flash": False}})  # type: ignore[arg-type]
    assert sent(recipe) == {"use_flash": "False"}


def test_null_unsets_a_value_in_recipe_and_request() -> None:
    """Item 8: the recipe says null and the request sends the default."""
    template, spec = {"x": "{{x}}"}, {"x": INTEGER}
    recipe = resolve(template, spec, overrides={"x": None})
    assert (recipe.to_dict(), sent(recipe)) == ({"x": None}, {})
    with refused() as refusal:
        resolve(template, {"x": {**INTEGER, "required": True}}, overrides={"x": None})
    assert refusal.only.message == "a value is required"


@pytest.mark.parametrize(
    ("value", "entry"),
    [
        (True, {"type": "integer"}),
        (True, {"type": "integer", "enum": [1, 2]}),
        (True, {"type": "float", "min": 0, "max": 1}),
        (math.nan, {"type": "float", "min": 0, "max": 1}),
        ("", {"type": "string", "enum": ["a", "b"]}),
        ("c", {"type": "string", "enum": ["a", "b"], "default": "c"}),
        ("5", {"type": "integer", "min": 1, "max": 3}),
        ("maybe", {"type": "boolean"}),
    ],
)
def test_a_value_is_held_against_type_range_and_enum(
    value: object, entry: dict[str, object]
) -> None:
    """Item 9: each of these values passes."""
    assert problem_of(value, **entry).path == "hyperparameters.x"


def test_specs_as_the_hub_may_write_them_do_not_crash() -> None:
    """Item 10: null limits, text defaults and entries that are no object raise TypeErrors."""
    entry = {"type": "integer", "default": "5", "min": None, "max": None, "enum": None}
    assert values(resolve({"x": "{{x}}"}, {"x": entry}, hyperparameters={"x": 7})) == {"x": 7}
    lengths = {
        "max_prompt_length": {"default": "512"},
        "max_response_length": {"type": "integer", "default": 512},
    }
    template = {name: f"{{{{{name}}}}}" for name in lengths}
    resolve(template, lengths, sequence_length="1K", overrides={"max_response_length": 9999})
    with refused() as refusal:
        resolve({}, {"x": 5})
    assert refusal.only.message == "an override spec entry must be an object"


def test_a_number_in_scientific_notation_is_a_number_throughout() -> None:
    """Item 11: `1e-5` in a recipe file is text and refused; in a template it stays text."""
    spec = {"lr": {"type": "float", "default": 0.1, "max": 1}}
    recipe = resolve({"lr": "{{lr}}", "min_lr": 0}, spec, recipe="lr: 1e-5\nmin_lr: 1e-6\n")
    assert values(recipe) == {"lr": 1e-5, "min_lr": 1e-6}
    assert sent(recipe)["lr"] == "1e-05"
    assert dump_yaml(recipe.to_dict()) == "lr: 1.0e-05\nmin_lr: 1.0e-06\n"


def test_placeholders_may_stand_within_text_in_lists_and_twice() -> None:
    """Item 12: within text they become null; used twice only the last place gets the value."""
    template = {"t": "a-{{x}}-{{y}}", "one": "{{x}}", "two": "{{x}}", "many": ["{{x}}", 1]}
    spec = {"x": {**INTEGER, "required": True}, "y": {"default": "b"}}
    recipe = resolve(template, spec, overrides={"x": 5})
    assert recipe.to_dict() == {"t": "a-5-b", "one": 5, "two": 5, "many": [5, 1]}
    with refused() as refusal:
        resolve({"many": ["{{x}}"]}, spec, overrides={"x": 101})
    assert refusal.only.allowed == "1 to 100"


def test_a_list_that_cannot_be_sent_is_refused() -> None:
    """Item 13: a list shows in the resolved recipe and never reaches the hyperparameters."""
    recipe = resolve({"betas": [0.9, 0.95]}, overrides={"betas": [0.8, 0.9]})
    assert recipe.to_dict() == {"betas": [0.8, 0.9]}
    with refused() as refusal:
        sent(recipe)
    assert "a list is not" in refusal.only.message


def test_dotted_keys_work_and_a_mapping_is_not_replaced_by_a_scalar() -> None:
    """Item 14: dotted keys are dropped, and `optim: 5` takes a whole mapping away."""
    template = {"optim": {"lr": 1, "eps": 2}}
    assert resolve(template, overrides={"optim.lr": 9}).to_dict() == {"optim": {"lr": 9, "eps": 2}}
    with refused() as refusal:
        resolve(template, overrides={"optim": 5})
    assert refusal.only.allowed == "its keys: lr, eps"
    with refused():
        resolve(template, recipe="optim: 5")


def test_a_recipe_file_spells_paths_out_and_a_null_takes_no_keys() -> None:
    """Item 15: overrides find leaves by name and recipe files do not, both without a word."""
    template = {"optim": {"lr": 1}, "nothing": None}
    with refused() as refusal:
        resolve(template, recipe="lr: 2")
    assert refusal.only.fix == "did you mean 'optim.lr'?"
    assert resolve(template, overrides={"lr": 2}).to_dict()["optim"] == {"lr": 2}
    for layers in ({"overrides": {"nothing": {"a": 1}}}, {"recipe": "nothing: {a: 1}"}):
        with refused() as refusal:
            resolve(template, **layers)
        assert "has no keys" in refusal.only.message


def test_a_recipe_cannot_read_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Item 16: `${oc.env:SECRET}` is resolved, and the secret is sent."""
    monkeypatch.setenv("SECRET", "hunter2")
    with refused() as refusal:
        resolve({"x": 1}, recipe="x: ${oc.env:SECRET}")
    assert "hunter2" not in refusal.text
    assert "reads neither machine nor clock" in refusal.only.message


@pytest.mark.parametrize("text", ["b: c # d", "{{y}}", "'", "- a", "{{ y }}", "\n"])
def test_what_is_put_in_for_a_placeholder_is_data(text: str) -> None:
    """Item 17: raw text is put into YAML, and looked at for placeholders again."""
    template = {"x": "{{x}}", "y": "{{y}}"}
    spec = {"x": {"type": "string", "default": text}, "y": {"default": "no"}}
    assert values(resolve(template, spec)) == {"x": text, "y": "no"}
    assert resolve({"z": "{{ y }}", "x": text}, spec).to_dict()["z"] == "no"


def test_a_refusal_names_the_layer_that_gave_the_value() -> None:
    """Item 18: an override is reported as base default, a recipe file as resolved recipe."""
    template, spec = {"a": {"x": "{{x}}"}}, {"x": INTEGER}
    with refused() as refusal:
        resolve(template, spec, recipe="a:\n  x: 101\n")
    assert (refusal.only.path, refusal.only.origin) == ("a.x", "sft.yaml:2")
    for layer in ("overrides", "hyperparameters"):
        with refused() as refusal:
            resolve(template, spec, **{layer: {"a": {"x": 101}}})  # type: ignore[arg-type]
        assert refusal.only.path == f"{layer}.a.x"


def test_the_training_type_chooses_the_template_and_nothing_takes_its_place() -> None:
    """Item 19: any Peft counts as LoRA, and a failed fetch ends in a made-up template."""
    hub, _ = small_hub()
    collection = hub[MODEL]["RecipeCollection"]
    adapters = {**collection[0], "Name": "tiny-other", "Peft": "OTHER"}
    model = small_model({"RecipeCollection": [adapters, *collection]})
    chosen = select_recipe(
        model, Wanted(technique="SFT", training_type="LORA", sequence_length=None)
    )
    assert chosen.recipe.name == "tiny-lora"
    model = small_model({"RecipeCollection": collection[:2]})
    with refused() as refusal:
        select_recipe(model, Wanted(technique="SFT", training_type="FULL", sequence_length=None))
    assert (refusal.only.path, refusal.only.allowed) == ("training_type", "LORA")


def test_the_sequence_length_chooses_template_and_spec_together() -> None:
    """Item 20: 8K hyperparameters come with the 4K template."""
    model = small_model()
    longer = next(recipe for recipe in model.recipes if recipe.name == "tiny-lora-8k")
    chosen = select_recipe(
        model, Wanted(technique="SFT", training_type="LORA", sequence_length="8K")
    )
    assert chosen.recipe is longer
    assert chosen.recipe.template == TEMPLATE
    assert dict(chosen.spec) == dict(longer.spec)
    assert set(chosen.spec) == set(SPEC)


def test_the_leaf_of_a_parameter_is_told_from_one_that_only_shares_its_name() -> None:
    """Items 1 and 3 together: the spec's name is the placeholder's, not the leaf's."""
    template = {"a": {"lr": "{{rate}}"}, "b": {"rate": 7}}
    recipe = resolve(template, {"rate": {"default": 1}}, hyperparameters={"rate": 2})
    assert leaf(recipe, "a.lr").value == 2
    assert leaf(recipe, "b.rate").value == 7
