"""Reading recipes.lock.json."""

from __future__ import annotations

import copy
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.errors import LockError
from constructs_trainers.recipes.lock import RecipeLock
from constructs_trainers.recipes.locked_models import content_digest
from tests.support.resolving import refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODEL = "meta-llama"
TEMPLATE = {"run": {"lr": "{{lr}}"}}
SPEC = {"lr": {"type": "float", "default": 0.1}}


def recipe(**changes: object) -> dict[str, Any]:
    entry = {
        "Name": "sft_lora",
        "CustomizationTechnique": "SFT",
        "RecipeTemplate": content_digest(TEMPLATE),
        "OverrideSpec": content_digest(SPEC),
    }
    return entry | changes


def model(*recipes: dict[str, Any], **changes: object) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "HubName": "SageMakerPublicHub",
        "HubContentVersion": "1.0.0",
        "GatedBucket": True,
        "RecipeCollection": list(recipes) or [recipe()],
    }
    return entry | changes


def in_region(region: str, entry: dict[str, Any]) -> dict[str, Any]:
    """The entry of a model with its ARN in a region, if it has none."""
    content = f"{entry['HubName']}/Model/m/{entry['HubContentVersion']}"
    return {"HubContentArn": f"arn:aws:sagemaker:{region}:aws:hub-content/{content}", **entry}


def document(**models_by_region: dict[str, Any]) -> dict[str, Any]:
    regions = models_by_region or {"us_west_2": {MODEL: model()}}
    return {
        "LockVersion": 1,
        "Regions": {
            region: {"Models": {n: in_region(region, copy.deepcopy(m)) for n, m in models.items()}}
            for region, models in ((r.replace("_", "-"), m) for r, m in regions.items())
        },
        "RecipeTemplates": {content_digest(TEMPLATE): copy.deepcopy(TEMPLATE)},
        "OverrideSpecs": {content_digest(SPEC): copy.deepcopy(SPEC)},
    }


def lock(content: dict[str, Any]) -> RecipeLock:
    return RecipeLock.parse(json.dumps(content), shown_as="recipes.lock.json")


