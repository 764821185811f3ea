"""Problems of a request, told in the words of a trainer's props."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    "InputDataConfig[0].DataSource.S3DataSource.S3Uri": "training_dataset",
    "InputDataConfig[0].DataSource.DatasetSource.DatasetArn": "training_dataset",
    "InputDataConfig[1].DataSource.S3DataSource.S3Uri": "validation_dataset",
    "InputDataConfig[1].DataSource.DatasetSource.DatasetArn": "validation_dataset",
    "ServerlessJobConfig.SequenceLength": "sequence_length",
    "ServerlessJobConfig.AcceptEula": "accept_eula",
}
# A trainer's own tags, which come before the user's.
_TAGS_BEFORE = 2


def in_words_of_props(problem: Problem) -> Problem:
    """The problem with the prop's path in place of the request's."""
    for member, prop in _PROPS.items():
        if problem.path == member:
            return replace(problem, path=prop)
        if problem.path.startswith((f"{member}.", f"{member}[")):
            rest = problem.path.removeprefix(member)
            return replace(problem, path=prop + _in_snake_case(prop, rest))
    return problem


def prop_of(problem: Problem) -> str:
    """The prop that a problem is about."""
    return re.split(r"[.\[]", problem.path, maxsplit=1)[0]


def _in_snake_case(prop: str, rest: str) -> str:
    if prop == "hyperparameters":
        return rest
    if prop == "tags":
        return re.sub(r"^\[(\d+)\]", lambda index: f"[{int(index[1]) - _TAGS_BEFORE}]", rest)
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", rest).lower()
