from __future__ import annotations

from constructs_trainers.hub.aws_lookups import models_for
from tests.support.fake_aws import FakeAws
from tests.support.served_hub import hub_answer


def test_models_are_those_whose_keywords_name_the_technique() -> None:
    keywords = {
        "zeta": ["@recipe:finetuning_sft"],
        "alpha": ["text", "@recipe:finetuning_sft_lora"],
        "other": ["@recipe:finetuning_dpo", "@recipe:finetuning_sftx", "finetuning_sft"],
        "none": [],
    }
    aws = FakeAws(
        {
            f"Hub/Model/{name}": hub_answer(name, {}) | {"HubContentSearchKeywords": words}
            for name, words in keywords.items()
        }
    )
    assert models_for(aws.lookups(), "SFT", "Hub") == ["alpha", "zeta"]
    assert aws.calls == ["list_hub_contents"] * 2, "every page is read"
