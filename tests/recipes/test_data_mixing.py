from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.errors import RecipeError
from constructs_trainers.recipes.data_mixing import (
    DataMixingConfig,
    data_categories,
    data_mixing_hyperparameters,
    data_mixing_problems,
    data_mixing_recipe,
)
from constructs_trainers.recipes.locked_models import LockedModel, LockedRecipe
from constructs_trainers.values.tokens import is_number_token

ORACLE = Path(__file__).parents[3] / "shared" / "oracle"
NUMBER_TOKEN = -1.8881545897087626e289
SPEC = {
    "lr": {"default": 1e-05, "type": "float"},
    "customer_data_percent": {"default": 50, "type": "float"},
    "nova_code_percent": {"default": 60, "type": "float"},
    "nova_math_percent": {"default": 39.5, "type": "float"},
    "nova_en-entertainment_percent": {"default": None, "type": "float"},
}
LORA_NAME = "nova_lite_2_0_p5_gpu_lora_sft_text_with_datamix"


def recipe(
    name: str,
    technique: str = "SFT",
    peft: str | None = "LORA",
    spec: dict[str, Any] | None = None,
) -> LockedRecipe:
    return LockedRecipe(
        name=name,
        technique=technique,
        peft=peft,
        sequence_length="32K",
        subscription=True,
        image_uri=None,
        instance_types=(),
        template={},
        spec_document=SPEC if spec is None else spec,
    )


def model(*recipes: LockedRecipe, name: str = "nova-textgeneration-lite-v2") -> LockedModel:
    return LockedModel(
        name=name,
        region="us-east-1",
        hub_name="SageMakerPublicHub",
        hub_content_arn="arn",
        hub_content_version="1.0.0",
        last_modified_time=None,
        gated=False,
        recipes=recipes,
    )


PLAIN = recipe("nova_lite_2_0_p5_gpu_lora_sft", spec={})
LORA = recipe(LORA_NAME)
FULL = recipe("nova_lite_2_0_p5_gpu_sft_text_with_datamix", peft=None)
IMAGES = recipe("nova_lite_2_0_p5_gpu_lora_sft_mm_with_datamix")
PRETRAINING = recipe("nova_lite_2_0_p5_gpu_lora_cpt_text_with_datamix", technique="CPT")
NOVA = model(PLAIN, PRETRAINING, FULL, IMAGES, LORA)


@pytest.mark.parametrize(
    ("training_type", "is_multimodal", "chosen"),
    [
        ("LORA", None, LORA),
        ("LORA", False, LORA),
        ("LORA", True, IMAGES),
        ("FULL", False, FULL),
    ],
)
def test_technique_training_type_and_data_choose(
    *, training_type: str, is_multimodal: bool | None, chosen: LockedRecipe
) -> None:
    found = data_mixing_recipe(
        NOVA, technique="SFT", training_type=training_type, is_multimodal=is_multimodal
    )
    assert found is chosen


def problems(
    config: DataMixingConfig, lock: LockedModel = NOVA, **given: object
) -> list[tuple[str, str]]:
    choice: dict[str, Any] = {"technique": "SFT", "training_type": "LORA"} | given
    found = data_mixing_problems(config, lock, **choice)
    return [(problem.path, problem.message) for problem in found]


def test_a_training_type_without_recipe_lists_the_others() -> None:
    with pytest.raises(RecipeError) as error:
        data_mixing_recipe(NOVA, technique="SFT", training_type="FULL", is_multimodal=True)
    (problem,) = error.value.problems
    assert problem.path == "training_type"
    assert problem.allowed == "LORA"


