"""The evaluator that a trainer's state machine registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.workflows.register_evaluator import Registration

if TYPE_CHECKING:
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.values.environment import Environment


def evaluator_registration(
    props: TrainerProps, technique: Technique, place: Environment
) -> Registration | None:
    """The requests that a trainer's state machine sends before its jobs; None for nothing.

    A recipe on own instances calls the function by itself.
    """
    found = technique.registration(place)
    if props.compute is not None or found is None:
        return None
    return Registration(
        describe_hub=found.describe_hub_request,
        create_hub=found.create_hub_request,
        describe_content=found.describe_request,
        import_content=found.import_request,
    )
