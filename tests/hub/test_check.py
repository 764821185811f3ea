"""What a check finds when the hub has moved."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.check import check_model
from constructs_trainers.hub.lock_file import ModelContent
from constructs_trainers.hub.pull import pull_model
from tests.support import small_hub as small
from tests.support.fake_aws import FakeAws
from tests.support.served_hub import hub_answer
from tests.support.small_hub import MODEL, small_hub

# As JSON has them: their members are of any type.
TEMPLATE: dict[str, Any] = json.loads(json.dumps(small.TEMPLATE))
SPEC: dict[str, Any] = json.loads(json.dumps(small.SPEC))
KEY = f"SageMakerPublicHub/Model/{MODEL}"


def quiet(_line: str) -> None:
    pass


@pytest.fixture
def locked() -> ModelContent:
    return pull_model(
        FakeAws.small().lookups(), MODEL, hub=None, techniques=None, held=None, progress=quiet
    )


def found(aws: FakeAws, locked: ModelContent) -> list[str]:
    return [str(difference) for difference in check_model(aws.lookups(), locked, quiet)]


def moved(version: str = "1.0.0", **members: Any) -> FakeAws:  # noqa: ANN401 - of the document
    hub, s3 = small_hub()
    return FakeAws.of({MODEL: {**hub[MODEL], **members}}, s3, version=version)


def test_a_hub_that_stayed_agrees(locked: ModelContent) -> None:
    assert found(FakeAws.small(), locked) == []


def test_keys_in_another_order_agree(locked: ModelContent) -> None:
    aws = FakeAws.small()
    aws.put("s3://hub/spec.json", json.dumps(dict(reversed(SPEC.items()))))
    assert found(aws, locked) == []


def test_a_new_version_is_named_with_both(locked: ModelContent) -> None:
    changes = found(moved("2.0.0"), locked)
    assert "HubContentVersion: '1.0.0' -> '2.0.0'" in changes
    assert len(changes) == 2, "the ARN holds the version too"


def test_a_template_is_compared_by_leaf(locked: ModelContent) -> None:
    aws = FakeAws.small()
    config: dict[str, Any] = {**TEMPLATE["training_config"], "max_len": 8192, "fresh": True}
    del config["scheduler"]
    aws.put("s3://hub/recipe.yaml", json.dumps({**TEMPLATE, "training_config": config}))
    changes = [line for line in found(aws, locked) if line.startswith("recipe tiny-full ")]
    assert changes == [
        "recipe tiny-full RecipeTemplate.training_config.max_len: 4096 -> 8192",
        "recipe tiny-full RecipeTemplate.training_config.scheduler: removed ('{{scheduler}}')",
        "recipe tiny-full RecipeTemplate.training_config.fresh: added (True)",
    ]


def test_a_spec_is_compared_by_member_and_by_type(locked: ModelContent) -> None:
    aws = FakeAws.small()
    epochs = {**SPEC["max_epochs"], "min": 1.0, "max": 50}
    aws.put("s3://hub/spec.json", json.dumps({**SPEC, "max_epochs": epochs}))
    changes = [line for line in found(aws, locked) if line.startswith("recipe tiny-lora ")]
    assert changes == [
        "recipe tiny-lora OverrideSpec.max_epochs.min: 1 -> 1.0",
        "recipe tiny-lora OverrideSpec.max_epochs.max: 100 -> 50",
    ]


def test_recipes_and_images_that_come_go_and_change(locked: ModelContent) -> None:
    first, second, third = small_hub()[0][MODEL]["RecipeCollection"]
    recipes = [third, {**first, "SmtjImageUri": "image:2"}, {**second, "Name": "tiny-16k"}]
    assert found(moved(RecipeCollection=recipes), locked) == [
        "recipe tiny-lora SmtjImageUri: added ('image:2')",
        "recipe tiny-lora-8k: removed",
        "recipe tiny-16k: added",
        "RecipeCollection order: ['tiny-lora', 'tiny-full'] -> ['tiny-full', 'tiny-lora']",
    ]


def test_a_technique_that_was_not_pulled_is_no_difference(locked: ModelContent) -> None:
    recipes = small_hub()[0][MODEL]["RecipeCollection"]
    dpo = {**recipes[0], "Name": "dpo", "CustomizationTechnique": "DPO"}
    assert found(moved(RecipeCollection=[*recipes, dpo]), locked) == []


def test_a_model_that_is_gone_is_a_difference(locked: ModelContent) -> None:
    assert found(FakeAws(), locked) == ["model: removed"]


def test_the_hub_of_the_lock_is_asked() -> None:
    aws = FakeAws.small()
    mine = hub_answer(MODEL, small_hub(gated=True)[0][MODEL], hub="Mine")
    aws.answers[f"Mine/Model/{MODEL}"] = mine
    locked = pull_model(
        aws.lookups(), MODEL, hub="Mine", techniques=None, held=None, progress=quiet
    )
    assert found(aws, locked) == []


def test_a_document_that_cannot_be_read_is_no_difference(locked: ModelContent) -> None:
    aws = FakeAws.small()
    aws.answers[KEY]["HubContentDocument"] = "{"
    with pytest.raises(HubError, match="not valid JSON"):
        found(aws, locked)