@pytest.mark.parametrize(
    ("lock", "technique", "is_multimodal", "missing"),
    [
        (model(PLAIN), "SFT", None, "into SFT on text"),
        (model(PLAIN, LORA), "SFT", True, "into SFT on multimodal data"),
        (NOVA, "DPO", None, "into DPO on text"),
        (model(), "SFT", None, "into SFT on text"),
    ],
)
def test_a_missing_recipe_names_the_command(
    *,
    lock: LockedModel,
    technique: str,
    is_multimodal: bool | None,
    missing: str,
) -> None:
    (problem,) = data_mixing_problems(
        DataMixingConfig(70),
        lock,
        technique=technique,
        training_type="LORA",
        is_multimodal=is_multimodal,
    )
    assert problem.path == "data_mixing_config"
    assert missing in problem.message
    assert problem.fix is not None
    assert problem.fix.startswith(
        "constructs-trainers hub pull --model nova-textgeneration-lite-v2 --region us-east-1 "
        f"--technique {technique}, "
    )
    mixing = [r.name for r in lock.recipes if "_datamix" in r.name]
    assert problem.allowed == (", ".join(mixing) or None)


@pytest.mark.parametrize("name", ["meta-textgeneration-llama", "supernova-7b", "innovation"])
def test_other_models_mix_nothing(name: str) -> None:
    assert problems(DataMixingConfig(70), model(LORA, name=name)) == [
        ("data_mixing_config", "data mixing is for Nova models only")
    ]


@pytest.mark.parametrize(
    "config",
    [
        DataMixingConfig(70),
        DataMixingConfig(0),
        DataMixingConfig(customer_data_percent=99.5, nova_data_percentages={"code": 100.0}),
        DataMixingConfig(70, {"code": 33.3, "math": 33.3, "en-entertainment": 33.4}),
        DataMixingConfig(70, {"code": 100 - 1e-10}),
        DataMixingConfig(100, {}),
        DataMixingConfig(100, {"code": 1}),
        DataMixingConfig(NUMBER_TOKEN, {"code": 1}),
        DataMixingConfig(70, {"code": NUMBER_TOKEN, "math": 99}),
    ],
)
def test_good_mixes(config: DataMixingConfig) -> None:
    assert problems(config) == []


