"""The models that may judge answers in RLAIF, and where Bedrock offers them to a job.

Source: the table in the SageMaker Python SDK (``sagemaker.train`` 1.27), which no API answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TWO: Final = ("us-west-2", "ap-northeast-1")
_FOUR: Final = ("us-west-2", "us-east-1", "ap-northeast-1", "eu-west-1")

JUDGE_MODELS: Final[Mapping[str, Sequence[str]]] = {
    "openai.gpt-oss-120b-1:0": _FOUR,
    "openai.gpt-oss-20b-1:0": _FOUR,
    "qwen.qwen3-32b-v1:0": _FOUR,
    "qwen.qwen3-coder-30b-a3b-v1:0": _FOUR,
    "qwen.qwen3-coder-480b-a35b-v1:0": _TWO,
    "qwen.qwen3-235b-a22b-2507-v1:0": _TWO,
}
"""Bedrock's id of each model, with the regions it may be used in."""

_PREFIX: Final = "bedrock/"


def reward_model_problems(path: str, value: object, region: str | None) -> list[Problem]:
    """What is wrong with the model that is to judge answers.

    Args:
        path: Where it was written.
        value: One of :data:`JUDGE_MODELS`, or a CDK token, which passes.
        region: Where the job runs. None or a CDK token: the region is not held against the table.
    """
    if is_token(value):
        return []
    if not isinstance(value, str) or value not in JUDGE_MODELS:
        return [
            Problem(
                path=path,
                message="is no model that can judge answers",
                got=short_repr(value),
                allowed=", ".join(JUDGE_MODELS),
                fix=_fix(value),
            )
        ]
    regions = JUDGE_MODELS[value]
    if region is None or is_token(region) or region in regions:
        return []
    elsewhere = [model for model, offered in JUDGE_MODELS.items() if region in offered]
    return [
        Problem(
            path=path,
            message=f"this judge is not offered in {region}",
            got=short_repr(value),
            allowed=f"in the regions {', '.join(regions)}",
            fix=f"take one that is offered there: {', '.join(elsewhere)}" if elsewhere else None,
        )
    ]


def judge_model_id(reward_model_id: str) -> str:
    """The hyperparameter ``judge_model_id`` for a judge.

    Args:
        reward_model_id: Bedrock's id of the model, which may be a CDK token.
    """
    return f"{_PREFIX}{reward_model_id}"


def judged_by(hyperparameters: Mapping[str, object]) -> str | None:
    """Bedrock's id of the model that judges a job's answers; None when none of Bedrock's does.

    Returns:
        The id, which may be a CDK token; ``*`` when only the deployment knows whose model it is.
    """
    judge = hyperparameters.get("judge_model_id")
    if not isinstance(judge, str) or not judge:
        return None
    if judge.startswith(_PREFIX):
        return judge.removeprefix(_PREFIX)
    return "*" if is_token(judge) else None


def _fix(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    bare = value.removeprefix(_PREFIX)
    # Recipes show their judge with the prefix, so that is what is easily copied.
    return f"write '{bare}'" if bare in JUDGE_MODELS else did_you_mean(bare, JUDGE_MODELS)
