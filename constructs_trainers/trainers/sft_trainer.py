"""Supervised fine-tuning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from constructs_trainers.trainers.base_trainer import BaseTrainer
from constructs_trainers.trainers.technique import Technique

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.trainers.trainer_props import TrainerArguments


class SFTTrainer(BaseTrainer):
    """Supervised fine-tuning (SFT) on prompts and their answers.

    Takes the props of :class:`BaseTrainer`. The job is serverless, or runs on own instances with
    ``compute``.

    Example::

        SFTTrainer(
            self,
            "Sft",
            model="meta-textgeneration-llama-3-2-1b-instruct",
            recipe="recipes/sft.yaml",
            training_dataset="s3://amzn-s3-demo-bucket/train.jsonl",
            accept_eula=True,
        )
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        **props: Unpack[TrainerArguments],
    ) -> None:
        """Make a trainer; :class:`BaseTrainer` describes the props."""
        super().__init__(scope, id, Technique("SFT"), **props)
