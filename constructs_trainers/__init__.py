"""SageMaker fine-tuning trainers as AWS CDK constructs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_trainers.errors import ConstructsTrainersError as ConstructsTrainersError
    from constructs_trainers.errors import LockError as LockError
    from constructs_trainers.errors import NoRecipeError as NoRecipeError
    from constructs_trainers.errors import Problem as Problem
    from constructs_trainers.errors import RecipeError as RecipeError
    from constructs_trainers.errors import RequestError as RequestError
    from constructs_trainers.errors import TrainerError as TrainerError
    from constructs_trainers.jobs.job_retry import JobRetry as JobRetry
    from constructs_trainers.recipes.data_mixing import DataMixingConfig as DataMixingConfig
    from constructs_trainers.recipes.resolved_recipe import ResolvedRecipe as ResolvedRecipe
    from constructs_trainers.trainers.base_trainer import BaseTrainer as BaseTrainer
    from constructs_trainers.trainers.dpo_trainer import DPOTrainer as DPOTrainer
    from constructs_trainers.trainers.kinds.own_instances import InstanceGroup as InstanceGroup
    from constructs_trainers.trainers.kinds.own_instances import (
        InstancePreference as InstancePreference,
    )
    from constructs_trainers.trainers.kinds.own_instances import (
        TrainingJobCompute as TrainingJobCompute,
    )
    from constructs_trainers.trainers.pipelines.stages import Parallel as Parallel
    from constructs_trainers.trainers.pipelines.stages import Stage as Stage
    from constructs_trainers.trainers.pipelines.stages import Sweep as Sweep
    from constructs_trainers.trainers.pipelines.stages import SweepManifest as SweepManifest
    from constructs_trainers.trainers.pipelines.training_pipeline import (
        TrainingPipeline as TrainingPipeline,
    )
    from constructs_trainers.trainers.pipelines.triggers import NewData as NewData
    from constructs_trainers.trainers.props.job_settings import CheckpointConfig as CheckpointConfig
    from constructs_trainers.trainers.props.job_settings import (
        CollectionConfiguration as CollectionConfiguration,
    )
    from constructs_trainers.trainers.props.job_settings import DebugHookConfig as DebugHookConfig
    from constructs_trainers.trainers.props.job_settings import ExperimentConfig as ExperimentConfig
    from constructs_trainers.trainers.props.job_settings import InfraCheckConfig as InfraCheckConfig
    from constructs_trainers.trainers.props.job_settings import ProfilerConfig as ProfilerConfig
    from constructs_trainers.trainers.props.job_settings import (
        RemoteDebugConfig as RemoteDebugConfig,
    )
    from constructs_trainers.trainers.props.job_settings import RetryStrategy as RetryStrategy
    from constructs_trainers.trainers.props.job_settings import (
        RuleConfiguration as RuleConfiguration,
    )
    from constructs_trainers.trainers.props.job_settings import (
        SessionChainingConfig as SessionChainingConfig,
    )
    from constructs_trainers.trainers.props.job_settings import (
        StoppingCondition as StoppingCondition,
    )
    from constructs_trainers.trainers.props.job_settings import (
        TensorBoardOutputConfig as TensorBoardOutputConfig,
    )
    from constructs_trainers.trainers.props.networking import Networking as Networking
    from constructs_trainers.trainers.props.notifications import Notifications as Notifications
    from constructs_trainers.trainers.props.output_data_config import (
        OutputDataConfig as OutputDataConfig,
    )
    from constructs_trainers.trainers.props.runtime_overrides import (
        RuntimeOverrides as RuntimeOverrides,
    )
    from constructs_trainers.trainers.props.trainer_props import (
        TrainerArguments as TrainerArguments,
    )
    from constructs_trainers.trainers.props.trainer_props import TrainingType as TrainingType
    from constructs_trainers.trainers.props.training_data import Channel as Channel
    from constructs_trainers.trainers.props.training_data import DatasetSource as DatasetSource
    from constructs_trainers.trainers.props.training_data import (
        FileSystemDataSource as FileSystemDataSource,
    )
    from constructs_trainers.trainers.props.training_data import HubAccessConfig as HubAccessConfig
    from constructs_trainers.trainers.props.training_data import (
        ModelAccessConfig as ModelAccessConfig,
    )
    from constructs_trainers.trainers.props.training_data import S3DataSource as S3DataSource
    from constructs_trainers.trainers.rlaif_trainer import RLAIFTrainer as RLAIFTrainer
    from constructs_trainers.trainers.rlvr_trainer import RLVRTrainer as RLVRTrainer
    from constructs_trainers.trainers.runs.latest_training_job import (
        LatestTrainingJob as LatestTrainingJob,
    )
    from constructs_trainers.trainers.runs.train_state import TrainState as TrainState
    from constructs_trainers.trainers.sft_trainer import SFTTrainer as SFTTrainer
    from constructs_trainers.values.expressions import Expression as Expression
    from constructs_trainers.workflows.training_failure import TrainingFailure as TrainingFailure
    from constructs_trainers.workflows.training_failure import training_failure as training_failure

# Names are imported when they are first used: the command line must start without the CDK.
_HOME = {
    "BaseTrainer": "trainers.base_trainer",
    "Channel": "trainers.props.training_data",
    "CheckpointConfig": "trainers.props.job_settings",
    "CollectionConfiguration": "trainers.props.job_settings",
    "ConstructsTrainersError": "errors",
    "DPOTrainer": "trainers.dpo_trainer",
    "DataMixingConfig": "recipes.data_mixing",
    "DatasetSource": "trainers.props.training_data",
    "DebugHookConfig": "trainers.props.job_settings",
    "ExperimentConfig": "trainers.props.job_settings",
    "Expression": "values.expressions",
    "FileSystemDataSource": "trainers.props.training_data",
    "HubAccessConfig": "trainers.props.training_data",
    "InfraCheckConfig": "trainers.props.job_settings",
    "InstanceGroup": "trainers.kinds.own_instances",
    "InstancePreference": "trainers.kinds.own_instances",
    "JobRetry": "jobs.job_retry",
    "LatestTrainingJob": "trainers.runs.latest_training_job",
    "LockError": "errors",
    "ModelAccessConfig": "trainers.props.training_data",
    "Networking": "trainers.props.networking",
    "NewData": "trainers.pipelines.triggers",
    "NoRecipeError": "errors",
    "Notifications": "trainers.props.notifications",
    "OutputDataConfig": "trainers.props.output_data_config",
    "Parallel": "trainers.pipelines.stages",
    "Problem": "errors",
    "ProfilerConfig": "trainers.props.job_settings",
    "RLAIFTrainer": "trainers.rlaif_trainer",
    "RLVRTrainer": "trainers.rlvr_trainer",
    "RecipeError": "errors",
    "RemoteDebugConfig": "trainers.props.job_settings",
    "RequestError": "errors",
    "ResolvedRecipe": "recipes.resolved_recipe",
    "RetryStrategy": "trainers.props.job_settings",
    "RuleConfiguration": "trainers.props.job_settings",
    "RuntimeOverrides": "trainers.props.runtime_overrides",
    "S3DataSource": "trainers.props.training_data",
    "SFTTrainer": "trainers.sft_trainer",
    "SessionChainingConfig": "trainers.props.job_settings",
    "Stage": "trainers.pipelines.stages",
    "StoppingCondition": "trainers.props.job_settings",
    "Sweep": "trainers.pipelines.stages",
    "SweepManifest": "trainers.pipelines.stages",
    "TensorBoardOutputConfig": "trainers.props.job_settings",
    "TrainState": "trainers.runs.train_state",
    "TrainerArguments": "trainers.props.trainer_props",
    "TrainerError": "errors",
    "TrainingFailure": "workflows.training_failure",
    "TrainingJobCompute": "trainers.kinds.own_instances",
    "TrainingPipeline": "trainers.pipelines.training_pipeline",
    "TrainingType": "trainers.props.trainer_props",
    "training_failure": "workflows.training_failure",
}

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
