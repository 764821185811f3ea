"""SageMaker fine-tuning trainers as AWS CDK constructs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_trainers.errors import (
        ConstructsTrainersError,
        LockError,
        NoRecipeError,
        Problem,
        RecipeError,
        RequestError,
        TrainerError,
    )
    from constructs_trainers.jobs.job_retry import JobRetry
    from constructs_trainers.jobs.stopping_condition import StoppingCondition
    from constructs_trainers.recipes.data_mixing import DataMixingConfig
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe
    from constructs_trainers.trainers.base_trainer import BaseTrainer
    from constructs_trainers.trainers.dpo_trainer import DPOTrainer
    from constructs_trainers.trainers.kinds.own_instances import (
        InstanceGroup,
        InstancePreference,
        TrainingJobCompute,
    )
    from constructs_trainers.trainers.pipelines.stages import Parallel, Stage, Sweep, SweepManifest
    from constructs_trainers.trainers.pipelines.training_pipeline import TrainingPipeline
    from constructs_trainers.trainers.pipelines.triggers import NewData
    from constructs_trainers.trainers.props.job_configs import (
        CheckpointConfig,
        CollectionConfiguration,
        DebugHookConfig,
        ExperimentConfig,
        InfraCheckConfig,
        ProfilerConfig,
        RemoteDebugConfig,
        RetryStrategy,
        RuleConfiguration,
        SessionChainingConfig,
        TensorBoardOutputConfig,
    )
    from constructs_trainers.trainers.props.networking import Networking
    from constructs_trainers.trainers.props.notifications import Notifications
    from constructs_trainers.trainers.props.output_data_config import OutputDataConfig
    from constructs_trainers.trainers.props.runtime_overrides import RuntimeOverrides
    from constructs_trainers.trainers.props.trainer_props import TrainerArguments, TrainingType
    from constructs_trainers.trainers.props.training_data import (
        Channel,
        DatasetSource,
        FileSystemDataSource,
        HubAccessConfig,
        ModelAccessConfig,
        S3DataSource,
    )
    from constructs_trainers.trainers.rlaif_trainer import RLAIFTrainer
    from constructs_trainers.trainers.rlvr_trainer import RLVRTrainer
    from constructs_trainers.trainers.runs.latest_training_job import LatestTrainingJob
    from constructs_trainers.trainers.runs.train_state import TrainState
    from constructs_trainers.trainers.sft_trainer import SFTTrainer
    from constructs_trainers.values.expressions import Expression
    from constructs_trainers.workflows.training_failure import TrainingFailure, training_failure

# Names are imported when they are first used: the command line must start without the CDK.
_NAMES = {
    "errors": (
        "ConstructsTrainersError",
        "LockError",
        "NoRecipeError",
        "Problem",
        "RecipeError",
        "RequestError",
        "TrainerError",
    ),
    "jobs.job_retry": ("JobRetry",),
    "jobs.stopping_condition": ("StoppingCondition",),
    "recipes.data_mixing": ("DataMixingConfig",),
    "recipes.resolved_recipe": ("ResolvedRecipe",),
    "trainers.base_trainer": ("BaseTrainer",),
    "trainers.dpo_trainer": ("DPOTrainer",),
    "trainers.kinds.own_instances": ("InstanceGroup", "InstancePreference", "TrainingJobCompute"),
    "trainers.pipelines.stages": ("Parallel", "Stage", "Sweep", "SweepManifest"),
    "trainers.pipelines.training_pipeline": ("TrainingPipeline",),
    "trainers.pipelines.triggers": ("NewData",),
    "trainers.props.job_configs": (
        "CheckpointConfig",
        "CollectionConfiguration",
        "DebugHookConfig",
        "ExperimentConfig",
        "InfraCheckConfig",
        "ProfilerConfig",
        "RemoteDebugConfig",
        "RetryStrategy",
        "RuleConfiguration",
        "SessionChainingConfig",
        "TensorBoardOutputConfig",
    ),
    "trainers.props.networking": ("Networking",),
    "trainers.props.notifications": ("Notifications",),
    "trainers.props.output_data_config": ("OutputDataConfig",),
    "trainers.props.runtime_overrides": ("RuntimeOverrides",),
    "trainers.props.trainer_props": ("TrainerArguments", "TrainingType"),
    "trainers.props.training_data": (
        "Channel",
        "DatasetSource",
        "FileSystemDataSource",
        "HubAccessConfig",
        "ModelAccessConfig",
        "S3DataSource",
    ),
    "trainers.rlaif_trainer": ("RLAIFTrainer",),
    "trainers.rlvr_trainer": ("RLVRTrainer",),
    "trainers.runs.latest_training_job": ("LatestTrainingJob",),
    "trainers.runs.train_state": ("TrainState",),
    "trainers.sft_trainer": ("SFTTrainer",),
    "values.expressions": ("Expression",),
    "workflows.training_failure": ("TrainingFailure", "training_failure"),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "BaseTrainer",
    "Channel",
    "CheckpointConfig",
    "CollectionConfiguration",
    "ConstructsTrainersError",
    "DPOTrainer",
    "DataMixingConfig",
    "DatasetSource",
    "DebugHookConfig",
    "ExperimentConfig",
    "Expression",
    "FileSystemDataSource",
    "HubAccessConfig",
    "InfraCheckConfig",
    "InstanceGroup",
    "InstancePreference",
    "JobRetry",
    "LatestTrainingJob",
    "LockError",
    "ModelAccessConfig",
    "Networking",
    "NewData",
    "NoRecipeError",
    "Notifications",
    "OutputDataConfig",
    "Parallel",
    "Problem",
    "ProfilerConfig",
    "RLAIFTrainer",
    "RLVRTrainer",
    "RecipeError",
    "RemoteDebugConfig",
    "RequestError",
    "ResolvedRecipe",
    "RetryStrategy",
    "RuleConfiguration",
    "RuntimeOverrides",
    "S3DataSource",
    "SFTTrainer",
    "SessionChainingConfig",
    "Stage",
    "StoppingCondition",
    "Sweep",
    "SweepManifest",
    "TensorBoardOutputConfig",
    "TrainState",
    "TrainerArguments",
    "TrainerError",
    "TrainingFailure",
    "TrainingJobCompute",
    "TrainingPipeline",
    "TrainingType",
    "training_failure",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
