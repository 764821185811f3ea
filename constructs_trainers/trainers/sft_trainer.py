"""Supervised fine-tuning, with Nova's data mixing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from constructs_trainers.errors import Problem, RecipeError
from constructs_trainers.recipes.data_mixing import (
    data_mixing_hyperparameters,
    data_mixing_problems,
    data_mixing_recipe,
)
from constructs_trainers.recipes.resolve import Contribution
from constructs_trainers.trainers.base_trainer import BaseTrainer
from constructs_trainers.trainers.recipe_props import number_token_as_text
from constructs_trainers.trainers.technique import Technique

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.recipes.data_mixing import DataMixingConfig
    from constructs_trainers.recipes.locked_models import LockedModel
    from constructs_trainers.recipes.spec import OverrideSpec
    from constructs_trainers.trainers.props.trainer_props import TrainerArguments, TrainerProps
    from constructs_trainers.values.arns import Environment


_PROP = "data_mixing_config"


@dataclass(frozen=True, kw_only=True)
class Supervised(Technique):
    """SFT, with Nova's data mixing."""

    name: str = "SFT"
    data_mixing_config: DataMixingConfig | None = None

    def own_instances_problems(self) -> list[Problem]:
        """A mix, which the recipe decides there."""
        if self.data_mixing_config is None:
            return []
        message = "is for serverless jobs: on own instances the recipe decides"
        return [Problem(path=_PROP, message=message, fix="leave it or compute out")]

    def contribution(
        self, model: LockedModel, spec: OverrideSpec, props: TrainerProps, place: Environment
    ) -> Contribution:
        """The percentages, as hyperparameters beside those of the recipe."""
        del spec, place
        mixing = self.data_mixing_config
        if mixing is None:
            return Contribution()
        training_type, is_multimodal = props.training_type_name, props.is_multimodal
        found = data_mixing_problems(
            mixing,
            model,
            technique=self.name,
            training_type=training_type,
            is_multimodal=is_multimodal,
        )
        if found:
            raise RecipeError(_PROP, found)
        recipe = data_mixing_recipe(
            model,
            technique=self.name,
            training_type=training_type,
            is_multimodal=is_multimodal,
        )
        return Contribution(
            hyperparameters=data_mixing_hyperparameters(
                mixing, recipe, number_token_as_text=number_token_as_text
            )
        )


class SFTTrainer(BaseTrainer):
    """Supervised fine-tuning (SFT) on prompts and their answers.

    Takes the props of :class:`BaseTrainer` and those below. The job is serverless, or runs on own
    instances with ``compute``.

    Example::

        SFTTrainer(
            self,
            "Sft",
            model="meta-textgeneration-llama-3-2-1b-instruct",
            recipe="recipes/sft.yaml",
            training_dataset="s3://amzn-s3-demo-bucket/train.jsonl",
            accept_eula=True,
        )

    Args:
        data_mixing_config: How much of Nova's own training data is mixed in; serverless jobs of
            Amazon Nova. Default: none.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        data_mixing_config: DataMixingConfig | None = None,
        **props: Unpack[TrainerArguments],
    ) -> None:
        super().__init__(scope, id, Supervised(data_mixing_config=data_mixing_config), **props)
