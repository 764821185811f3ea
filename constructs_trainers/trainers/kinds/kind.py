"""A kind of compute: what it takes of a trainer's props, and what it adds to recipe and job."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_kms import IKey

    from constructs_trainers.errors import Problem
    from constructs_trainers.jobs.request.sourced import Sourced
    from constructs_trainers.recipes.choice import RecipeChoice, RecipeRules
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.trainers.kinds.base_model import BaseModel
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.workflows.allowed_input import Dataset


class ComputeKind(ABC):
    """What is different from one kind of compute to the next. Nobody else asks which it is.

    Attributes:
        registers_evaluator: Whether a reward function is registered as an evaluator; without, the
            recipe calls it by itself.
        registers_model: Whether the model is registered in a group also when none is given.
        recipe_is_fixed: Why an execution cannot give values of the recipe; None when it can.
        default_stopping_condition: What stands in the request without ``stopping_condition``.
    """

    registers_evaluator: ClassVar[bool]
    registers_model: ClassVar[bool]
    recipe_is_fixed: ClassVar[str | None]
    default_stopping_condition: ClassVar[Mapping[str, int]]

    @abstractmethod
    def prop_problems(self, props: TrainerProps) -> list[Problem]:
        """What is wrong with the props that only this kind takes, or does not take.

        Args:
            props: The trainer's props.
        """

    @abstractmethod
    def start_problems(self, props: TrainerProps) -> list[Problem]:
        """What a job cannot start from.

        Args:
            props: The trainer's props.
        """

    @abstractmethod
    def data_problems(self, props: TrainerProps) -> list[Problem]:
        """What is wrong with data sets and channels that are right in themselves.

        Args:
            props: The trainer's props.
        """

    @abstractmethod
    def recipe_rules(
        self, props: TrainerProps, technique: Technique, wrong: Sequence[Problem]
    ) -> RecipeRules:
        """By which rules the recipe is resolved.

        Args:
            props: The trainer's props.
            technique: The customization technique.
            wrong: What is wrong with props that the recipe may be told of.
        """

    @abstractmethod
    def recipe_problems(
        self,
        props: TrainerProps,
        choice: RecipeChoice,
        base_model: BaseModel,
        technique: Technique,
    ) -> list[Problem]:
        """What compute and recipe do not have in common.

        Args:
            props: The trainer's props.
            choice: The recipe.
            base_model: What the job takes from it.
            technique: The customization technique.
        """

    @abstractmethod
    def recipe_file(self, recipe: ResolvedRecipe) -> str | None:
        """The text of the file that the recipe travels in; None when it travels in the request.

        Args:
            recipe: The recipe.
        """

    @abstractmethod
    def channels(self, base_model: BaseModel, recipe_uri: str | None) -> list[Sourced]:
        """The channels that the trainer itself adds.

        Args:
            base_model: What the job takes from the recipe.
            recipe_uri: S3 URI of the recipe's file, if there is one.
        """

    @abstractmethod
    def members(
        self, props: TrainerProps, base_model: BaseModel, technique: str
    ) -> dict[str, object]:
        """The members of the request that jobs of this kind have for themselves.

        Args:
            props: The trainer's props.
            base_model: What the job takes from the recipe.
            technique: The name of the customization technique.
        """

    @abstractmethod
    def default_compression(self, props: TrainerProps) -> str | None:
        """The CompressionType of the output when the props do not turn it off; None for none sent.

        Args:
            props: The trainer's props.
        """

    @abstractmethod
    def keys(self) -> list[IKey]:
        """The keys that the compute names as constructs."""

    @abstractmethod
    def dataset(
        self, props: TrainerProps, channel: str, places: Sequence[str] | None
    ) -> Dataset | str:
        """Which data an execution may give for a channel; a text for why none.

        Args:
            props: The trainer's props.
            channel: ``train`` or ``validation``.
            places: The places that ``runtime_overrides`` lists; None for any.
        """
