"""Files as people have them: official recipes, samples, colleagues' files, our own output."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from constructs_trainers.errors import RecipeError
from constructs_trainers.hub.checkout.files import Checkout
from constructs_trainers.hub.import_model import NotInCheckout, import_model
from constructs_trainers.recipes.hyperparameters import serverless_hyperparameters
from constructs_trainers.recipes.layers import recipe_file_layer
from constructs_trainers.recipes.overlay import resolve_recipe
from constructs_trainers.recipes.owned_parameters import OWNED_PARAMETERS, PROTECTED
from constructs_trainers.recipes.spec import OverrideSpec
from tests.support.resolving import file_layer, refused, resolve, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe

TEMPLATE = {
    "run": {
        "name": "{{name}}",
        "model_type": "verl",
        "model_name_or_path": "{{model_name_or_path}}",
        "results_dir": "{{results_directory}}",
        "reward_lambda_arn": "{{reward_lambda_arn}}",
    },
    "training_config": {
        "data": {"train_files": "{{data_path}}", "lambda_arn": "{{reward_lambda_arn}}"},
        "resume": "{{resume_from_path}}",
        "again": "{{resume_from_path}}",
        "tools": {"one": {"steps": 5, "on": True}, "other": {"steps": 5, "on": True}},
        "chat_template": "{{chat_template}}",
    },
}
SPEC = {
    "name": {"type": "string", "default": "my-run"},
    "model_name_or_path": {"type": "string", "default": "org/model"},
    "results_directory": {"type": "string", "default": ""},
    "reward_lambda_arn": {"type": "string", "default": "arn:<function>"},
    "data_path": {"type": "string", "default": None},
    "resume_from_path": {"type": "string", "default": None},
    "chat_template": {"type": "string", "default": ""},
}
OWNED = {"reward_lambda_arn": "give the function", "data_path": "give the data"}


def resolved(text: str) -> dict[str, object]:
    return values(resolve(TEMPLATE, SPEC, recipe=text, protected=PROTECTED, owned=OWNED))


UNCHANGED = {
    "the hub's own value": "run: {model_type: verl}",
    "the hub's own value of a parameter": "run: {model_name_or_path: org/model}",
    "the hub's own value of an owned parameter": "run: {reward_lambda_arn: 'arn:<function>'}",
    "no text": "run: {model_name_or_path: ''}",
    "null": "training_config: {data: {train_files: null}}",
    "nothing at all": "run:\n  reward_lambda_arn:\n",
    "a reference to another that is the trainer's": (
        "training_config: {data: {lambda_arn: '${oc.select:run.reward_lambda_arn}'}}"
    ),
    "where the launcher puts results": "run: {results_dir: '${base_results_dir}/${.name}'}",
    "the same by the whole path": "run: {results_dir: '${base_results_dir}/${recipes.run.name}'}",
    "what only holds anchors": "x-common: &c {steps: 5}\ntraining_config: {tools: {one: *c}}",
    "an empty list of building blocks": "defaults: [_self_]",
    "a mapping like another one": (
        "training_config: {tools: {other: '${recipes.training_config.tools.one}'}}"
    ),
    "a parameter that is null here and empty there": ("training_config: {resume: '', again: null}"),
}


@pytest.mark.parametrize("text", UNCHANGED.values(), ids=UNCHANGED)
def test_what_changes_nothing_is_let_through(text: str) -> None:
    before = {name: value or None for name, value in resolved("{}").items()}
    assert {name: value or None for name, value in resolved(text).items()} == before


@pytest.mark.parametrize("layer", ["overrides", "hyperparameters"])
def test_so_it_is_in_props(layer: str) -> None:
    given_ = {"data_path": "", "model_type": "verl"}
    recipe = resolve(TEMPLATE, SPEC, protected=PROTECTED, owned=OWNED, **{layer: given_})  # type: ignore[arg-type]
    assert values(recipe) == resolved("{}")


def test_anchors_below_a_key_of_their_own_are_used() -> None:
    text = "x-tools: &t {steps: 7}\ntraining_config: {tools: {one: {<<: *t}, other: {<<: *t}}}"
    found = resolved(text)
    assert (
        found["training_config.tools.one.steps"],
        found["training_config.tools.other.steps"],
    ) == (7, 7)


def test_a_mapping_that_follows_another_one_follows_its_changes() -> None:
    text = "training_config: {tools: {one: {steps: 9}, other: '${..tools.one}'}}"
    assert resolved(text)["training_config.tools.other.steps"] == 9


REFUSED = {
    "data of one's own": (
        "training_config: {data: {train_files: 's3://amzn-s3-demo-bucket/mine'}}",
        "'data_path' is not a value that a layer may set",
        "delete the line, and give the data",
    ),
    "another model": (
        "run: {model_name_or_path: org/other}",
        "'model_name_or_path' is not a value that a layer may set",
        "delete the line, and choose the model with the trainer's prop 'model'",
    ),
    "results elsewhere below the launcher's folder": (
        "run: {results_dir: '${base_results_dir}/mine'}",
        "the recipe has no key 'base_results_dir': run.results_dir -> base_results_dir",
        "delete the line: only the launcher that runs recipes on a cluster has that key",
    ),
    "building blocks": (
        "defaults: [/blocks/one]",
        "is Hydra's list of building blocks, which are not put together here",
        (
            "write the values of the blocks into the file and delete the list; 'recipe show' "
            "prints the hub's recipe with all its values"
        ),
    ),
    "Hydra's own settings": (
        "hydra: {run: {dir: .}}",
        "'hydra' is for the launcher that runs recipes on a cluster: no job reads it",
        "delete it",
    ),
    "anchors below a name that is not for them": (
        "_common: &c {steps: 5}\ntraining_config: {tools: {one: *c}}",
        "the recipe has no such key",
        "if it only holds anchors, call it 'x-common': what begins with 'x-' is left out",
    ),
    "a placeholder": (
        "run: {name: '{{name}}'}",
        "is a placeholder of the hub's template, and no value for 'name'",
        "delete the line, or write the value",
    ),
    "a placeholder with blanks, of another parameter": (
        "run: {results_dir: '{{ results_directory }}'}",
        "is a placeholder of the hub's template, and no value for 'results_directory'",
        "delete the line, or write the value",
    ),
    "a mapping like one with other keys": (
        "training_config: {tools: '${recipes.training_config.data}'}",
        "a mapping of the recipe cannot be replaced by one value",
        None,
    ),
}


@pytest.mark.parametrize(("text", "message", "fix"), REFUSED.values(), ids=REFUSED)
def test_what_would_be_lost_is_refused(text: str, message: str, fix: str | None) -> None:
    with refused() as refusal:
        resolved(text)
    assert (refusal.only.message, refusal.only.fix) == (message, fix)
    assert refusal.only.origin is not None


def test_a_prompt_may_have_placeholders_of_jinja() -> None:
    prompt = "Answer {{ question }} as {{name}} would"
    text = f"training_config: {{chat_template: '{prompt}'}}"
    assert resolved(text)["training_config.chat_template"] == prompt


def test_a_copied_file_adds_nothing_to_the_hyperparameters() -> None:
    full = resolve(TEMPLATE, SPEC, protected=PROTECTED, owned=OWNED)
    again = resolve(TEMPLATE, SPEC, recipe=full.to_yaml(), protected=PROTECTED, owned=OWNED)
    assert sent(again) == sent(full)


def sent(recipe: ResolvedRecipe) -> dict[str, str]:
    return serverless_hyperparameters(recipe, number_token_as_text=str)


TEXTS = st.text(alphabet="a1\\${}:. ?'\"-[]#\n\t,", max_size=16).filter(lambda text: text != "???")


@given(TEXTS)
def test_text_survives_the_file_that_a_job_reads(text: str) -> None:
    """OmegaConf is what the job's containers read the recipe with."""
    recipe = resolve({"a": "x", "b": ["x"]}, overrides={"a": quoted(text), "b": [quoted(text)]})
    assert values(recipe) == {"a": text, "b": [text]}
    read = OmegaConf.create(recipe.to_yaml())
    assert (read.a, read.b[0]) == (text, text)
    # And it may be given again.
    assert values(resolve({"a": "x", "b": ["x"]}, recipe=recipe.to_yaml())) == values(recipe)


