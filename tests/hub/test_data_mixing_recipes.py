"""The hub's data-mixing recipes are for subscribers, and are read through access points."""

from __future__ import annotations

import copy
from typing import Any

from constructs_trainers.hub.pull import pull_model
from tests.support.fake_aws import FakeAws
from tests.support.small_hub import MODEL, small_hub

NAME = "nova_lite_2_0_p5_gpu_lora_sft_text_with_datamix"
FOLDER = "s3://arn:aws:s3:us-west-2:111122223333:accesspoint/{customer_id}-forge/mix"


def test_a_pull_keeps_them() -> None:
    hub, s3 = small_hub()
    plain: dict[str, Any] = hub[MODEL]["RecipeCollection"][0]
    mixing = copy.deepcopy(plain) | {
        "Name": NAME,
        "IsSubscriptionModel": True,
        "SmtjRecipeTemplateS3Uri": f"{FOLDER}/recipe.yaml",
        "SmtjOverrideParamsS3Uri": f"{FOLDER}/override.json",
    }
    hub[MODEL]["RecipeCollection"].append(mixing)
    aws = FakeAws.of(hub, s3)
    account = aws.get_caller_identity()["Account"]
    bucket = f"arn:aws:s3:us-west-2:111122223333:accesspoint/{account}-forge"
    aws.objects[bucket, "mix/recipe.yaml"] = b"run: {name: '{{name}}'}"
    aws.objects[bucket, "mix/override.json"] = b'{"name": {}, "nova_code_percent": {"default": 60}}'
    content = pull_model(
        aws.lookups(), MODEL, hub=None, techniques=("SFT",), held=None, progress=lambda _line: None
    )
    (kept,) = [recipe for recipe in content.recipes if recipe["Name"] == NAME]
    assert kept["IsSubscriptionModel"] is True
    assert "nova_code_percent" in content.specs[kept["OverrideSpec"]]
