from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.errors import RecipeError
from constructs_trainers.recipes.reward_prompts import (
    RewardPrompt,
    preset_prompts,
    reward_prompt,
    short_name,
)
from constructs_trainers.recipes.spec import OverrideSpec
from tests.support.resolving import refused

TOKEN = "${Token[TOKEN.12]}"  # noqa: S105  a CDK token
SUMMARIZE = "/opt/ml/code/verl/summarize.jinja"
GRADER = "bedrock/RLAIF/PandaLM/prompts/grader.jinja"
ARN = "arn:aws-cn:sagemaker:cn-north-1:123456789012:hub-content/h/JsonDoc/summarize"


def spec(*enum: object, default: object = SUMMARIZE) -> OverrideSpec:
    entry = {"type": "string", "default": default, "enum": list(enum) or None}
    return OverrideSpec.from_json({"judge_prompt_template": entry}, shown_as="spec")


SPEC = spec(SUMMARIZE, "/opt/ml/code/verl/cot.jinja", GRADER)


@pytest.mark.parametrize(
    "value",
    [
        "Builtin.Summarize",
        "builtin.summarize",
        "BUILTIN.SUMMARIZE.JINJA",
        "summarize",
        " Summarize ",
        "summarize.jinja",
        "prompts/summarize",
        SUMMARIZE,
    ],
)
def test_ways_to_write_a_preset(value: str) -> None:
    assert reward_prompt(value, SPEC) == RewardPrompt(judge_prompt_template=SUMMARIZE)


def test_a_preset_of_another_folder() -> None:
    assert reward_prompt("Builtin.Grader", SPEC).judge_prompt_template == GRADER


def test_a_preset_in_full_wins_over_one_of_the_same_name() -> None:
    two = spec("/a/cot.jinja", "/b/cot.jinja")
    assert reward_prompt("cot", two).judge_prompt_template == "/a/cot.jinja"
    assert reward_prompt("/b/cot.jinja", two).judge_prompt_template == "/b/cot.jinja"


def test_without_an_enum_the_default_is_the_only_preset() -> None:
    assert reward_prompt("summarize", spec()).judge_prompt_template == SUMMARIZE
    with refused() as refusal:
        reward_prompt("Builtin.Cot", spec())
    assert refusal.only.allowed is not None
    assert refusal.only.allowed.startswith("summarize, or arn:")


@pytest.mark.parametrize("bare", [OverrideSpec({}), spec(default=None), spec(default="")])
def test_a_recipe_without_presets(bare: OverrideSpec) -> None:
    assert preset_prompts(bare) == {}
    with refused() as refusal:
        reward_prompt("Builtin.Summarize", bare)
    assert refusal.only.allowed is not None
    assert refusal.only.allowed.startswith("arn:<partition>:sagemaker:")


@pytest.mark.parametrize("value", [ARN, ARN + "/1.0.0", f"arn:{TOKEN}:x", TOKEN, f"{TOKEN}/1.0.0"])
def test_arns_and_whole_tokens_are_evaluators(value: str) -> None:
    assert reward_prompt(value, SPEC) == RewardPrompt(evaluator_arn=value)


@pytest.mark.parametrize(
    ("value", "message", "fix"),
    [
        ("Builtin.Sumarize", "is no preset", "did you mean 'summarize'?"),
        ("my-prompt", "is no preset", "give the evaluator's ARN"),
        ("Builtin.", "is no preset", "give the evaluator's ARN"),
        ("", "is no preset", "give the evaluator's ARN"),
        (f"Builtin.{TOKEN}", "a preset must be known", "write the preset's name"),
        (7, "must be the name", None),
        (None, "must be the name", None),
    ],
)
def test_refused(value: object, message: str, fix: str | None) -> None:
    with refused() as refusal:
        reward_prompt(value, SPEC)
    problem = refusal.only
    assert problem.path == "reward_prompt"
    assert problem.message.startswith(message)
    assert problem.got == repr(value)
    assert problem.allowed is not None
    assert problem.allowed.startswith("summarize, cot, grader, or arn:<partition>:sagemaker:")
    assert fix is None or (problem.fix is not None and fix in problem.fix)


NAMES = st.text() | st.text("aAbB./ ", max_size=12)
ENUMS = st.lists(NAMES, min_size=1, max_size=5)


@given(enum=ENUMS, data=st.data())
def test_a_preset_written_in_full_is_itself(enum: list[str], data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(enum))
    if value and not value.startswith("arn:"):
        assert reward_prompt(value, spec(*enum)).judge_prompt_template == value


@given(value=NAMES, enum=ENUMS)
def test_what_is_decided_is_a_preset_or_the_value_itself(value: str, enum: list[str]) -> None:
    presets = spec(*enum)
    try:
        prompt = reward_prompt(value, presets)
    except RecipeError:
        return
    if prompt.evaluator_arn is not None:
        assert prompt == RewardPrompt(evaluator_arn=value)
    else:
        assert prompt.judge_prompt_template in enum
        assert short_name(str(prompt.judge_prompt_template)) == short_name(value)
