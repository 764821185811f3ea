"""The configurations of CreateTrainingJob that only jobs on own instances take.

Each group is the API's structure of that name (``CheckpointConfig``, ``ProfilerConfig``), its
fields the API's members in snake case. All are off unless they are given. The instances themselves
are ``TrainingJobCompute``, in ``trainers/kinds/own_instances.py``. A new one is a prop in
``trainer_props.py`` too; what it needs of a role stands in ``jobs/permissions``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_trainers.trainers.props.api_form import api_members
from constructs_trainers.trainers.props.s3_location import s3_location_problems, s3_uri_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_s3 import IBucket

    from constructs_trainers.errors import Problem


@dataclass(frozen=True, kw_only=True)
class CheckpointConfig:
    """Where checkpoints are kept, so that a spot job can go on from them.

    Attributes:
        s3_uri: An S3 URI. Exclusive with ``bucket``.
        bucket: A bucket, with ``prefix`` below it.
        prefix: The key prefix in ``bucket``. Default: none.
        local_path: The folder in the container. Default: ``/opt/ml/checkpoints``, the service's.
    """

    s3_uri: str | None = None
    bucket: IBucket | None = None
    prefix: str | None = None
    local_path: str | None = None

    def to_api(self, path: str) -> dict[str, object]:
        """The structure of the request.

        Args:
            path: The prop that holds the group.
        """
        uri = s3_uri_of(self.s3_uri, self.bucket, self.prefix)
        return api_members(replace(self, s3_uri=uri), path, leave_out=("bucket", "prefix"))

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with its members, but for what the API's model knows."""
        return s3_location_problems(path, "s3_uri", self.s3_uri, self.bucket, self.prefix)


@dataclass(frozen=True, kw_only=True)
class RetryStrategy:
    """How often SageMaker itself tries again after an internal error.

    Attributes:
        maximum_retry_attempts: 1 to 30.
    """

    maximum_retry_attempts: int


@dataclass(frozen=True, kw_only=True)
class InfraCheckConfig:
    """Whether instances are checked before the job starts.

    Attributes:
        enable_infra_check: Default: yes, when the group is given.
    """

    enable_infra_check: bool = True


@dataclass(frozen=True, kw_only=True)
class RemoteDebugConfig:
    """Whether one may connect to the containers through AWS Systems Manager.

    Attributes:
        enable_remote_debug: Default: yes, when the group is given.
    """

    enable_remote_debug: bool = True


@dataclass(frozen=True, kw_only=True)
class SessionChainingConfig:
    """Whether session tags are passed on to the job's role.

    Attributes:
        enable_session_tag_chaining: Default: yes, when the group is given.
    """

    enable_session_tag_chaining: bool = True


@dataclass(frozen=True, kw_only=True)
class TensorBoardOutputConfig:
    """Where TensorBoard logs are kept.

    Attributes:
        s3_output_path: An S3 URI.
        local_path: The folder in the container. Default: the service's.
    """

    s3_output_path: str
    local_path: str | None = None


@dataclass(frozen=True, kw_only=True)
class CollectionConfiguration:
    """Tensors that SageMaker Debugger keeps.

    Attributes:
        collection_name: The collection.
        collection_parameters: Its parameters. Default: none.
    """

    collection_name: str
    collection_parameters: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class DebugHookConfig:
    """What SageMaker Debugger keeps of a job.

    Attributes:
        s3_output_path: An S3 URI.
        local_path: The folder in the container. Default: the service's.
        hook_parameters: Parameters of the hook. Default: none.
        collection_configurations: Tensors to keep. Default: none.
    """

    s3_output_path: str
    local_path: str | None = None
    hook_parameters: Mapping[str, str] | None = None
    collection_configurations: Sequence[CollectionConfiguration] | None = None


@dataclass(frozen=True, kw_only=True)
class RuleConfiguration:
    """A rule of SageMaker Debugger or of SageMaker Profiler.

    Attributes:
        rule_configuration_name: The rule's name.
        rule_evaluator_image: The image that evaluates it.
        local_path: The folder in the container. Default: the service's.
        s3_output_path: An S3 URI. Default: none.
        instance_type: Default: the service's.
        volume_size_in_gb: In GB. Default: the service's.
        rule_parameters: Parameters of the rule. Default: none.
    """

    rule_configuration_name: str
    rule_evaluator_image: str
    local_path: str | None = None
    s3_output_path: str | None = None
    instance_type: str | None = None
    volume_size_in_gb: int | None = None
    rule_parameters: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class ProfilerConfig:
    """What SageMaker Profiler measures.

    Attributes:
        s3_output_path: An S3 URI. Default: none.
        profiling_interval_in_milliseconds: 100, 200, 500, 1000, 5000 or 60000. Default: the
            service's.
        profiling_parameters: Parameters. Default: none.
        disable_profiler: Default: the service's.
    """

    s3_output_path: str | None = None
    profiling_interval_in_milliseconds: int | None = None
    profiling_parameters: Mapping[str, str] | None = None
    disable_profiler: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ExperimentConfig:
    """The SageMaker Experiments that a job is filed under.

    Attributes:
        experiment_name: Default: none.
        trial_name: Default: none.
        trial_component_display_name: Default: none.
        run_name: Default: none.
    """

    experiment_name: str | None = None
    trial_name: str | None = None
    trial_component_display_name: str | None = None
    run_name: str | None = None


SETTINGS = {
    "checkpoint_config": "CheckpointConfig",
    "retry_strategy": "RetryStrategy",
    "infra_check_config": "InfraCheckConfig",
    "remote_debug_config": "RemoteDebugConfig",
    "session_chaining_config": "SessionChainingConfig",
    "debug_hook_config": "DebugHookConfig",
    "debug_rule_configurations": "DebugRuleConfigurations",
    "tensor_board_output_config": "TensorBoardOutputConfig",
    "profiler_config": "ProfilerConfig",
    "profiler_rule_configurations": "ProfilerRuleConfigurations",
    "experiment_config": "ExperimentConfig",
}
"""Props for own instances, and the member of the request that each stands for."""
OWN_INSTANCES_PROPS = ("environment", "training_image", *SETTINGS)
"""Props that only a job on own instances has a use for."""
