"""Direct preference optimization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from constructs_trainers.trainers.base_trainer import BaseTrainer
from constructs_trainers.trainers.technique import Technique

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.trainers.props.trainer_props import TrainerArguments


class DPOTrainer(BaseTrainer):
    """Direct preference optimization (DPO): learn from pairs of a better and a worse answer.

    Takes the props of :class:`BaseTrainer`. The job is serverless, or runs on own instances with
    ``compute``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        **props: Unpack[TrainerArguments],
    ) -> None:
        super().__init__(scope, id, Technique(name="DPO"), **props)
