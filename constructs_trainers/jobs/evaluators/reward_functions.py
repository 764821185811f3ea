"""RLVR's reward function: what it is, and whether there is any signal to train on."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.values import arns
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, mask_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.spec import OverrideSpec

PRESET: Final = "preset_reward_function"
"""The hyperparameter that names a reward function of SageMaker's own."""

_BOTH: Final = f"{arns.EVALUATOR.template}, or {arns.LAMBDA_FUNCTION.template}[:<qualifier>]"


class RewardFunctionKind(enum.Enum):
    """What a reward function is given as."""

    EVALUATOR = "evaluator"
    """An evaluator in a hub: its ARN is the request's EvaluatorArn."""

    LAMBDA = "lambda"
    """A Lambda function, which must be registered as an evaluator first."""


_FORMS: Final = {
    RewardFunctionKind.EVALUATOR: arns.EVALUATOR,
    RewardFunctionKind.LAMBDA: arns.LAMBDA_FUNCTION,
}


def reward_function_kind(value: object) -> RewardFunctionKind | None:
    """What a reward function is given as, or None when it is neither.

    The service in the ARN decides; where it is a CDK token, what is literal of the resource. A
    text that starts with a token is a Lambda function: CloudFormation makes functions and gives
    their ARNs, and no evaluators.

    Args:
        value: The prop ``custom_reward_function``.
    """
    if not isinstance(value, str):
        return None
    form = arns.form_of(value, list(_FORMS.values()))
    if form is not None:
        return next(kind for kind, other in _FORMS.items() if other is form)
    return RewardFunctionKind.LAMBDA if mask_tokens(value).startswith(UNKNOWN) else None


def reward_function_problems(path: str, value: object) -> list[Problem]:
    """What is wrong with a reward function.

    Args:
        path: Where it was written.
        value: The ARN of an evaluator or of a Lambda function, with or without a qualifier, in
            any partition. CDK tokens in it are taken as right.
    """
    kind = reward_function_kind(value)
    if kind is not None:
        return arns.arn_problems(path, value, _FORMS[kind])
    message = "is neither the ARN of an evaluator nor of a Lambda function"
    return [Problem(path=path, message=message, got=short_repr(value), allowed=_BOTH)]


def reward_signal_problems(
    custom_reward_function: object,
    hyperparameters: Mapping[str, object],
    spec: OverrideSpec | None = None,
) -> list[Problem]:
    """What is wrong when an RLVR job has nothing to score answers with.

    Rule as in ``sagemaker.train`` 1.27, ``RLVRTrainer.train``.

    Args:
        custom_reward_function: The prop; None when it is not given.
        hyperparameters: What is sent, the recipe's defaults included.
        spec: The recipe's override spec, which names the presets.
    """
    if custom_reward_function is not None or hyperparameters.get(PRESET):
        return []
    parameter = None if spec is None else spec.get(PRESET)
    # An empty text in the enum stands for no preset.
    presets = [str(item) for item in (parameter.enum or ()) if item] if parameter else []
    fix = "give custom_reward_function"
    if parameter is not None or spec is None:
        fix += f", or the hyperparameter '{PRESET}'"
    return [
        Problem(
            path="custom_reward_function",
            message="RLVR needs something that scores answers",
            got="none",
            allowed=f"{_BOTH}, or one of the presets {', '.join(presets)}" if presets else _BOTH,
            fix=fix,
        )
    ]