def quoted(text: str) -> str:
    """Plain text as a user writes it: ``${`` escaped, and backslashes before it doubled."""
    parts = text.split("${")
    doubled = [part + "\\" * (len(part) - len(part.rstrip("\\"))) for part in parts[:-1]]
    return "\\${".join([*doubled, parts[-1]])


def test_text_that_is_read_as_missing_is_refused() -> None:
    with refused() as refusal:
        resolve({"a": "x"}, recipe="a: '???'")
    assert refusal.only.message == "is what OmegaConf takes for a value that is missing"


# The repository's own files, where they are at hand.
CHECKOUT = Path(__file__).parents[3] / "shared" / "recipes-checkout"


@cache
def official() -> dict[str, tuple[Path, Mapping[str, object], OverrideSpec, str]]:
    """Recipe files by name, with template and spec as the hub has them, and their technique."""
    checkout = Checkout(CHECKOUT)
    files = {file.stem: file for file in checkout.recipes() if not checkout.excluded(file)}
    found = {}
    said = NotInCheckout(version="1.0.0", gated=False)
    for model in sorted(set(checkout.models().values())):
        try:
            content = import_model(
                checkout,
                model,
                "us-east-1",
                said=said,
                techniques=None,
                held=None,
                progress=lambda _: None,
            )
        except ValueError:
            continue
        for recipe in content.recipes:
            spec = OverrideSpec.from_json(content.specs[recipe["OverrideSpec"]], shown_as="spec")
            template = content.templates[recipe["RecipeTemplate"]]
            technique = str(recipe["CustomizationTechnique"])
            found[recipe["Name"]] = (files[recipe["Name"]], template, spec, technique)
    return found


@pytest.mark.skipif(not CHECKOUT.exists(), reason="no checkout of the recipes repository is here")
def test_the_official_files_are_valid_and_so_is_what_we_show_of_them() -> None:
    wrong: dict[str, str] = {}
    for name, (file, template, spec, technique) in official().items():
        owned = OWNED_PARAMETERS[technique]
        for layer in (recipe_file_layer(file, shown_as=file.name), None):
            try:
                recipe = resolve_recipe(
                    template, spec, [layer] if layer else [], protected=PROTECTED, owned=owned
                )
                shown = file_layer(recipe.to_yaml())
                again = resolve_recipe(template, spec, [shown], protected=PROTECTED, owned=owned)
                assert again.to_yaml() == recipe.to_yaml()
                if layer is None:
                    assert sent(again) == sent(recipe)
            except RecipeError as error:
                wrong[name] = str(error)
    assert len(official()) > 200
    # Three have a rank that their own parameters do not allow, two lack a value that is required.
    said = {text.split("\n")[1].partition(": ")[2] for text in wrong.values()}
    assert said <= {"a value is required", "not one of the values that the recipe allows"}
    assert len(wrong) <= 5, wrong
