"""What a job takes from the hub's recipe."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_trainers.trainers.resources.job_resources import PENDING
from constructs_trainers.values.arns import relocated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.choice import RecipeChoice
    from constructs_trainers.values.environment import Environment
    from constructs_trainers.values.expressions import Expression


@dataclass(frozen=True, kw_only=True)
class BaseModel:
    """What a job takes from the hub's recipe.

    Attributes:
        name: The model's name in the hub.
        hub_name: The hub.
        arn: The model's ARN in the region of deployment.
        hyperparameters: What is sent of the recipe.
        image_uri: The training image for own instances.
        channel_uri: S3 URI of the weights for channel ``model``, on own instances.
        evaluator_arn: What scores answers in RLVR and RLAIF.
    """

    name: str
    hub_name: str
    arn: str
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    image_uri: str | None = None
    channel_uri: str | None = None
    evaluator_arn: str | Expression | None = None

    @classmethod
    def of(cls, choice: RecipeChoice, place: Environment) -> BaseModel:
        """What a chosen recipe gives for a job in some place."""
        return cls(
            name=choice.model.name,
            hub_name=choice.model.hub_name,
            arn=_base_model_arn(choice.model.hub_content_arn, place),
            hyperparameters=choice.hyperparameters,
            # An image is its region's own.
            image_uri=choice.recipe.image_uri if place.known_region is not None else None,
            channel_uri=choice.model_channel_uri,
            evaluator_arn=choice.contribution.evaluator_arn,
        )


UNKNOWN_MODEL = BaseModel(name="unknown", hub_name="unknown", arn=PENDING, image_uri=PENDING)
"""Stands in while no recipe could be chosen, so that everything else can be checked."""


def _base_model_arn(locked: str, place: Environment) -> str:
    """What the hub said, but in the region of deployment when that is not known yet."""
    return locked if place.known_region is not None else relocated(locked, place)
