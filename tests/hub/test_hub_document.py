from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.hub_document import HubDocument, read_document
from tests.support.served_hub import hub_answer

RECIPE = {
    "Name": "sft",
    "Type": "FineTuning",
    "CustomizationTechnique": "SFT",
    "SmtjRecipeTemplateS3Uri": "s3://hub/recipe.yaml",
    "SmtjOverrideParamsS3Uri": "s3://hub/spec.json",
}


def read(*recipes: object, **members: object) -> HubDocument:
    document = {"RecipeCollection": list(recipes), **members}
    answer = hub_answer("llama", document)
    return read_document("llama", answer | {"LastModifiedTime": datetime(2026, 1, 2, tzinfo=UTC)})


def test_what_the_lock_keeps_of_the_answer() -> None:
    document = read(RECIPE, GatedBucket=True, TrainingArtifactUri="s3://weights/")
    assert document.members == {
        "HubName": "SageMakerPublicHub",
        "HubContentArn": "arn:aws:sagemaker:us-west-2:aws:hub-content/SageMakerPublicHub/Model/"
        "llama/1.0.0",
        "HubContentVersion": "1.0.0",
        "LastModifiedTime": "2026-01-02T00:00:00Z",
        "GatedBucket": True,
        "TrainingArtifactUri": "s3://weights/",
    }


def test_only_fine_tuning_recipes_for_training_jobs_are_kept() -> None:
    document = read(
        {**RECIPE, "Type": "Evaluation"},
        {**RECIPE, "CustomizationTechnique": "CPT"},
        {k: v for k, v in RECIPE.items() if not k.startswith("Smtj")},
        {**RECIPE, "Name": "kept", "HostingConfigs": [{}], "Peft": None},
    )
    (kept,) = document.recipes
    assert kept.members == {"Name": "kept", "CustomizationTechnique": "SFT"}
    assert document.techniques == ["SFT"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a JSON object"),
        ("{}", "no fine-tuning recipe"),
        ('{"RecipeCollection": []}', "no fine-tuning recipe"),
        ('{"RecipeCollection": {}}', "expected list"),
        ('{"RecipeCollection": [1]}', "not an object"),
        ('{"GatedBucket": "yes"}', "llama.GatedBucket: .* expected bool"),
    ],
)
def test_a_document_that_cannot_be_used_is_refused(text: str, message: str) -> None:
    with pytest.raises(HubError, match=message):
        read_document("llama", hub_answer("llama", text) | {"LastModifiedTime": None})


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"SmtjOverrideParamsS3Uri": None}, "llama.sft: .*'SmtjOverrideParamsS3Uri'"),
        ({"Name": None}, "has no 'Name'"),
        ({"SequenceLength": 4096}, "llama.sft.SequenceLength: .*expected str"),
        ({"InstanceTypes": [1]}, "list of strings"),
    ],
)
def test_a_recipe_that_is_not_as_expected_is_refused(members: dict[str, Any], message: str) -> None:
    with pytest.raises(HubError, match=message):
        read({**RECIPE, **members})
