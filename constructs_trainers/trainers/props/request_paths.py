"""Problems of a request, told in the words of a trainer's props."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_trainers.trainers.props.job_settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.errors import Problem

# Request member to prop. What is not here has no prop of its own, and keeps the API's path.
_PROPS = {
    "RoleArn": "role",
    "HyperParameters": "hyperparameters",
    "OutputDataConfig": "output_data_config",
    "StoppingCondition": "stopping_condition",
    "VpcConfig": "networking",
    "Tags": "tags",
    "ModelPackageConfig.ModelPackageGroupArn": "model_package_group",
    "ModelPackageConfig.SourceModelPackageArn": "model",
    "MlflowConfig.MlflowResourceArn": "mlflow_resource_arn",
    "MlflowConfig.MlflowExperimentName": "mlflow_experiment_name",
    "MlflowConfig.MlflowRunName": "mlflow_run_name",
    "ResourceConfig": "compute",
    "EnableManagedSpotTraining": "compute.enable_managed_spot_training",
    "EnableNetworkIsolation": "networking.enable_network_isolation",
    "EnableInterContainerTrafficEncryption": (
        "networking.enable_inter_container_traffic_encryption"
    ),
    "AlgorithmSpecification.TrainingImage": "training_image",
    "Environment": "environment",
    **{member: prop for prop, member in SETTINGS.items()},
    "ServerlessJobConfig.SequenceLength": "sequence_length",
    "ServerlessJobConfig.AcceptEula": "accept_eula",
}
# A trainer's own tags, which come before the user's.
_TAGS_BEFORE = 2


def in_words_of_props(problem: Problem, channel_props: Sequence[str]) -> Problem:
    """The problem with the prop's path in place of the request's.

    Args:
        problem: What is wrong with the request.
        channel_props: For each channel of the request the prop that it comes from.
    """
    channels = {
        path: prop
        for index, prop in enumerate(channel_props)
        for path in _channel_paths(index, prop)
    }
    for member, prop in {**channels, **_PROPS}.items():
        if problem.path == member:
            return replace(problem, path=prop)
        if problem.path.startswith((f"{member}.", f"{member}[")):
            rest = problem.path.removeprefix(member)
            return replace(problem, path=prop + _in_snake_case(prop, rest))
    return problem


def _channel_paths(index: int, prop: str) -> list[str]:
    """The members of a channel that stand for its prop, longest first."""
    channel = f"InputDataConfig[{index}]"
    source = f"{channel}.DataSource"
    members = [source] if prop.startswith("input_data_config") else []
    leaves = [f"{source}.S3DataSource.S3Uri", f"{source}.DatasetSource.DatasetArn"]
    kinds = ("S3DataSource", "FileSystemDataSource", "DatasetSource")
    return [*leaves, *(f"{source}.{kind}" for kind in kinds), *members, channel]


def prop_of(problem: Problem) -> str:
    """The prop that a problem is about."""
    return re.split(r"[.\[]", problem.path, maxsplit=1)[0]


def _in_snake_case(prop: str, rest: str) -> str:
    if prop in {"hyperparameters", "environment"}:
        return rest
    if prop == "tags":
        return re.sub(r"^\[(\d+)\]", lambda index: f"[{int(index[1]) - _TAGS_BEFORE}]", rest)
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", rest).lower()
