from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.lock_file import ModelContent
from constructs_trainers.hub.pull import pull_model
from tests.support.fake_aws import FakeAws, refusal
from tests.support.served_hub import hub_answer
from tests.support.small_hub import MODEL, small_hub


def pull(aws: FakeAws, model: str = MODEL, **options: Any) -> ModelContent:  # noqa: ANN401 - options
    asked = {"hub": None, "techniques": None, "held": None, "progress": lambda _line: None}
    return pull_model(aws.lookups(), model, **{**asked, **options})


def two_techniques(version: str = "1.0.0") -> FakeAws:
    """The small hub, with a DPO recipe between the others."""
    hub, s3 = small_hub()
    recipes = hub[MODEL]["RecipeCollection"]
    dpo = {**recipes[0], "Name": "tiny-dpo", "CustomizationTechnique": "DPO"}
    hub[MODEL]["RecipeCollection"] = [recipes[0], dpo, *recipes[1:]]
    return FakeAws.of(hub, s3, version=version)


def names(content: ModelContent) -> list[str]:
    return [str(recipe["Name"]) for recipe in content.recipes]


def test_recipes_come_in_the_hubs_order_with_their_contents() -> None:
    content = pull(FakeAws.small())
    assert names(content) == ["tiny-lora", "tiny-lora-8k", "tiny-full"]
    assert len(content.templates) == len(content.specs) == 1
    assert content.entry["HubContentVersion"] == "1.0.0"


def test_an_alias_asks_for_the_model_that_it_means() -> None:
    aws = FakeAws.small()
    aws.answers = {
        key.replace(MODEL, "nova-textgeneration-lite"): answer
        for key, answer in aws.answers.items()
    }
    assert pull(aws, "amazon.nova-lite-v1").model == "nova-textgeneration-lite"


def test_a_private_hub_is_asked_first() -> None:
    aws = FakeAws.small()
    aws.answers[f"Mine/Model/{MODEL}"] = hub_answer(MODEL, small_hub()[0][MODEL], hub="Mine")
    assert pull(aws, hub="Mine").entry["HubName"] == "Mine"
    assert pull(aws).entry["HubName"] == "SageMakerPublicHub"


def test_the_public_hub_is_asked_when_the_private_one_misses() -> None:
    aws = FakeAws.small()
    assert pull(aws, hub="Mine").entry["HubName"] == "SageMakerPublicHub"
    assert aws.calls.count("describe_hub_content") == 2


def test_a_model_that_no_hub_has_is_named_with_the_hubs() -> None:
    with pytest.raises(HubError, match="models of Mine and SageMakerPublicHub") as refused:
        pull(FakeAws.small(), "no-such", hub="Mine")
    assert "hub list" in str(refused.value.problems[0].fix)


def test_a_hub_that_must_not_be_asked_is_no_hub_that_misses() -> None:
    aws = FakeAws.small()
    aws.fails["describe_hub_content"] = refusal("AccessDeniedException")
    with pytest.raises(HubError, match="access denied"):
        pull(aws, hub="Mine")
    assert aws.calls == ["describe_hub_content"]


def test_only_the_techniques_that_are_asked_for_are_fetched() -> None:
    said: list[str] = []
    content = pull(two_techniques(), techniques=["DPO"], progress=said.append)
    assert names(content) == ["tiny-dpo"]
    assert said == [f"us-west-2 {MODEL} [1/1] DPO tiny-dpo"]


def test_a_technique_that_the_model_has_no_recipe_for_is_refused() -> None:
    with pytest.raises(HubError, match="no RLVR and no RLAIF recipe") as refused:
        pull(two_techniques(), techniques=["RLVR", "SFT", "RLAIF"])
    assert refused.value.problems[0].allowed == "SFT, DPO"


def test_other_techniques_of_the_same_edition_are_kept_in_the_hubs_order() -> None:
    aws = two_techniques()
    content = pull(aws, techniques=["DPO"], held=pull(aws, techniques=["SFT"]))
    assert names(content) == ["tiny-lora", "tiny-dpo", "tiny-lora-8k", "tiny-full"]


def test_other_techniques_of_an_older_edition_are_fetched_again() -> None:
    held = pull(two_techniques(), techniques=["SFT"])
    newer = two_techniques(version="2.0.0")
    newer.put("s3://hub/recipe.yaml", "run: {name: '{{name}}', new: 1}")
    content = pull(newer, techniques=["DPO"], held=held)
    assert names(content) == ["tiny-lora", "tiny-dpo", "tiny-lora-8k", "tiny-full"]
    assert len(content.templates) == 1


def test_a_technique_that_the_hub_has_given_up_is_said_to_go() -> None:
    held = pull(two_techniques())
    said: list[str] = []
    newer = FakeAws.of(*small_hub(), version="2.0.0")
    content = pull(newer, techniques=["SFT"], held=held, progress=said.append)
    assert "tiny-dpo" not in names(content)
    assert any("no longer has DPO" in line for line in said)


def test_the_problems_of_all_recipes_come_in_one_error() -> None:
    hub, s3 = small_hub()
    first, second, _ = hub[MODEL]["RecipeCollection"]
    first["SmtjRecipeTemplateS3Uri"] = "s3://hub/gone.yaml"
    second["SmtjOverrideParamsS3Uri"] = "s3://hub/list.json"
    with pytest.raises(HubError) as refused:
        pull(FakeAws.of(hub, {**s3, "s3://hub/list.json": "[]"}))
    assert [p.path for p in refused.value.problems] == [
        "tiny-lora.s3://hub/gone.yaml",
        "tiny-lora-8k.s3://hub/list.json",
    ]


def test_nothing_more_is_asked_without_credentials() -> None:
    aws = FakeAws.small()
    aws.fails["get_object"] = refusal("ExpiredToken")
    with pytest.raises(HubError, match="does not accept the credentials"):
        pull(aws)
    assert aws.calls.count("get_object") == 1


@pytest.mark.parametrize("for_subscribers", [True, False])
def test_a_subscribers_recipe_that_must_not_be_read_is_left_out(*, for_subscribers: bool) -> None:
    hub, s3 = small_hub()
    recipes = hub[MODEL]["RecipeCollection"]
    recipes.append(
        {
            **recipes[0],
            "Name": "tiny-forge",
            "IsSubscriptionModel": for_subscribers,
            "SmtjRecipeTemplateS3Uri": "s3://hub/forge/recipe.yaml",
        }
    )
    aws = FakeAws.of(hub, s3)
    aws.denied = {"forge/recipe.yaml"}
    said: list[str] = []
    if for_subscribers:
        assert names(pull(aws, progress=said.append)) == ["tiny-lora", "tiny-lora-8k", "tiny-full"]
        assert said[-1].endswith("left out: tiny-forge is for subscribers")
    else:
        with pytest.raises(HubError, match="access denied"):
            pull(aws)