CUSTOMER = "data_mixing_config.customer_data_percent"
SHARES = "data_mixing_config.nova_data_percentages"
BAD: Any = {
    "negative": (DataMixingConfig(-1), [(CUSTOMER, "is no percentage")]),
    "over": (DataMixingConfig(100.01), [(CUSTOMER, "is no percentage")]),
    "nan": (DataMixingConfig(math.nan), [(CUSTOMER, "is no percentage")]),
    "bool": (DataMixingConfig(True), [(CUSTOMER, "is no percentage")]),  # noqa: FBT003
    "category": (DataMixingConfig(70, {"cod": 100}), [(SHARES, "the recipe has no such")]),
    "sum": (DataMixingConfig(70, {"code": 99}), [(SHARES, "the percentages of Nova's")]),
    "empty": (DataMixingConfig(70, {}), [(SHARES, "the percentages of Nova's")]),
    "token": (
        DataMixingConfig(70, {"code": NUMBER_TOKEN, "math": 60, "en-entertainment": 60}),
        [(SHARES, "the percentages of Nova's")],
    ),
    "several": (
        DataMixingConfig(-1, {"code": 101, "mat": -1}),
        [
            (CUSTOMER, "is no percentage"),
            (f"{SHARES}.code", "is no percentage"),
            (f"{SHARES}.mat", "is no percentage"),
            (SHARES, "the recipe has no such"),
        ],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_mixes(case: str) -> None:
    config, expected = BAD[case]
    found = problems(config)
    assert [path for path, _ in found] == [path for path, _ in expected]
    for (_, message), (_, start) in zip(found, expected, strict=True):
        assert message.startswith(start)


@pytest.mark.parametrize("wrong", ["70", None, [70]])
def test_wrong_types(wrong: Any) -> None:  # noqa: ANN401
    assert problems(DataMixingConfig(wrong)) == [(CUSTOMER, "is no percentage")]
    if wrong is not None:
        assert problems(DataMixingConfig(70, wrong)) == [
            (SHARES, "must be a mapping of categories to percentages")
        ]


def test_an_unknown_category_has_the_nearest_name_and_the_list() -> None:
    (problem,) = data_mixing_problems(
        DataMixingConfig(100, {"Codes": 1}), NOVA, technique="SFT", training_type="LORA"
    )
    assert problem.got == "'Codes'"
    assert problem.allowed == "code, math, en-entertainment"
    assert problem.fix == "did you mean 'code'?"


def test_a_recipe_without_categories() -> None:
    lock = model(recipe(LORA_NAME, spec={"lr": {}}))
    assert problems(DataMixingConfig(70)) == []
    assert [path for path, _ in problems(DataMixingConfig(70), lock)] == ["data_mixing_config"]


def test_without_percentages_the_recipes_are_sent() -> None:
    assert data_mixing_hyperparameters(DataMixingConfig(70.0), LORA) == {
        "customer_data_percent": "70",
        "nova_code_percent": "60",
        "nova_math_percent": "39.5",
        "nova_en-entertainment_percent": "0",
    }


def test_categories_that_are_left_out_get_nothing() -> None:
    config = DataMixingConfig(99.5, {"math": 100.0})
    assert data_mixing_hyperparameters(config, LORA) == {
        "customer_data_percent": "99.5",
        "nova_code_percent": "0",
        "nova_math_percent": "100",
        "nova_en-entertainment_percent": "0",
    }


def test_number_tokens_become_string_tokens() -> None:
    config = DataMixingConfig(NUMBER_TOKEN, {"math": NUMBER_TOKEN})
    sent = data_mixing_hyperparameters(config, LORA, number_token_as_text=lambda _: "${Token[x]}")
    assert sent["customer_data_percent"] == sent["nova_math_percent"] == "${Token[x]}"


PERCENTAGES = st.integers(0, 100) | st.floats(0, 100)


@given(customer=PERCENTAGES, code=PERCENTAGES, math_=st.none() | PERCENTAGES)
def test_what_is_sent_reads_back_as_what_was_given(
    customer: float, code: float, math_: float | None
) -> None:
    config = DataMixingConfig(customer, {"code": code} | ({} if math_ is None else {"math": math_}))
    sent = data_mixing_hyperparameters(config, LORA)
    assert float(sent["customer_data_percent"]) == customer
    assert float(sent["nova_code_percent"]) == code
    assert float(sent["nova_math_percent"]) == (math_ or 0)
    assert not any(text.endswith(".0") for text in sent.values())


@given(
    customer=PERCENTAGES,
    shares=st.dictionaries(st.sampled_from(list(data_categories(LORA.spec))), PERCENTAGES),
)
def test_shares_pass_if_and_only_if_they_are_a_whole(
    customer: float, shares: dict[str, float]
) -> None:
    whole = customer == 100 or abs(math.fsum(shares.values()) - 100) <= 1e-9
    assert (problems(DataMixingConfig(customer, shares)) == []) == whole


@given(value=st.floats() | st.integers() | st.text() | st.booleans() | st.none())
def test_any_value_is_a_percentage_or_a_problem(value: Any) -> None:  # noqa: ANN401
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # A number that stands for one of deployment is known to nobody yet.
    good = is_number and (is_number_token(value) or 0 <= value <= 100)
    assert (problems(DataMixingConfig(value)) == []) == good


@pytest.mark.skipif(not ORACLE.is_dir(), reason="no recorded requests")
def test_the_hyperparameters_are_the_sdks() -> None:
    case = json.loads((ORACLE / "cases" / "nova_sft_datamix.json").read_text())
    expected = json.loads((ORACLE / "expected" / "nova_sft_datamix.json").read_text())
    sent = expected["requests"]["CreateTrainingJob"]["HyperParameters"]
    spec = case["s3"]["s3://hub-bucket/dm/override.json"]
    spec = json.loads(spec) if isinstance(spec, str) else spec
    config = DataMixingConfig(**case["args"]["data_mixing_config"]["$datamix"])
    lock = model(recipe("nova_lite_2_0_text_with_datamix_lora_sft", spec=spec))
    assert problems(config, lock) == []
    chosen = data_mixing_recipe(lock, technique="SFT", training_type="LORA")
    assert data_mixing_hyperparameters(config, chosen) == {
        name: value for name, value in sent.items() if name.endswith("_percent")
    }
