"""Supervised fine-tuning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from constructs_trainers.trainers.base_trainer import BaseTrainer
from constructs_trainers.trainers.supervised import Supervised

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.recipes.data_mixing import DataMixingConfig
    from constructs_trainers.trainers.props.trainer_props import TrainerArguments


class SFTTrainer(BaseTrainer):
    """Supervised fine-tuning (SFT) on prompts and their answers.

    Takes the props of :class:`BaseTrainer` and those below. The job is serverless, or runs on own
    instances with ``compute``.

    Example::

        SFTTrainer(
            self,
            "Sft",
            model="meta-textgeneration-llama-3-2-1b-instruct",
            recipe="recipes/sft.yaml",
            training_dataset="s3://amzn-s3-demo-bucket/train.jsonl",
            accept_eula=True,
        )

    Args:
        data_mixing_config: How much of Nova's own training data is mixed in; serverless jobs of
            Amazon Nova. Default: none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        data_mixing_config: DataMixingConfig | None = None,
        **props: Unpack[TrainerArguments],
    ) -> None:
        """Make a trainer; the class and :class:`BaseTrainer` describe the props."""
        super().__init__(scope, id, Supervised(data_mixing_config=data_mixing_config), **props)
