from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.errors import HubError
from constructs_trainers.hub.checkout.families import RecipeFacts, family_of, training_images


def facts(name: str, display_name: str = "", **config: object) -> RecipeFacts | None:
    family = family_of(name)
    assert family is not None
    return family.facts(name, display_name, {"training_config": config})


def read(name: str, display_name: str = "", **config: object) -> tuple[Any, ...]:
    found = facts(name, display_name, **config)
    assert found is not None
    return (found.group, found.technique, found.peft, found.sequence_length)


@pytest.mark.parametrize("name", ["mtrl-x", "checkpointless_x", "hf_x"])
def test_other_families_are_no_hub_content(name: str) -> None:
    assert family_of(name) is None


def test_llmft_recipes_are_told_by_their_names() -> None:
    assert read("llmft_x_seq4k_gpu_sft_lora") == ("llmft_sft_lora", "SFT", "LORA", "4K")
    assert read("llmft_x_seq8k_gpu_sft_fft") == ("llmft_sft_fft", "SFT", None, "8K")
    assert read("llmft_x_seq4k_gpu_dpo_fft") == ("llmft_dpo_fft", "DPO", None, "4K")
    assert read("llmft_x_seq4k_fine_tuning") == ("llmft_fine_tuning", "SFT", None, "4K")
    adapter = {"peft_config": {"peft_type": "lora"}}
    assert read("llmft_x_seq4k_gpu_dpo", model_config=adapter)[:3] == ("llmft_dpo", "DPO", "LORA")


@pytest.mark.parametrize("name", ["llmft_x_seq4k_gpu", "llmft_x_sft_lora"])
def test_an_llmft_name_that_does_not_tell_is_refused(name: str) -> None:
    with pytest.raises(HubError, match="does not tell"):
        facts(name)


def test_verl_recipes_are_told_by_their_values() -> None:
    data = {"max_prompt_length": 1000, "max_response_length": 1100}
    grpo: dict[str, Any] = {"algorithm": {"adv_estimator": "grpo"}, "data": data}
    assert read("verl-a-fft", "with RLVR", **grpo) == ("grpo_rlvr_fft", "RLVR", None, "2K")
    model = {"actor_rollout_ref": {"model": {"lora_rank": 4}}}
    assert read("verl-a", "RLAIF", **grpo, **model) == ("grpo_rlaif", "RLAIF", "LORA", "2K")
    long: dict[str, Any] = {"data": {"max_length": 40_000}}
    assert read("verl-a", **long, model={"lora": {"rank": 8}}) == ("sft", "SFT", "LORA", "32K")
    assert read("verl-a-fft", **long, trainer={"beta": 0})[:2] == ("dpo_fft", "DPO")
    assert facts("verl-a", **long, algorithm={"adv_estimator": "gae"}) is None


def test_a_verl_recipe_that_does_not_tell_is_refused() -> None:
    grpo: dict[str, Any] = {"algorithm": {"adv_estimator": "grpo"}}
    with pytest.raises(HubError, match="display name does not tell the technique"):
        facts("verl-a", "GRPO", **grpo)
    with pytest.raises(HubError, match="sequence length cannot be told"):
        facts("verl-a", "RLVR", **grpo)


def test_nova_recipes_are_told_by_name_and_display_name() -> None:
    length: dict[str, Any] = {"max_length": 500}
    assert read("nova_a_lora_sft", **length) == ("nova_lora_sft", "SFT", "LORA", "1K")
    assert read("nova_a_2_0_p5_sft", **length)[0] == "nova_sft_2_0"
    assert read("nova_a_dpo", **length)[:2] == ("nova_dpo", "DPO")
    smtj = read("nova_a_smtj_lora_rft", "RLVR training", **length)
    assert smtj[:2] == ("nova_smtj_lora_rft", "RLVR")
    assert facts("nova_a_pretrain") is facts("nova_a_ppo") is None
    with pytest.raises(HubError, match="tells its technique"):
        facts("nova_a_rft", **length)


def test_images_are_those_of_the_first_key_in_the_name() -> None:
    def images(uri: str) -> dict[str, Any]:
        return {"sm_jobs": {"container_image": {"prod": {"r": uri}, "beta": {"s": "no"}}}}

    regional = {
        "_x": images("comment"),
        "all": images("all"),
        "x_small": images("1"),
        "x": images("2"),
    }
    assert training_images(regional, "all_x_small", None) == {"r": "1"}
    assert training_images(regional, "x_large", None) == {"r": "2"}
    assert training_images(regional, "x_large", "x_small") == {"r": "1"}
    assert training_images(regional, "y", None) == training_images({"y": {}}, "y", None) == {}


def test_the_images_of_verl_recipes_are_told_by_path_and_values() -> None:
    verl = family_of("verl-a")
    assert verl is not None
    assert verl.image_key is not None
    newer: dict[str, Any] = {"training_config": {"global_profiler": {}}}
    assert verl.image_key("x/verl-a", {}) == "verl"
    assert verl.image_key("x/verl-a", newer) == "verl-0.7.0"
    assert verl.image_key("gemma4-0_7_0/verl-a", newer) == "verl-0.7.0-tf58"
    assert verl.image_key("x/verl-nemotron", newer) == "verl-0.7.0-vllm012"
