"""Supervised fine-tuning."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from constructs_trainers.recipes import techniques
from constructs_trainers.trainers.base_trainer import BaseTrainer

if TYPE_CHECKING:
    from collections.abc import Mapping


class SFTTrainer(BaseTrainer):
    """Supervised fine-tuning (SFT) on prompts and their answers, as a serverless job.

    The parameters, described at ``__init__``, are those of the SageMaker Python SDK's
    ``SFTTrainer``.

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

    TECHNIQUE = "SFT"
    OWNED_PARAMETERS: ClassVar[Mapping[str, str]] = techniques.OWNED_PARAMETERS["SFT"]
