"""A kind of compute: what it takes of props and recipe, and what it adds to the job.

A new one is a file beside this one: the group that users give as ``compute``, and its kind.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from constructs_trainers.trainers.resources.job_resources import PENDING
from constructs_trainers.values.arns import relocated
from constructs_trainers.workflows.allowed_input import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_kms import IKey

    from constructs_trainers.errors import Problem
    from constructs_trainers.jobs.request.sourced import Sourced
    from constructs_trainers.recipes.resolve import RecipeChoice, RecipeRules
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.values.arns import Environment
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
        instance_count: How many instances the recipe is for, on own instances.
    """

    name: str
    hub_name: str
    arn: str
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    image_uri: str | None = None
    channel_uri: str | None = None
    evaluator_arn: str | Expression | None = None
    instance_count: int | None = None

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
            instance_count=choice.instance_count,
        )


UNKNOWN_MODEL = BaseModel(name="unknown", hub_name="unknown", arn=PENDING, image_uri=PENDING)
"""Stands in while no recipe could be chosen, so that everything else can be checked."""


def _base_model_arn(locked: str, place: Environment) -> str:
    """What the hub said, but in the region of deployment when that is not known yet."""
    return locked if place.known_region is not None else relocated(locked, place)


class ComputeKind(ABC):
    """What is different from one kind of compute to the next. Nobody else asks which it is.

    What a kind does not say for itself is as for jobs whose compute is the service's.

    Attributes:
        registers_evaluator: Whether a reward function is registered as an evaluator; without, the
            recipe calls it by itself.
        registers_model: Whether the model is registered in a group also when none is given.
        has_recipe_file: Whether the recipe travels in a file, and not in the request.
        recipe_is_fixed: Why an execution cannot give values of the recipe; None when it can.

    Args:
        props: The trainer's props.
    """

    registers_evaluator: ClassVar[bool] = True
    registers_model: ClassVar[bool] = True
    has_recipe_file: ClassVar[bool] = False
    recipe_is_fixed: ClassVar[str | None] = None

    def __init__(self, props: TrainerProps) -> None:
        self.props = props

    @abstractmethod
    def prop_problems(self) -> list[Problem]:
        """What is wrong with the props that only this kind takes, or does not take."""

    def place_problems(self, _place: Environment) -> list[Problem]:
        """What jobs of this kind cannot have where the stack is deployed to."""
        return []

    @abstractmethod
    def start_problems(self) -> list[Problem]:
        """What is wrong with the prop ``model``, as a start for a job of this kind."""

    def data_problems(self) -> list[Problem]:
        """What is wrong with data sets and channels that are right in themselves."""
        return []

    @property
    def instance_types(self) -> Sequence[tuple[str, str]]:
        """The instance types that the recipe must run on, each with the prop that names it."""
        return ()

    @abstractmethod
    def recipe_rules(self, technique: Technique, wrong: Sequence[Problem]) -> RecipeRules:
        """By which rules the recipe is resolved.

        Args:
            technique: The customization technique.
            wrong: What is wrong with props that the recipe may be told of.
        """

    def recipe_problems(
        self, _choice: RecipeChoice, _model: BaseModel, _technique: Technique
    ) -> list[Problem]:
        """What compute and recipe do not have in common."""
        return []

    def recipe_file(self, _recipe: ResolvedRecipe) -> str | None:
        """The text of the file that the recipe travels in; None when the request has it all."""
        return None

    def channels(self, _model: BaseModel, _recipe_uri: str | None) -> list[Sourced]:
        """The channels that the trainer itself adds; its recipe's file is at a URI in S3."""
        return []

    @abstractmethod
    def members(self, model: BaseModel, technique: Technique) -> dict[str, object]:
        """The members of the request that jobs of this kind have for themselves."""

    def default_compression(self) -> str | None:
        """The CompressionType of the output, unless it is turned off; None for none sent."""
        return None

    def keys(self) -> list[IKey]:
        """The keys that the compute names as constructs."""
        return []

    def dataset(self, _channel: str, places: Sequence[str] | None) -> Dataset | str:
        """Which data of listed places an execution may give for a channel; a text for why none."""
        return Dataset(places=places)
