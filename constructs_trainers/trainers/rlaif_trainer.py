"""Reinforcement learning from AI feedback: the model that judges, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Unpack

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.jobs.evaluators.judge_models import judge_model_id, reward_model_problems
from constructs_trainers.recipes.resolve import Contribution
from constructs_trainers.recipes.reward_prompts import reward_prompt
from constructs_trainers.trainers.base_trainer import BaseTrainer
from constructs_trainers.trainers.technique import Technique
from constructs_trainers.values.resource_names import evaluator_arn_problems

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.recipes.locked_models import LockedModel
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.trainers.props.trainer_props import TrainerArguments, TrainerProps
    from constructs_trainers.values.arns import Environment


@dataclass(frozen=True, kw_only=True)
class AiFeedback(Technique):
    """RLAIF, whose answers a model judges."""

    name: str = "RLAIF"
    evaluator_prop: ClassVar[str] = "reward_prompt"
    reward_model_id: str | None = None
    reward_prompt: str | None = None

    def own_instances_problems(self) -> list[Problem]:
        """The SDK has it for serverless jobs only."""
        message = f"{self.name} is for serverless jobs only"
        return [Problem(path="compute", message=message, fix="leave it out")]

    def problems(self, place: Environment) -> list[Problem]:
        """A judge that there is not, or not in the region."""
        if self.reward_model_id is None:
            return []
        return reward_model_problems("reward_model_id", self.reward_model_id, place.known_region)

    def contribution(
        self, model: LockedModel, spec: OverrideSpec, props: TrainerProps, place: Environment
    ) -> Contribution:
        """Judge and prompt as hyperparameters; a registered prompt as the request's evaluator."""
        del model, props, place
        filled: dict[str, object] = {}
        if self.reward_model_id is not None:
            filled["judge_model_id"] = judge_model_id(self.reward_model_id)
        if self.reward_prompt is None:
            return Contribution(filled=filled)
        prompt = reward_prompt(self.reward_prompt, spec)
        if prompt.evaluator_arn is not None:
            found = evaluator_arn_problems("reward_prompt", prompt.evaluator_arn)
            if found:
                raise RecipeError("reward_prompt", found)
        filled["judge_prompt_template"] = prompt.judge_prompt_template
        return Contribution(filled=filled, evaluator_arn=prompt.evaluator_arn)


class RLAIFTrainer(BaseTrainer):
    """Reinforcement learning from AI feedback (RLAIF): a model judges the answers.

    Takes the props of :class:`BaseTrainer` and those below. The job is serverless.

    Args:
        reward_model_id: Bedrock's id of the model that judges, such as
            ``openai.gpt-oss-120b-1:0``. Default: the recipe's.
        reward_prompt: What the judge is asked: a preset of the recipe, such as
            ``Builtin.Summarize``, or the ARN of an evaluator. Default: the recipe's.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        reward_model_id: str | None = None,
        reward_prompt: str | None = None,
        **props: Unpack[TrainerArguments],
    ) -> None:
        technique = AiFeedback(reward_model_id=reward_model_id, reward_prompt=reward_prompt)
        super().__init__(scope, id, technique, **props)