def test_a_model_is_read_with_its_recipes_in_the_hubs_order() -> None:
    more = {
        "SequenceLength": "4K",
        "Peft": "LORA",
        "SmtjImageUri": "img",
        "InstanceTypes": ["ml.x"],
    }
    entries = [recipe(Name="z", IsSubscriptionModel=True), recipe(Name="a", **more)]
    found = lock(document(us_west_2={MODEL: model(*entries)})).model(MODEL, "us-west-2")
    assert (found.name, found.region, found.gated) == (MODEL, "us-west-2", True)
    assert [r.name for r in found.recipes] == ["z", "a"]
    first, second = found.recipes
    assert (first.subscription, first.peft, first.image_uri, first.instance_types) == (
        True,
        None,
        None,
        (),
    )
    assert (second.sequence_length, second.peft, second.image_uri) == ("4K", "LORA", "img")
    assert second.template == TEMPLATE
    assert second.spec["lr"].default == 0.1


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert content_digest({"a": 1, "b": "ä"}) == content_digest({"b": "ä", "a": 1})
    assert content_digest({"a": 1}) == (
        "sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    )


def test_a_missing_file_names_the_command_that_writes_it(tmp_path: Path) -> None:
    with refused() as refusal:
        RecipeLock.read(tmp_path / "recipes.lock.json", shown_as="recipes.lock.json")
    assert "constructs-trainers hub pull" in str(refusal.only.fix)
    assert "recipes.lock.json" in refusal.text
    assert str(tmp_path) not in refusal.text


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin"
    latin.write_bytes(b"\xff")
    for file in (tmp_path, latin, tmp_path / "a\0b"):
        with refused():
            RecipeLock.read(file)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "\ufeff{}",
        "<<<<<<< HEAD",
        '{"LockVersion": 1,}',
        '{"LockVersion": ' + "9" * 5000 + "}",
        "[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused_with_a_way_out(text: str) -> None:
    with refused() as refusal:
        RecipeLock.parse(text, shown_as="recipes.lock.json")
    assert "version control" in str(refusal.only.fix)


@pytest.mark.parametrize("version", [True, "1", 1.0, 2, 0, None, [1], {}])
def test_an_unknown_version_is_refused(version: object) -> None:
    with refused() as refusal:
        lock(document() | {"LockVersion": version})
    assert refusal.only.path == "LockVersion"
    assert refusal.only.allowed == "1"


@pytest.mark.parametrize("text", ["[]", "1", "null", '"x"', "{}"])
def test_json_that_is_no_lock_is_refused_for_its_version(text: str) -> None:
    with refused() as refusal:
        RecipeLock.parse(text, shown_as="recipes.lock.json")
    assert refusal.only.path == "LockVersion"


def _entry(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["Regions"]["us-west-2"]["Models"][MODEL]
    return found


def _places(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Everything in a lock that may be damaged, by its path."""
    where = f"Regions.us-west-2.Models.{MODEL}"
    return {
        "": content,
        "Regions.us-west-2": content["Regions"]["us-west-2"],
        where: _entry(content),
        f"{where}.RecipeCollection[0]": _entry(content)["RecipeCollection"][0],
    }


REQUIRED = [
    ("", "Regions"),
    ("", "RecipeTemplates"),
    ("", "OverrideSpecs"),
    ("Regions.us-west-2", "Models"),
    *((f"Regions.us-west-2.Models.{MODEL}", name) for name in model()),
    *((f"Regions.us-west-2.Models.{MODEL}.RecipeCollection[0]", name) for name in recipe()),
]


@pytest.mark.parametrize(("where", "name"), REQUIRED)
@pytest.mark.parametrize("value", [None, 7, "absent"])
def test_a_member_that_is_missing_or_of_the_wrong_type_is_named(
    where: str, name: str, value: object
) -> None:
    content = document()
    place = _places(content)[where]
    place.pop(name)
    if value != "absent":
        place[name] = value
    with refused() as refusal:
        lock(content)
    assert refusal.only.path == (f"{where}.{name}" if where else name)
    assert "damaged" in refusal.only.message
    assert refusal.only.origin == "recipes.lock.json"


@pytest.mark.parametrize(
    "damage",
    [
        lambda c: c.update(Regions={"us-west-2": 1}),
        lambda c: c["Regions"]["us-west-2"].update(Models={MODEL: []}),
        lambda c: _entry(c).update(RecipeCollection=["x"]),
        lambda c: _entry(c).update(LastModifiedTime=1),
        lambda c: _entry(c)["RecipeCollection"][0].update(Peft=True),
        lambda c: _entry(c)["RecipeCollection"][0].update(IsSubscriptionModel="false"),
        lambda c: _entry(c)["RecipeCollection"][0].update(RecipeTemplate="sha256:0"),
        lambda c: c["RecipeTemplates"][content_digest(TEMPLATE)].update(more=1),
        lambda c: c["OverrideSpecs"][content_digest(SPEC)]["lr"].update(default=1),
        lambda c: c["OverrideSpecs"].update({content_digest(SPEC): []}),
    ],
)
def test_damage_is_noticed(damage: Callable[[dict[str, Any]], None]) -> None:
    content = document()
    damage(content)
    with refused() as refusal:
        lock(content)
    assert "damaged" in refusal.text


def test_a_model_that_is_not_there_names_the_nearest_and_the_command() -> None:
    with refused() as refusal:
        lock(document()).model("meta-lama", "eu-west-1")
    assert f"did you mean '{MODEL}'?" in str(refusal.only.fix)
    assert "hub pull --model meta-lama --region eu-west-1" in str(refusal.only.fix)
    with pytest.raises(LockError, match="hub pull --model zzz --region REGION"):
        lock(document()).model("zzz", None)


def test_bedrocks_name_of_a_model_is_understood() -> None:
    content = document(us_west_2={"nova-textgeneration-lite": model()})
    assert (
        lock(content).model("amazon.nova-lite-v1", "us-west-2").name == "nova-textgeneration-lite"
    )
    with pytest.raises(LockError, match="--model nova-textgeneration-pro"):
        lock(content).model("amazon.nova-pro-v1", "us-west-2")


def test_a_region_that_is_not_there_names_those_that_are() -> None:
    with refused() as refusal:
        lock(document(us_east_1={MODEL: model()}, us_west_2={MODEL: model()})).model(
            MODEL, "eu-west-1"
        )
    assert refusal.only.allowed == "us-east-1, us-west-2"
    assert "--region eu-west-1" in str(refusal.only.fix)


PUBLIC = "arn:aws:sagemaker:us-west-2:aws:hub-content/SageMakerPublicHub/Model/m/1.0.0"


@pytest.mark.parametrize(
    "arn",
    [
        "model",
        PUBLIC.replace("us-west-2", "eu-west-1"),
        PUBLIC.replace("arn:aws:", "arn:aws-cn:"),
        PUBLIC.replace("1.0.0", "1.0.1"),
        PUBLIC.replace("SageMakerPublicHub", "Mine"),
        PUBLIC.replace("Model", "DataSet"),
    ],
)
def test_an_arn_of_another_model_is_refused(arn: str) -> None:
    intact = lock(document(us_west_2={MODEL: model(HubContentArn=PUBLIC)}))
    assert intact.model_names == (MODEL,)
    with refused() as refusal:
        lock(document(us_west_2={MODEL: model(HubContentArn=arn)}))
    assert refusal.only.path == f"Regions.us-west-2.Models.{MODEL}.HubContentArn"
    assert "of hub SageMakerPublicHub in us-west-2" in refusal.only.message


def test_without_a_region_regions_that_agree_are_one() -> None:
    west = model(recipe(SmtjImageUri="west"))
    east = model(recipe(SmtjImageUri="east"))
    found = lock(document(us_west_2={MODEL: west}, us_east_1={MODEL: east}, eu_west_1={}))
    assert found.model(MODEL, None).region == "us-east-1"


@pytest.mark.parametrize(
    "other",
    [
        model(HubContentVersion="1.0.1"),
        model(HubName="Mine"),
        model(GatedBucket=False),
        model(recipe(SequenceLength="8K")),
        model(recipe(IsSubscriptionModel=True)),
        model(recipe(), recipe(Name="more")),
    ],
)
def test_without_a_region_regions_that_differ_are_refused(other: dict[str, Any]) -> None:
    content = document(us_west_2={MODEL: other}, us_east_1={MODEL: model()})
    with refused() as refusal:
        lock(content).model(MODEL, None)
    assert refusal.only.got == "us-east-1 differs from us-west-2"
    assert lock(content).model(MODEL, "us-west-2").region == "us-west-2"


def test_a_spec_that_cannot_be_used_is_refused_when_it_is_needed() -> None:
    bad = {"lr": {"min": "x"}}
    content = document(us_west_2={MODEL: model(recipe(OverrideSpec=content_digest(bad)))})
    content["OverrideSpecs"][content_digest(bad)] = bad
    found = lock(content).model(MODEL, "us-west-2")
    with refused() as refusal:
        _ = found.recipes[0].spec
    assert refusal.only.path == "lr.min"


def test_many_regions_are_read_quickly() -> None:
    big = {f"k{i}": {"x": i} for i in range(2000)}
    many = model(*(recipe(Name=str(i), RecipeTemplate=content_digest(big)) for i in range(40)))
    content = document(**{f"region_{i}": {MODEL: many} for i in range(30)})
    content["RecipeTemplates"][content_digest(big)] = big
    started = time.process_time()
    lock(content)
    assert time.process_time() - started < 1
