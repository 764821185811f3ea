"""RLVR: the function that scores answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_trainers.jobs.evaluator_import import evaluator_import
from constructs_trainers.jobs.reward_functions import (
    PRESET,
    RewardFunctionKind,
    reward_function_kind,
    reward_function_problems,
    reward_signal_problems,
)
from constructs_trainers.recipes.choice import Contribution
from constructs_trainers.trainers.technique import Technique

if TYPE_CHECKING:
    from aws_cdk.aws_lambda import IFunction

    from constructs_trainers.errors import Problem
    from constructs_trainers.jobs.evaluator_import import EvaluatorImport
    from constructs_trainers.recipes.locked_models import LockedModel
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.trainers.trainer_props import TrainerProps
    from constructs_trainers.values.environment import Environment

_PROP = "custom_reward_function"


class VerifiableRewards(Technique):
    """RLVR."""

    def __init__(self, function: str | IFunction | None) -> None:
        super().__init__("RLVR")
        given: Any = function
        self._is_construct = hasattr(given, "function_arn")
        self._arn = given.function_arn if self._is_construct else given

    @property
    def reward_arn(self) -> str | None:
        """What the recipe on own instances calls to score answers, Lambda or evaluator."""
        return self._arn if isinstance(self._arn, str) else None

    @property
    def reward_lambda_arn(self) -> str | None:
        """The Lambda function that the job's role must be allowed to call."""
        return self.reward_arn if self._is_lambda else None

    def registration(self, place: Environment) -> EvaluatorImport | None:
        """What registers the Lambda function for a serverless job."""
        if not self._is_lambda:
            return None
        return evaluator_import(self._arn, place)

    def problems(self, props: TrainerProps, *, region: str | None) -> list[Problem]:
        """A function that is none."""
        del props, region
        if self._arn is None or self._is_construct:
            return []
        return reward_function_problems(_PROP, self._arn)

    def contribution(
        self, model: LockedModel, spec: OverrideSpec, props: TrainerProps, place: Environment
    ) -> Contribution:
        """The evaluator of a serverless job."""
        del model, spec
        if not isinstance(self._arn, str) or props.compute is not None:
            return Contribution()
        registration = self.registration(place)
        evaluator_arn = self._arn if registration is None else registration.evaluator_arn
        return Contribution(evaluator_arn=evaluator_arn)

    def recipe_problems(self, recipe: ResolvedRecipe) -> list[Problem]:
        """Nothing to score answers with."""
        values = {leaf.parameter: leaf.value for leaf in recipe.leaves}
        values |= {item.name: item.value for item in recipe.parameters}
        return reward_signal_problems(self._arn, {PRESET: values.get(PRESET)}, recipe.spec)

    @property
    def _is_lambda(self) -> bool:
        return self._is_construct or reward_function_kind(self._arn) is RewardFunctionKind.LAMBDA
