"""The props that all trainers have."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Required, TypedDict

from constructs_trainers.errors import did_you_mean
from constructs_trainers.jobs.request.tags import normalise_tags
from constructs_trainers.trainers.props.model_source import model_source
from constructs_trainers.trainers.props.notifications import Notifications
from constructs_trainers.trainers.props.output_data_config import OutputDataConfig
from constructs_trainers.trainers.props.types import type_problems, with_stand_ins

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_iam import IRole
    from aws_cdk.aws_sagemaker import CfnModelPackage, CfnModelPackageGroup
    from aws_cdk.aws_stepfunctions import IntegrationPattern

    from constructs_trainers.errors import Problem
    from constructs_trainers.jobs.job_retry import JobRetry
    from constructs_trainers.trainers.props.compute import Compute
    from constructs_trainers.trainers.props.job_settings import (
        CheckpointConfig,
        DebugHookConfig,
        ExperimentConfig,
        InfraCheckConfig,
        ProfilerConfig,
        RemoteDebugConfig,
        RetryStrategy,
        RuleConfiguration,
        SessionChainingConfig,
        StoppingCondition,
        TensorBoardOutputConfig,
    )
    from constructs_trainers.trainers.props.model_source import ModelSource, SourceTrainer
    from constructs_trainers.trainers.props.networking import Networking
    from constructs_trainers.trainers.props.runtime_overrides import RuntimeOverrides
    from constructs_trainers.trainers.props.training_data import Channel, DataSource


class TrainingType(Enum):
    """How much of the model is trained; the SageMaker Python SDK's enum of the same name."""

    LORA = "LORA"
    """Low-rank adapters beside the frozen model. Sends ``Peft: LORA``."""

    FULL = "FULL"
    """All weights. Sends no ``Peft``."""


class TrainerArguments(TypedDict, total=False):
    """The keyword arguments that all trainers take; :class:`BaseTrainer` says what each means."""

    model: Required[str | CfnModelPackage | SourceTrainer]
    training_type: TrainingType | str
    model_package_group: str | CfnModelPackageGroup | None
    compute: Compute | None
    mlflow_resource_arn: str | None
    mlflow_experiment_name: str | None
    mlflow_run_name: str | None
    training_dataset: DataSource | None
    validation_dataset: DataSource | None
    input_data_config: Sequence[Channel] | None
    s3_output_path: str | None
    kms_key_id: str | None
    output_data_config: OutputDataConfig | None
    disable_output_compression: bool | None
    networking: Networking | None
    accept_eula: bool | None
    stopping_condition: StoppingCondition | None
    sequence_length: str | None
    recipe: str | os.PathLike[str] | None
    overrides: Mapping[str, object] | None
    hyperparameters: Mapping[str, object] | None
    recipe_lock: str | os.PathLike[str] | None
    is_multimodal: bool | None
    role: IRole | str | None
    base_job_name: str | None
    base_model_name: str | None
    tags: Mapping[str, str] | Sequence[Mapping[str, str]] | None
    notifications: Notifications | Mapping[str, object] | None
    retry: JobRetry | None
    runtime_overrides: RuntimeOverrides | None
    integration_pattern: IntegrationPattern | None
    environment: Mapping[str, str] | None
    training_image: str | None
    checkpoint_config: CheckpointConfig | None
    retry_strategy: RetryStrategy | None
    infra_check_config: InfraCheckConfig | None
    remote_debug_config: RemoteDebugConfig | None
    session_chaining_config: SessionChainingConfig | None
    debug_hook_config: DebugHookConfig | None
    debug_rule_configurations: Sequence[RuleConfiguration] | None
    tensor_board_output_config: TensorBoardOutputConfig | None
    profiler_config: ProfilerConfig | None
    profiler_rule_configurations: Sequence[RuleConfiguration] | None
    experiment_config: ExperimentConfig | None


