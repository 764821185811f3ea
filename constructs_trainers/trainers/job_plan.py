"""What decides a trainer's jobs beside the recipe that is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_trainers.trainers.kinds.compute_kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.values.arns import Environment


@dataclass(frozen=True)
class JobPlan:
    """What every step from props to template is told.

    Attributes:
        kind: The kind of compute, with the props.
        technique: The customization technique with its own props.
        place: Where the stack is deployed to.
    """

    kind: ComputeKind
    technique: Technique
    place: Environment

    @property
    def props(self) -> TrainerProps:
        """The props that all trainers have, with stand-ins for those of a wrong type."""
        return self.kind.props
