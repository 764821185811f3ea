"""RLAIF's reward prompt: a preset of the recipe, or a prompt that is registered as an evaluator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, RecipeError, did_you_mean
from constructs_trainers.values.arns import EVALUATOR, is_arn
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import STRING_TOKEN, is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.spec import OverrideSpec

PARAMETER = "judge_prompt_template"
"""The spec's parameter whose enum lists the presets."""

_BUILTIN = "builtin."
_SUFFIX = ".jinja"


@dataclass(frozen=True, kw_only=True)
class RewardPrompt:
    """How a reward prompt travels in a request: exactly one of the two is set.

    Attributes:
        judge_prompt_template: For a preset, the value of the hyperparameter of this name.
        evaluator_arn: For a registered prompt, what the request names as EvaluatorArn; the
            hyperparameter ``judge_prompt_template`` is then not sent.
    """

    judge_prompt_template: str | None = None
    evaluator_arn: str | None = None


def reward_prompt(value: object, spec: OverrideSpec) -> RewardPrompt:
    """Decide what a reward prompt is.

    A preset may be written as ``Builtin.Summarize``, ``summarize``, ``summarize.jinja`` or as the
    recipe has it, in any case (``sagemaker.train`` 1.27). What starts with ``arn:`` or with a CDK
    token is an evaluator's ARN; its form is for ``values.resource_names.evaluator_arn_problems``.

    Raises:
        RecipeError: It is neither. The name of a registered prompt would have to be looked up.
    """
    if isinstance(value, str):
        if is_arn(value) or STRING_TOKEN.match(value):
            return RewardPrompt(evaluator_arn=value)
        preset = _preset(value, spec)
        if preset is not None:
            return RewardPrompt(judge_prompt_template=preset)
    raise RecipeError("reward_prompt", [_problem(value, preset_prompts(spec))])


def preset_prompts(spec: OverrideSpec) -> Mapping[str, str]:
    """The recipe's presets: short name to the value that is sent.

    The first of several with the same short name counts. A spec without an enum has its default
    as the only preset.
    """
    if PARAMETER not in spec:
        return {}
    parameter = spec[PARAMETER]
    values = parameter.enum or (parameter.default,)
    presets: dict[str, str] = {}
    for value in values:
        if isinstance(value, str) and value:
            presets.setdefault(short_name(value), value)
    return presets


def short_name(value: str) -> str:
    """What ``Builtin.Summarize``, ``/opt/prompts/summarize.jinja`` and others have in common."""
    name = value.strip().lower().removeprefix(_BUILTIN)
    return name.rpartition("/")[2].removesuffix(_SUFFIX)


def _preset(value: str, spec: OverrideSpec) -> str | None:
    enum = (spec[PARAMETER].enum or ()) if PARAMETER in spec else ()
    # Two presets may differ in their folder only: one that is written in full is meant.
    if value and value in enum:
        return value
    return preset_prompts(spec).get(short_name(value))


def _problem(value: object, presets: Mapping[str, str]) -> Problem:
    listed = ", ".join(presets)
    allowed = f"{listed}, or {EVALUATOR.template}" if presets else EVALUATOR.template
    if not isinstance(value, str):
        message, fix = "must be the name of a preset or an evaluator's ARN", None
    elif is_token(value):
        message = "a preset must be known when the app is synthesized, not hold a token"
        fix = "write the preset's name, or the whole ARN of an evaluator"
    else:
        message = "is no preset of this recipe"
        fix = did_you_mean(short_name(value), presets) or (
            "for a prompt registered in a hub, give the evaluator's ARN: "
            "synthesis cannot look its name up"
        )
    return Problem(
        path="reward_prompt", message=message, got=short_repr(value), allowed=allowed, fix=fix
    )
