"""Reinforcement learning from verifiable rewards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from constructs_trainers.trainers.base_trainer import BaseTrainer
from constructs_trainers.trainers.verifiable_rewards import VerifiableRewards

if TYPE_CHECKING:
    from aws_cdk.aws_lambda import IFunction
    from constructs import Construct

    from constructs_trainers.trainers.props.trainer_props import TrainerArguments


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
        """Make a trainer; the class and :class:`BaseTrainer` describe the props."""
        technique = VerifiableRewards(
            custom_reward_function=custom_reward_function,
            skip_reward_validation=skip_reward_validation,
        )
        super().__init__(scope, id, technique, **props)
