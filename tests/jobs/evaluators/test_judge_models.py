from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.jobs.evaluators.judge_models import (
    JUDGE_MODELS,
    judge_model_id,
    reward_model_problems,
)

EXPECTED = Path(__file__).parents[4] / "shared" / "oracle" / "expected"
TOKEN = "${Token[TOKEN.12]}"  # noqa: S105  a CDK token
LARGE = "qwen.qwen3-coder-480b-a35b-v1:0"


@pytest.mark.parametrize("model", JUDGE_MODELS)
@pytest.mark.parametrize("region", ["us-west-2", "ap-northeast-1", None, TOKEN])
def test_every_judge_is_offered_in_two_regions(model: str, region: str | None) -> None:
    assert reward_model_problems("reward_model_id", model, region) == []


@pytest.mark.parametrize(("region", "count"), [("us-east-1", 4), ("eu-west-1", 4)])
def test_two_judges_are_not_offered_everywhere(region: str, count: int) -> None:
    assert sum(not reward_model_problems("p", model, region) for model in JUDGE_MODELS) == count


def test_a_judge_of_another_region_is_told_where_it_is_and_what_is_here() -> None:
    (problem,) = reward_model_problems("reward_model_id", LARGE, "us-east-1")
    assert problem.path == "reward_model_id"
    assert problem.got == repr(LARGE)
    assert problem.allowed == "in the regions us-west-2, ap-northeast-1"
    assert problem.fix is not None
    assert "openai.gpt-oss-120b-1:0" in problem.fix
    assert LARGE not in problem.fix


def test_a_region_without_judges() -> None:
    (problem,) = reward_model_problems("p", LARGE, "af-south-1")
    assert problem.message == "this judge is not offered in af-south-1"
    assert problem.fix is None


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("openai.gpt-oss-20b", "did you mean 'openai.gpt-oss-20b-1:0'?"),
        ("bedrock/openai.gpt-oss-20b-1:0", "write 'openai.gpt-oss-20b-1:0'"),
        ("x", None),
        ("", None),
        (7, None),
        (None, None),
        (["openai.gpt-oss-20b-1:0"], None),
    ],
)
def test_other_models(value: object, fix: str | None) -> None:
    (problem,) = reward_model_problems("reward_model_id", value, "us-west-2")
    assert problem.allowed == ", ".join(JUDGE_MODELS)
    assert problem.fix == fix


@given(value=st.text(), region=st.none() | st.text())
def test_only_the_table_passes(value: str, region: str | None) -> None:
    assert reward_model_problems("p", value, region)


@pytest.mark.parametrize("value", [TOKEN, f"openai.{TOKEN}"])
def test_tokens_pass(value: str) -> None:
    assert reward_model_problems("p", value, "us-east-1") == []
    assert judge_model_id(value) == f"bedrock/{value}"


@pytest.mark.skipif(not EXPECTED.is_dir(), reason="no recorded requests")
def test_the_hyperparameter_is_the_sdks() -> None:
    recorded = json.loads((EXPECTED / "rlaif_serverless.json").read_text())
    sent = recorded["requests"]["CreateTrainingJob"]["HyperParameters"]
    assert judge_model_id("openai.gpt-oss-20b-1:0") == sent["judge_model_id"]
