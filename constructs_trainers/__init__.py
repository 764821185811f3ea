"""SageMaker fine-tuning trainers as AWS CDK constructs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_trainers.errors import (
        ConstructsTrainersError as ConstructsTrainersError,
    )
    from constructs_trainers.errors import LockError as LockError
    from constructs_trainers.errors import NoRecipeError as NoRecipeError
    from constructs_trainers.errors import Problem as Problem
    from constructs_trainers.errors import RecipeError as RecipeError
    from constructs_trainers.errors import RequestError as RequestError
    from constructs_trainers.errors import TrainerError as TrainerError
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe as ResolvedRecipe
    from constructs_trainers.trainers.base_trainer import BaseTrainer as BaseTrainer
    from constructs_trainers.trainers.networking import Networking as Networking
    from constructs_trainers.trainers.output_data_config import OutputDataConfig as OutputDataConfig
    from constructs_trainers.trainers.sft_trainer import SFTTrainer as SFTTrainer
    from constructs_trainers.trainers.stopping_condition import (
        StoppingCondition as StoppingCondition,
    )
    from constructs_trainers.trainers.training_type import TrainingType as TrainingType

# Names are imported when they are first used: the command line must start without the CDK.
_HOME = {
    "BaseTrainer": "trainers.base_trainer",
    "ConstructsTrainersError": "errors",
    "LockError": "errors",
    "Networking": "trainers.networking",
    "NoRecipeError": "errors",
    "OutputDataConfig": "trainers.output_data_config",
    "Problem": "errors",
    "RecipeError": "errors",
    "RequestError": "errors",
    "ResolvedRecipe": "recipes.resolved_recipe",
    "SFTTrainer": "trainers.sft_trainer",
    "StoppingCondition": "trainers.stopping_condition",
    "TrainerError": "errors",
    "TrainingType": "trainers.training_type",
}

__all__ = [
    "BaseTrainer",
    "ConstructsTrainersError",
    "LockError",
    "Networking",
    "NoRecipeError",
    "OutputDataConfig",
    "Problem",
    "RecipeError",
    "RequestError",
    "ResolvedRecipe",
    "SFTTrainer",
    "StoppingCondition",
    "TrainerError",
    "TrainingType",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
