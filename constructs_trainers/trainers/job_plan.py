"""What decides a trainer's jobs beside the recipe that is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.values.job_names import unique_stem

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
        owner: The stack's name and the trainer's path below the stack.
    """

    kind: ComputeKind
    technique: Technique
    place: Environment
    owner: str

    @property
    def props(self) -> TrainerProps:
        """The props that all trainers have, with stand-ins for those of a wrong type."""
        return self.kind.props

    def stem(self, model_name: str) -> str:
        """What the names of the trainer's jobs begin with.

        Args:
            model_name: The hub's name of the base model.
        """
        return unique_stem(
            self.props.base_job_name, model_name, self.technique.name, owner=self.owner
        )
