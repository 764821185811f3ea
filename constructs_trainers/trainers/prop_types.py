"""The types of a trainer's props, checked at synthesis: not every app has a type checker."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aws_cdk.aws_stepfunctions import IntegrationPattern

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.job_retry import JobRetry
from constructs_trainers.trainers import job_settings as settings
from constructs_trainers.trainers.channel import Channel
from constructs_trainers.trainers.compute import TrainingJobCompute
from constructs_trainers.trainers.data_sources import DATA_SOURCE_TYPES, DATA_SOURCES
from constructs_trainers.trainers.networking import Networking
from constructs_trainers.trainers.notifications import Notifications
from constructs_trainers.trainers.output_data_config import OutputDataConfig
from constructs_trainers.trainers.runtime_overrides import RuntimeOverrides
from constructs_trainers.trainers.stopping_condition import StoppingCondition
from constructs_trainers.trainers.training_type import TrainingType
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from constructs_trainers.trainers.trainer_props import TrainerProps

# Stands in for a prop of the wrong type, so that all others can still be checked: a token like the
# CDK's, which every check lets through.
_STAND_IN = "${Token[ConstructsTrainers.WrongType.0]}"

_Test = Callable[[object], bool]


def _is_a(*types: type) -> _Test:
    return lambda value: isinstance(value, types)


def _is_text_or_has(*attributes: str) -> _Test:
    """For constructs: jsii hands interfaces of the CDK over as proxies of other types."""
    return lambda value: isinstance(value, str) or all(hasattr(value, a) for a in attributes)


def _is_any_of(*tests: _Test) -> _Test:
    return lambda value: any(test(value) for test in tests)


def _group(kind: type) -> tuple[_Test, str]:
    article = "an" if kind.__name__[0] in "AEIO" else "a"
    return _is_a(kind), f"{article} {kind.__name__}"


def _list_of(kind: type) -> tuple[_Test, str]:
    # A set has another order in every process.
    return (
        lambda value: (
            isinstance(value, (list, tuple)) and all(isinstance(item, kind) for item in value)
        ),
        f"a list of {kind.__name__}",
    )


_TEXT = (_is_a(str), "text")
_DATA = (_is_a(*DATA_SOURCE_TYPES), DATA_SOURCES)
_FLAG = (_is_a(bool), "True or False")
_PATH = (_is_a(str, os.PathLike), "a path")
_VALUES = (_is_a(Mapping), "a mapping of names to values")
_EXPECTED: dict[str, tuple[_Test, str]] = {
    "model": (
        _is_any_of(_is_text_or_has("attr_model_package_arn"), _is_text_or_has("resolved_recipe")),
        "text, a CfnModelPackage, or another trainer",
    ),
    "compute": (_is_a(TrainingJobCompute), "a TrainingJobCompute"),
    "training_type": (_is_a(str, TrainingType), "a TrainingType, or its name"),
    "mlflow_resource_arn": _TEXT,
    "mlflow_experiment_name": _TEXT,
    "mlflow_run_name": _TEXT,
    "training_dataset": _DATA,
    "validation_dataset": _DATA,
    "input_data_config": _list_of(Channel),
    "s3_output_path": _TEXT,
    "kms_key_id": _TEXT,
    "output_data_config": (_is_a(OutputDataConfig), "an OutputDataConfig"),
    "networking": (_is_a(Networking), "a Networking"),
    "accept_eula": _FLAG,
    "stopping_condition": (_is_a(StoppingCondition), "a StoppingCondition"),
    "sequence_length": _TEXT,
    "is_multimodal": _FLAG,
    "notifications": (_is_a(Notifications, Mapping), "a Notifications"),
    "retry": _group(JobRetry),
    "runtime_overrides": _group(RuntimeOverrides),
    "integration_pattern": _group(IntegrationPattern),
    "checkpoint_config": _group(settings.CheckpointConfig),
    "retry_strategy": _group(settings.RetryStrategy),
    "infra_check_config": _group(settings.InfraCheckConfig),
    "remote_debug_config": _group(settings.RemoteDebugConfig),
    "session_chaining_config": _group(settings.SessionChainingConfig),
    "debug_hook_config": _group(settings.DebugHookConfig),
    "debug_rule_configurations": _list_of(settings.RuleConfiguration),
    "tensor_board_output_config": _group(settings.TensorBoardOutputConfig),
    "profiler_config": _group(settings.ProfilerConfig),
    "profiler_rule_configurations": _list_of(settings.RuleConfiguration),
    "experiment_config": _group(settings.ExperimentConfig),
    "recipe": _PATH,
    "overrides": _VALUES,
    "base_job_name": _TEXT,
    "hyperparameters": _VALUES,
    "environment": _VALUES,
    "training_image": _TEXT,
    "base_model_name": _TEXT,
    "disable_output_compression": _FLAG,
    "recipe_lock": _PATH,
    "role": (_is_text_or_has("role_arn", "grant_principal"), "a role's ARN, or an IRole"),
    "model_package_group": (
        _is_text_or_has("attr_model_package_group_arn"),
        "a group's name or ARN, or a CfnModelPackageGroup",
    ),
}
_NEVER_NONE = ("model", "training_type")
# None stands in for all others.
_STAND_INS = {
    "model": _STAND_IN,
    "training_dataset": _STAND_IN,
    "training_type": TrainingType.LORA,
    "accept_eula": True,
    "disable_output_compression": False,
}


def with_known_types(props: TrainerProps) -> tuple[TrainerProps, list[Problem]]:
    """The props with stand-ins for those of a wrong type, and what is wrong with these."""
    wrong = {
        name: allowed
        for name, (test, allowed) in _EXPECTED.items()
        if not (test(getattr(props, name)) or _may_be_none(props, name))
    }
    problems = [
        Problem(
            path=name,
            message="has the wrong type",
            got=f"{type(getattr(props, name)).__name__} {short_repr(getattr(props, name))}",
            allowed=allowed,
        )
        for name, allowed in wrong.items()
    ]
    stand_ins: dict[str, Any] = {name: _STAND_INS.get(name) for name in wrong}
    return (replace(props, **stand_ins) if stand_ins else props), problems


def _may_be_none(props: TrainerProps, name: str) -> bool:
    return getattr(props, name) is None and name not in _NEVER_NONE
