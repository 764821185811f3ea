"""Reinforcement learning from verifiable rewards, and the function that scores answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Unpack

from constructs_trainers.jobs.evaluators.evaluator_import import evaluator_import
from constructs_trainers.jobs.evaluators.reward_functions import (
    PRESET,
    RewardFunctionKind,
    reward_function_kind,
    reward_function_problems,
    reward_signal_problems,
)
from constructs_trainers.recipes.resolve import Contribution
from constructs_trainers.trainers.base_trainer import BaseTrainer
from constructs_trainers.trainers.technique import Technique

if TYPE_CHECKING:
    from aws_cdk.aws_lambda import IFunction
    from constructs import Construct

    from constructs_trainers.errors import Problem
    from constructs_trainers.jobs.evaluators.evaluator_import import EvaluatorImport
    from constructs_trainers.recipes.locked_models import LockedModel
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.trainers.props.trainer_props import TrainerArguments, TrainerProps
    from constructs_trainers.values.arns import Environment


_PROP = "custom_reward_function"


@dataclass(frozen=True, kw_only=True)
class VerifiableRewards(Technique):
    """RLVR, whose answers a function scores."""

    name: str = "RLVR"
    evaluator_prop: ClassVar[str] = _PROP
    custom_reward_function: str | IFunction | None = None
    skip_reward_validation: bool = False

    @property
    def reward_arn(self) -> str | None:
        """What the recipe on own instances calls to score answers, Lambda or evaluator."""
        given = self.custom_reward_function
        return given if given is None or isinstance(given, str) else given.function_arn

    @property
    def reward_lambda_arn(self) -> str | None:
        """The Lambda function that the job's role must be allowed to call."""
        return self.reward_arn if self._is_lambda else None

    def registration(self, place: Environment) -> EvaluatorImport | None:
        """What registers the Lambda function for a serverless job."""
        if self.reward_lambda_arn is None:
            return None
        return evaluator_import(self.reward_lambda_arn, place)

    def problems(self, place: Environment) -> list[Problem]:
        """A function that is none, or in another place."""
        if self.reward_arn is None:
            return []
        found: list[Problem] = []
        if isinstance(self.custom_reward_function, str):
            found += reward_function_problems(_PROP, self.custom_reward_function)
        return found or place.problems(_PROP, self.reward_arn)

    def contribution(
        self, model: LockedModel, spec: OverrideSpec, props: TrainerProps, place: Environment
    ) -> Contribution:
        """The evaluator of a serverless job."""
        del model, spec, props
        registration = self.registration(place)
        evaluator_arn = self.reward_arn if registration is None else registration.evaluator_arn
        return Contribution(evaluator_arn=evaluator_arn)

    def recipe_problems(self, recipe: ResolvedRecipe) -> list[Problem]:
        """Nothing to score answers with."""
        values = {leaf.parameter: leaf.value for leaf in recipe.leaves}
        values |= {item.name: item.value for item in recipe.parameters}
        return reward_signal_problems(self.reward_arn, {PRESET: values.get(PRESET)}, recipe.spec)

    @property
    def _is_lambda(self) -> bool:
        given = self.custom_reward_function
        if given is not None and not isinstance(given, str):
            return True
        return reward_function_kind(given) is RewardFunctionKind.LAMBDA


class RLVRTrainer(BaseTrainer):
    """Reinforcement learning from verifiable rewards (RLVR): a function scores the answers.

    Takes the props of :class:`BaseTrainer` and those below. The job is serverless, or runs on own
    instances with ``compute``. Something must score answers: ``custom_reward_function``, or the
    hyperparameter ``preset_reward_function``, which many recipes set.

    A serverless job takes an evaluator. A Lambda function is registered as one by the state
    machine, before the first job, in the account's AI registry; the job's role may call it.

    Args:
        custom_reward_function: The ARN of an evaluator in a hub; or a Lambda function, as ARN or
            construct. Text that begins with a CDK token is a Lambda function's ARN. Default: the
            recipe's preset.
        skip_reward_validation: Without effect: nothing is called during synthesis. (The SDK calls
            the function with three rows of the data.)
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        custom_reward_function: str | IFunction | None = None,
        skip_reward_validation: bool = False,
        **props: Unpack[TrainerArguments],
    ) -> None:
        technique = VerifiableRewards(
            custom_reward_function=custom_reward_function,
            skip_reward_validation=skip_reward_validation,
        )
        super().__init__(scope, id, technique, **props)