@dataclass(frozen=True, kw_only=True)
class TrainerProps:
    """The props as the user gave them, with their defaults."""

    model: str | CfnModelPackage | SourceTrainer
    training_type: TrainingType | str = TrainingType.LORA
    model_package_group: str | CfnModelPackageGroup | None = None
    compute: Compute | None = None
    mlflow_resource_arn: str | None = None
    mlflow_experiment_name: str | None = None
    mlflow_run_name: str | None = None
    training_dataset: DataSource | None = None
    validation_dataset: DataSource | None = None
    input_data_config: Sequence[Channel] | None = None
    s3_output_path: str | None = None
    kms_key_id: str | None = None
    output_data_config: OutputDataConfig | None = None
    disable_output_compression: bool | None = False
    networking: Networking | None = None
    accept_eula: bool | None = False
    stopping_condition: StoppingCondition | None = None
    sequence_length: str | None = None
    recipe: str | os.PathLike[str] | None = None
    overrides: Mapping[str, object] | None = None
    hyperparameters: Mapping[str, object] | None = None
    recipe_lock: str | os.PathLike[str] | None = None
    is_multimodal: bool | None = None
    role: IRole | str | None = None
    base_job_name: str | None = None
    base_model_name: str | None = None
    tags: Mapping[str, str] | Sequence[Mapping[str, str]] | None = None
    notifications: Notifications | Mapping[str, object] | None = None
    retry: JobRetry | None = None
    runtime_overrides: RuntimeOverrides | None = None
    integration_pattern: IntegrationPattern | None = None
    environment: Mapping[str, str] | None = None
    training_image: str | None = None
    checkpoint_config: CheckpointConfig | None = None
    retry_strategy: RetryStrategy | None = None
    infra_check_config: InfraCheckConfig | None = None
    remote_debug_config: RemoteDebugConfig | None = None
    session_chaining_config: SessionChainingConfig | None = None
    debug_hook_config: DebugHookConfig | None = None
    debug_rule_configurations: Sequence[RuleConfiguration] | None = None
    tensor_board_output_config: TensorBoardOutputConfig | None = None
    profiler_config: ProfilerConfig | None = None
    profiler_rule_configurations: Sequence[RuleConfiguration] | None = None
    experiment_config: ExperimentConfig | None = None

    @property
    def training_type_name(self) -> str:
        """``LORA`` or ``FULL``, if the prop is valid."""
        given = self.training_type
        return given.value if isinstance(given, TrainingType) else given

    @property
    def runs_job(self) -> bool:
        """Whether Step Functions itself waits for the job (``.sync``)."""
        return getattr(self.integration_pattern, "name", None) == "RUN_JOB"

    @cached_property
    def user_tags(self) -> list[dict[str, str]]:
        """The tags as the API has them."""
        return normalise_tags(self.tags)[0]

    @cached_property
    def source(self) -> ModelSource:
        """The model that training starts from; for a ``model`` that is valid."""
        return model_source(self.model, self.base_model_name)

    @cached_property
    def told(self) -> Notifications | None:
        """Who is told how jobs end."""
        return self.notifications if isinstance(self.notifications, Notifications) else None

    @cached_property
    def output(self) -> OutputDataConfig:
        """Where the job writes, however it was given."""
        if self.output_data_config is not None:
            return self.output_data_config
        return OutputDataConfig(s3_output_path=self.s3_output_path, kms_key_id=self.kms_key_id)


# Props of the SDK whose work something else does here.
_GONE = {"sagemaker_session": "delete it: the stack's environment takes its place"}


def read_props(trainer: type, arguments: Mapping[str, Any]) -> tuple[TrainerProps, list[Problem]]:
    """The props of a trainer from its keyword arguments.

    Args:
        trainer: The trainer's class.
        arguments: The keyword arguments that are not its own.

    Returns:
        The props, with stand-ins for what is of a wrong type, and what is wrong with that.

    Raises:
        TypeError: A prop is unknown, or ``model`` is missing, as Python has it for arguments.
    """
    known = [field.name for field in fields(TrainerProps)]
    for name in arguments:
        if name not in known:
            near = _GONE.get(name) or did_you_mean(name, [*known, *_own_props(trainer)])
            message = f"{trainer.__name__}: unknown prop '{name}'" + (f"; {near}" if near else "")
            raise TypeError(message)
    if "model" not in arguments:
        raise TypeError(f"{trainer.__name__}: the prop 'model' is missing")
    return _typed(TrainerProps(**arguments))


def _typed(given: TrainerProps) -> tuple[TrainerProps, list[Problem]]:
    """Props whose types every later reader may trust."""
    notifications: Notifications | None = None
    problems: list[Problem] = []
    if given.notifications:
        notifications, problems = Notifications.from_value(given.notifications)
    # jobs.tags reads tags, in any of the spellings that the SDK takes.
    known = replace(given, notifications=notifications, tags=None)
    wrong = type_problems(known)
    if wrong:
        known = with_stand_ins(known)
    return replace(known, tags=given.tags), [*problems, *wrong]


def _own_props(trainer: type) -> list[str]:
    """The props that a trainer has beside those of all trainers."""
    # Not of the class itself: jsii's metaclass hides what its constructor takes.
    constructor = trainer.__init__  # type: ignore[misc]
    parameters = inspect.signature(constructor).parameters.values()
    return [item.name for item in parameters if item.kind is inspect.Parameter.KEYWORD_ONLY]
