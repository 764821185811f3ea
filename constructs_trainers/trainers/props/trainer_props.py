"""The props that all trainers have."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Required, TypedDict

from constructs_trainers.errors import did_you_mean
from constructs_trainers.jobs.request.tags import normalise_tags
from constructs_trainers.trainers.props.machine_settings import MachineSettings
from constructs_trainers.trainers.props.model_source import model_source
from constructs_trainers.trainers.props.notifications import Notifications
from constructs_trainers.trainers.props.output_data_config import OutputDataConfig
from constructs_trainers.trainers.props.types import type_problems, with_stand_ins

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_iam import IRole
    from aws_cdk.aws_kms import IKey
    from aws_cdk.aws_logs import RetentionDays
    from aws_cdk.aws_sagemaker import CfnModelPackage, CfnModelPackageGroup
    from aws_cdk.aws_sqs import IQueue
    from aws_cdk.aws_stepfunctions import IntegrationPattern, LogLevel

    from constructs_trainers.errors import Problem
    from constructs_trainers.jobs.job_retry import JobRetry
    from constructs_trainers.jobs.stopping_condition import StoppingCondition
    from constructs_trainers.trainers.props.job_configs import (
        CheckpointConfig,
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


class Compute(ABC):
    """The group of a kind of compute; without any, a job is serverless."""

    @abstractmethod
    def kind(self, props: TrainerProps) -> object:
        """The kind of compute, a ``ComputeKind``, which answers for all that is different."""


class TrainerArguments(TypedDict, total=False):
    """The keyword arguments that all trainers take.

    A string below a key says what it means. Editors show it, and so does ``help`` of a trainer.
    """

    model: Required[str | CfnModelPackage | SourceTrainer]
    """The hub's name of the base model (hub content name, or an alias such as
    ``amazon.nova-lite-v1``). Or, to go on training: a model package (its ARN, or a
    ``CfnModelPackage``), the S3 URI of a checkpoint (own instances), or another trainer, whose
    ``OutputModelPackageArn`` each execution then gives as ``SourceModelPackageArn``. Required.
    """
    training_type: TrainingType | str
    """How much of the model is trained: adapters beside it (LoRA), or all weights. Default: LoRA.
    """
    model_package_group: str | CfnModelPackageGroup | None
    """Name, ARN or construct of the group that the model is registered in; a whole CDK token is
    taken as an ARN. Default: the group of the model package or trainer that ``model`` names, else a
    new group; on own instances none.
    """
    compute: Compute | None
    """Instances of one's own. Default: a serverless job."""
    mlflow_resource_arn: str | None
    """ARN of an MLflow tracking server or app. Default: no tracking. (The SDK looks for an app in
    the account.)
    """
    mlflow_experiment_name: str | None
    """The MLflow experiment that the job's run belongs to. Default: chosen by the service; on own
    instances, ``base_job_name``, else model and technique.
    """
    mlflow_run_name: str | None
    """The name of the job's MLflow run. Default: chosen by the service; on own instances,
    ``base_job_name``, else model and technique.
    """
    training_dataset: DataSource | None
    """Channel ``train``: S3 URI, ARN of a hub DataSet, or a source such as ``S3DataSource``.
    Default: that channel of ``input_data_config``, which must then have it.
    """
    validation_dataset: DataSource | None
    """Channel ``validation``: S3 URI, ARN of a hub DataSet, or a source such as ``S3DataSource``.
    Default: none.
    """
    input_data_config: Sequence[Channel] | None
    """Further channels, or ``train`` and ``validation`` with all their members. Default: none."""
    s3_output_path: str | None
    """Where the job writes, as S3 URI. Exclusive with ``output_data_config``. Default:
    ``output/`` in one bucket a stack.
    """
    kms_key_id: str | None
    """Id, ARN or alias of the key that the output is encrypted with. Exclusive with
    ``output_data_config``. Default: the bucket's own encryption.
    """
    output_data_config: OutputDataConfig | None
    """Where the job writes, with all members. Default: ``output/`` in one bucket a stack."""
    disable_output_compression: bool | None
    """Whether the output is left uncompressed. Default: no."""
    networking: Networking | None
    """VPC of the job; on own instances also isolation and encryption between containers. Default:
    none.
    """
    accept_eula: bool | None
    """Whether the licence of a gated model is accepted. Default: no."""
    stopping_condition: StoppingCondition | None
    """How long the job may run, and wait. Default: one day of training."""
    sequence_length: str | None
    """Chooses among recipes of different lengths, such as ``4K``. Default: the first recipe that
    the hub lists; on own instances the first that runs on them.
    """
    recipe_name: str | None
    """The hub's name of the recipe, where the model has several; own instances. Default: the first
    recipe that technique, training type, length and instances leave.
    """
    recipe: str | os.PathLike[str] | None
    """Path of a YAML file with values for full paths of the recipe. Default: none."""
    overrides: Mapping[str, object] | None
    """Nested values; leaves are named by full path, spec name or leaf name. Null unsets a value
    that is not required. Default: none.
    """
    hyperparameters: Mapping[str, object] | None
    """Values by spec name, leaf name or full path. Default: none."""
    recipe_lock: str | os.PathLike[str] | None
    """Path of the lock file. Default: context key ``constructs-trainers:recipeLock``, else
    ``recipes.lock.json`` beside ``cdk.json``.
    """
    is_multimodal: bool | None
    """Whether the data has images. Chooses the recipe of data mixing; without it it has no effect.
    Default: text only. (The SDK reads the whole data set to find out.)
    """
    role: IRole | str | None
    """The job's role: a construct, or the ARN of one, which is used as it is. Default: a new role
    that may do what this job needs.
    """
    base_job_name: str | None
    """What job names begin with; lower-cased, cut to 47 characters. Default: model and technique,
    cut to 38 characters, and eight digits that no other trainer of the account has.
    """
    base_model_name: str | None
    """The hub's name of the base model when ``model`` is a model package or a checkpoint. Default:
    what ``model`` itself names.
    """
    tags: Mapping[str, str] | Sequence[Mapping[str, str]] | None
    """Tags of the job, 47 at most (46 with ``integration_pattern``): a mapping, or a list of Key
    and Value. Tags of ``Tags.of(scope)`` reach the job too. Default: none.
    """
    notifications: Notifications | Mapping[str, object] | None
    """Who is told how jobs end. Default: nobody."""
    retry: JobRetry | None
    """When a job that failed by SageMaker's fault is run again. Default: up to three jobs an
    execution, the second after five minutes.
    """
    runtime_overrides: RuntimeOverrides | None
    """What an execution's input may hold. Default: whatever the job can follow, with nothing
    granted.
    """
    integration_pattern: IntegrationPattern | None
    """``aws_stepfunctions.IntegrationPattern.RUN_JOB``: Step Functions itself waits for the job
    (``createTrainingJob.sync``); own instances. Default: the machine looks at the job, as often as
    the longest one lets it.
    """
    log_retention: RetentionDays | None
    """How long the log of the state machine is kept. Default: three months, as long as Step
    Functions keeps an execution's history.
    """
    log_encryption_key: IKey | None
    """What that log is encrypted with; the key's policy is completed when the key belongs to the
    app. Default: CloudWatch's own key.
    """
    log_level: LogLevel | None
    """Which events of an execution are logged: ``aws_stepfunctions.LogLevel``. Default: all."""
    tracing_enabled: bool | None
    """Whether X-Ray traces executions. Default: yes."""
    machine_encryption_key: IKey | None
    """What the machine's definition and the history of its executions are encrypted with; whoever
    reads executions needs ``kms:Decrypt`` of it. Default: Step Functions' own key.
    """
    stop_rule_dead_letter_queue: IQueue | None
    """Where an event goes that could not start the stack's stopper, which stops the jobs of an
    execution that was aborted: a standard queue. Default: nowhere, after a day of tries.
    """
    environment: Mapping[str, str] | None
    """Environment variables of the containers; own instances. Default: none."""
    training_image: str | None
    """The container image; own instances. Default: the recipe's image in the stack's region, from
    the lock.
    """
    checkpoint_config: CheckpointConfig | None
    """Where checkpoints are kept; own instances. Default: nowhere."""
    retry_strategy: RetryStrategy | None
    """SageMaker's own retries after internal errors; own instances. Default: none."""
    infra_check_config: InfraCheckConfig | None
    """Whether instances are checked first; own instances. Default: the service's."""
    remote_debug_config: RemoteDebugConfig | None
    """Whether one may connect to the containers; own instances. Default: off."""
    session_chaining_config: SessionChainingConfig | None
    """Whether session tags reach the job's role; own instances. Default: off."""
    debug_hook_config: DebugHookConfig | None
    """What SageMaker Debugger keeps of the job; own instances. Default: off."""
    debug_rule_configurations: Sequence[RuleConfiguration] | None
    """Rules of SageMaker Debugger; own instances. Default: none."""
    tensor_board_output_config: TensorBoardOutputConfig | None
    """Where TensorBoard logs are kept; own instances. Default: off."""
    profiler_config: ProfilerConfig | None
    """What SageMaker Profiler measures; own instances. Default: off."""
    profiler_rule_configurations: Sequence[RuleConfiguration] | None
    """Rules of SageMaker Profiler; own instances. Default: none."""
    experiment_config: ExperimentConfig | None
    """The SageMaker Experiments that the job is filed under; own instances. Default: none."""


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
    recipe_name: str | None = None
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
    log_retention: RetentionDays | None = None
    log_encryption_key: IKey | None = None
    log_level: LogLevel | None = None
    tracing_enabled: bool | None = True
    machine_encryption_key: IKey | None = None
    stop_rule_dead_letter_queue: IQueue | None = None
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
    def machine_settings(self) -> MachineSettings:
        """How the state machine logs, and what it is encrypted with."""
        names = [field.name for field in fields(MachineSettings)]
        return MachineSettings(**{name: getattr(self, name) for name in names})

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
_GONE = {
    "sagemaker_session": "delete it: the stack's environment takes its place",
    "wait": "delete it: an execution waits for its job; in a workflow, trainer.train(wait=...)",
    "logs": "delete it: an execution's output has LogsUrl; in a workflow, trainer.train(logs=...)",
}


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
    # jobs.request.tags reads tags, in any of the spellings that the SDK takes.
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
