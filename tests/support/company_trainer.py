"""The README's trainer of a company, so that mypy checks the pattern that is recommended."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from constructs import Construct

from constructs_trainers import SFTTrainer, StoppingCondition, TrainerArguments


class CompanySft(SFTTrainer):
    """Supervised fine-tuning as our company does it.

    Args:
        team: The team that pays for the jobs.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, team: str, **props: Unpack[TrainerArguments]
    ) -> None:
        props.setdefault("base_job_name", team)
        props.setdefault("stopping_condition", StoppingCondition(max_runtime_in_seconds=6 * 3600))
        super().__init__(scope, construct_id, **props)
        cdk.Tags.of(self).add("team", team)
