from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.jobs.evaluators.reward_functions import (
    RewardFunctionKind,
    reward_function_kind,
    reward_function_problems,
    reward_signal_problems,
)
from constructs_trainers.recipes.spec import OverrideSpec

TOKEN = "${Token[TOKEN.12]}"  # noqa: S105  a CDK token
LAMBDA = "arn:aws:lambda:us-west-2:123456789012:function:rf"
EVALUATOR = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/h/JsonDoc/ev/0.0.1"


@pytest.mark.parametrize(
    "value",
    [
        LAMBDA,
        f"{LAMBDA}:7",
        f"{LAMBDA}:live-1_a",
        f"{LAMBDA}:$LATEST",
        LAMBDA.replace("arn:aws:", "arn:aws-us-gov:"),
        f"arn:{TOKEN}:lambda:{TOKEN}:{TOKEN}:function:rf",
        f"arn:{TOKEN}:function:rf",
        f"arn:aws:lambda:{TOKEN}",
        f"{TOKEN}:function:rf:live",
        f"{LAMBDA}:{TOKEN}",
        f"{TOKEN}:live",
        TOKEN,
    ],
)
def test_lambda_functions(value: str) -> None:
    assert reward_function_kind(value) is RewardFunctionKind.LAMBDA
    assert reward_function_problems("custom_reward_function", value) == []


@pytest.mark.parametrize(
    "value",
    [
        EVALUATOR,
        EVALUATOR.replace("arn:aws:", "arn:aws-cn:"),
        EVALUATOR.replace("123456789012", "aws"),
        f"arn:{TOKEN}:sagemaker:{TOKEN}:{TOKEN}:hub-content/h/JsonDoc/ev/0.0.1",
        f"arn:{TOKEN}:hub-content/h/JsonDoc/{TOKEN}",
        f"{TOKEN}/JsonDoc/ev/1.0.0",
    ],
)
def test_evaluators(value: str) -> None:
    assert reward_function_kind(value) is RewardFunctionKind.EVALUATOR
    assert reward_function_problems("custom_reward_function", value) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("rf", "is neither"),
        ("", "is neither"),
        ("arn:aws:s3:::bucket", "is neither"),
        ("arn:aws", "is neither"),
        (f"my-{TOKEN}", "is neither"),
        ("lambda:arn:aws:lambda:", "is neither"),
        (7, "is neither"),
        (None, "is neither"),
        (LAMBDA + ":", "the qualifier of"),
        (LAMBDA + ":7:8", "the qualifier of"),
        (LAMBDA + ":a.b", "the qualifier of"),
        (LAMBDA.replace(":function:rf", ":layer:rf"), "the resource type of"),
        (LAMBDA.replace(":function:rf", ":function"), "the function name of"),
        (LAMBDA.replace(":rf", ":a b"), "the function name of"),
        (LAMBDA.replace(":rf", ":" + "x" * 65), "the function name of"),
        (LAMBDA.replace("123456789012", "1"), "the account of"),
        (LAMBDA.replace("arn:aws:", "arn:gcp:"), "the partition of"),
        (EVALUATOR.replace("JsonDoc", "Model"), "the content type of"),
        (EVALUATOR.replace("0.0.1", "latest"), "the version of"),
        ("arn:aws:sagemaker:us-west-2:123456789012:training-job/x", "the resource type of"),
    ],
)
def test_refused(value: object, message: str) -> None:
    problem = reward_function_problems("custom_reward_function", value)[0]
    assert problem.path == "custom_reward_function"
    assert problem.message.startswith(message)
    assert problem.got
    assert problem.allowed


@given(st.text() | st.from_regex(r"arn:(aws|\w+)(:[a-z0-9-/]*){0,6}", fullmatch=True))
def test_what_is_of_neither_kind_has_problems(value: str) -> None:
    if reward_function_kind(value) is None:
        assert reward_function_problems("p", value)


def spec(enum: list[str] | None) -> OverrideSpec:
    entry = {"type": "string", "default": "", "enum": enum}
    return OverrideSpec.from_json({"preset_reward_function": entry}, shown_as="spec")


@pytest.mark.parametrize(
    ("function", "hyperparameters"),
    [
        (LAMBDA, {}),
        (EVALUATOR, {"preset_reward_function": ""}),
        (None, {"preset_reward_function": "prime_math"}),
        (None, {"preset_reward_function": TOKEN}),
    ],
)
def test_a_signal(function: str | None, hyperparameters: dict[str, str]) -> None:
    assert reward_signal_problems(function, hyperparameters) == []


@pytest.mark.parametrize("hyperparameters", [{}, {"preset_reward_function": ""}])
def test_no_signal(hyperparameters: dict[str, str]) -> None:
    (problem,) = reward_signal_problems(None, hyperparameters, spec(["", "gsm8k", "prime_code"]))
    assert problem.path == "custom_reward_function"
    assert problem.allowed is not None
    assert problem.allowed.endswith("or one of the presets gsm8k, prime_code")
    assert problem.fix is not None
    assert "'preset_reward_function'" in problem.fix


def test_no_signal_and_no_presets() -> None:
    (problem,) = reward_signal_problems(None, {}, OverrideSpec({}))
    assert problem.fix == "give custom_reward_function"
