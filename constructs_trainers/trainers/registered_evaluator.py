"""The evaluator that a trainer's state machine registers, and what that takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.jobs.evaluator_import import evaluator_statements
from constructs_trainers.workflows.register_evaluator import Registration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.jobs.permissions import Statement
    from constructs_trainers.trainers.base_model import Place
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.trainers.trainer_props import TrainerProps


@dataclass(frozen=True)
class RegisteredEvaluator:
    """What registering a reward function takes.

    Attributes:
        registration: The requests that the state machine sends.
        statements: What it may do for them.
    """

    registration: Registration
    statements: Sequence[Statement]


def registered_evaluator(
    props: TrainerProps, technique: Technique, place: Place
) -> RegisteredEvaluator | None:
    """What a trainer registers before its jobs; None for nothing.

    A recipe on own instances calls the function by itself.
    """
    found = technique.registration(place)
    lambda_arn = technique.reward_lambda_arn
    if props.compute is not None or found is None or lambda_arn is None:
        return None
    return RegisteredEvaluator(
        Registration(
            describe_hub=found.describe_hub_request,
            create_hub=found.create_hub_request,
            describe_content=found.describe_request,
            import_content=found.import_request,
        ),
        evaluator_statements(
            lambda_arn, partition=place.partition, region=place.region, account=place.account
        ),
    )
