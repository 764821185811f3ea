from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.checkout.files import Checkout
from constructs_trainers.hub.import_model import NotInCheckout, import_model
from constructs_trainers.hub.lock_file import ModelContent
from constructs_trainers.hub.pull import pull_model
from tests.support.fake_aws import FakeAws
from tests.support.small_checkout import FULL, LORA, MODEL, small_checkout, write_checkout

SAID = NotInCheckout(version="1.2.3", gated=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_checkout(tmp_path, small_checkout())


def imported(folder: Path, **options: Any) -> ModelContent:  # noqa: ANN401 - options
    asked = {"techniques": None, "held": None, "progress": lambda _line: None, "said": SAID}
    place = (options.pop("model", MODEL), options.pop("region", "us-west-2"))
    return import_model(Checkout(folder), *place, **{**asked, **options})


def names(content: ModelContent) -> list[str]:
    return [str(recipe["Name"]) for recipe in content.recipes]


def test_an_entry_says_where_it_is_from(folder: Path) -> None:
    entry = imported(folder).entry
    assert {k: v for k, v in entry.items() if k != "RecipeCollection"} == {
        "HubName": "SageMakerPublicHub",
        "HubContentArn": "arn:aws:sagemaker:us-west-2:aws:hub-content/SageMakerPublicHub/Model/"
        "tiny-model/1.2.3",
        "HubContentVersion": "1.2.3",
        "GatedBucket": True,
        "Source": "checkout",
    }


def test_recipes_come_by_name_with_what_the_checkout_tells(folder: Path) -> None:
    said: list[str] = []
    content = imported(folder, progress=said.append)
    assert names(content) == [LORA, FULL]
    recipe = {k: v for k, v in content.recipes[0].items() if not str(v).startswith("sha256:")}
    assert recipe == {
        "Name": LORA,
        "DisplayName": "Tiny, an adapter",
        "CustomizationTechnique": "SFT",
        "Peft": "LORA",
        "SequenceLength": "4K",
        "SmtjImageUri": "tiny-image:1",
        "InstanceTypes": ["ml.tiny.xlarge", "ml.tiny.2xlarge"],
    }
    assert said == [
        f"us-west-2 {MODEL} [1/2] SFT {LORA}",
        f"us-west-2 {MODEL} [2/2] DPO {FULL}",
    ]


def test_a_template_has_placeholders_and_a_spec_the_recipes_values(folder: Path) -> None:
    content = imported(folder, techniques=["SFT"])
    (template,) = content.templates.values()
    assert template["run"] == {"name": "{{name}}", "results_dir": "{{results_directory}}"}
    assert template["training_config"] == {
        "peft": {"rank": 4},
        "lr": "{{learning_rate}}",
        "batch": "{{global_batch_size}}",
        "epochs": 6,
    }
    (spec,) = content.specs.values()
    assert {name: entry["default"] for name, entry in spec.items()} == {
        "name": "tiny",
        "results_directory": "",
        "learning_rate": 1e-5,
        "global_batch_size": 16,
        "absent": "stays",
    }
    assert spec["global_batch_size"]["enum"] == [16, 32, 64, 128, 256, 512, 1024]


def test_recipes_are_read_where_newer_checkouts_have_them(tmp_path: Path) -> None:
    write_checkout(tmp_path, small_checkout())
    (tmp_path / "hyperpod_recipes").mkdir()
    (tmp_path / "recipes_collection/recipes").rename(tmp_path / "hyperpod_recipes/recipes_src")
    assert names(imported(tmp_path)) == [LORA, FULL]


def test_what_the_repository_does_not_publish_is_left_out(folder: Path) -> None:
    patterns = 'exclusion_patterns: ["tiny/.*_fft$"]'
    write_checkout(folder, {"/recipes_collection/jumpstart_exclusions.yaml": patterns})
    said: list[str] = []
    assert names(imported(folder, progress=said.append)) == [LORA]
    assert any(f"without {FULL}, which is not published" in line for line in said)


def test_a_recipe_without_an_image_for_the_region_is_left_out(folder: Path) -> None:
    def images(*regions: str) -> dict[str, Any]:
        return {"sm_jobs": {"container_image": {"prod": dict.fromkeys(regions, "i")}}}

    regional = {FULL: images("us-west-2"), "llmft": images("us-west-2", "eu-west-1")}
    write_checkout(folder, {"llmft/llmft_regional_parameters.json": regional})
    assert names(imported(folder, region="eu-west-1")) == [LORA]
    with pytest.raises(HubError, match="no recipe for training jobs") as refused:
        imported(folder, region="eu-west-2")
    assert refused.value.problems[0].allowed == "eu-west-1, us-west-2"


def test_a_held_technique_is_imported_anew(folder: Path) -> None:
    held = imported(folder, techniques=["SFT"])
    again = imported(folder, techniques=["DPO"], held=held)
    assert names(again) == [LORA, FULL]


def test_what_the_hub_said_is_replaced_and_that_is_said(folder: Path) -> None:
    pulled = pull_model(
        FakeAws.small().lookups(),
        MODEL,
        hub=None,
        techniques=None,
        held=None,
        progress=lambda _line: None,
    )
    said: list[str] = []
    content = imported(folder, techniques=["DPO"], held=pulled, progress=said.append)
    assert names(content) == [LORA, FULL]
    assert f"us-west-2 {MODEL}: takes the place of what the hub said" in said


def test_a_pull_takes_nothing_over_from_an_import(folder: Path) -> None:
    pulled = pull_model(
        FakeAws.small().lookups(),
        MODEL,
        hub=None,
        techniques=["SFT"],
        held=imported(folder),
        progress=lambda _line: None,
    )
    assert names(pulled) == ["tiny-lora", "tiny-lora-8k", "tiny-full"]
    assert "Source" not in pulled.entry


def test_an_unknown_model_is_named_with_the_nearest(folder: Path) -> None:
    with pytest.raises(HubError, match="no recipe for this model") as refused:
        imported(folder, model="tiny-modl")
    problem = refused.value.problems[0]
    assert problem.allowed == "other-model, tiny-model"
    assert problem.fix == "did you mean 'tiny-model'?"


def test_a_technique_without_recipe_is_refused(folder: Path) -> None:
    with pytest.raises(HubError, match="no RLVR recipe") as refused:
        imported(folder, techniques=["SFT", "RLVR"])
    assert refused.value.problems[0].allowed == "SFT, DPO"


def test_two_recipes_of_one_name_are_refused(folder: Path) -> None:
    twin = small_checkout()[f"recipe:{FULL}"]
    write_checkout(folder, {f"recipe:../big/{FULL}": twin})
    with pytest.raises(HubError, match="several recipes of this name") as refused:
        imported(folder)
    assert "fine-tuning/big" in str(refused.value.problems[0].got)


def test_a_folder_of_another_kind_is_no_checkout(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="not a checkout") as refused:
        Checkout(tmp_path)
    assert "no 'recipes_collection/recipes/fine-tuning' in it" in str(refused.value)
    write_checkout(tmp_path, {f"recipe:{FULL}": {}})
    with pytest.raises(HubError, match="no 'launcher/recipe_templatization/jumpstart"):
        Checkout(tmp_path)


GROUPS = "llmft/llmft_recipe_template_parameters.json"


@pytest.mark.parametrize(
    ("files", "where", "message"),
    [
        ({GROUPS: "{"}, "llmft_recipe_template_parameters.json", "not valid JSON"),
        ({GROUPS: "[]"}, "llmft_recipe_template_parameters.json", "not a JSON object"),
        ({GROUPS: {}}, f"{FULL}.yaml", "no group for this recipe"),
        (
            {GROUPS: {"templates": {"llmft_dpo_fft": {"recipe_template": {"a": {"b": "x"}}}}}},
            "llmft_dpo_fft.a.b",
            "expected a placeholder",
        ),
        ({"jumpstart_model-id_map.json": "nothing"}, "model-id_map.json", "not valid JSON"),
        ({f"recipe:{FULL}": "a: [1"}, f"{FULL}.yaml", "not valid YAML"),
        ({f"recipe:{FULL}": "- 1"}, f"{FULL}.yaml", "must be a YAML mapping"),
        ({f"recipe:{FULL}": "run: {name: tiny}"}, f"{FULL}.yaml", "no 'display_name'"),
        (
            {f"recipe:{FULL}": "{run: {name: tiny}, display_name: x, instance_types: y}"},
            f"{FULL}.yaml",
            "'instance_types' is not a list",
        ),
        (
            {"block:tiny/adapter": "# @package recipes\nx: '${oc.env:HOME}'"},
            "x",
            "reads neither machine nor clock",
        ),
        ({"block:tiny/adapter": "# @package recipes\nx: ???"}, "x", "nothing sets this value"),
        ({"block:tiny/adapter": "# @package recipes\nx: .nan"}, "x", "cannot carry this number"),
        (
            {"/recipes_collection/jumpstart_exclusions.yaml": "exclusion_patterns: ['(']"},
            "jumpstart_exclusions.yaml",
            "not a regular expression",
        ),
        (
            {"/recipes_collection/jumpstart_exclusions.yaml": "exclusion_patterns: x"},
            "jumpstart_exclusions.yaml",
            "not a list",
        ),
    ],
)
def test_what_cannot_be_read_is_named(
    folder: Path, files: dict[str, Any], where: str, message: str
) -> None:
    write_checkout(folder, files)
    with pytest.raises(HubError, match=message) as refused:
        imported(folder)
    assert where in str(refused.value)
