"""Reinforcement learning from AI feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from constructs_trainers.trainers.ai_feedback import AiFeedback
from constructs_trainers.trainers.base_trainer import BaseTrainer

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.trainers.props.trainer_props import TrainerArguments


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
        """Make a trainer; the class and :class:`BaseTrainer` describe the props."""
        technique = AiFeedback(reward_model_id=reward_model_id, reward_prompt=reward_prompt)
        super().__init__(scope, id, technique, **props)
