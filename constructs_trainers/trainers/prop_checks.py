"""What can be said of a trainer's props without its recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs import resource_names
from constructs_trainers.jobs.data_sources import dataset_problems
from constructs_trainers.jobs.names import base_job_name_problems
from constructs_trainers.jobs.tags import normalise_tags
from constructs_trainers.recipes.cross_checks import sequence_length_in_tokens
from constructs_trainers.recipes.tokens import is_token
from constructs_trainers.trainers.networking_checks import serverless_networking_problems
from constructs_trainers.trainers.training_type import TrainingType

if TYPE_CHECKING:
    from constructs_trainers.trainers.trainer_props import TrainerProps

_TRAINING_TYPES = [member.value for member in TrainingType]


def model_problems(props: TrainerProps) -> list[Problem]:
    """What keeps the recipe from being looked up."""
    found: list[Problem] = []
    if not props.model or is_token(props.model):
        found.append(
            Problem(
                path="model",
                message="must be known when the app is synthesized: its recipe is looked up",
                got=repr(props.model),
                allowed="the hub's name of a model, or a model package's ARN",
            )
        )
        return found
    if props.model.startswith("s3://"):
        message = "a serverless job cannot start from a checkpoint in S3"
        allowed = "the hub's name of a model, or a model package's ARN"
        found.append(Problem(path="model", message=message, got=repr(props.model), allowed=allowed))
    if props.model.startswith("arn:"):
        found += resource_names.model_package_arn_problems("model", props.model)
        if not props.base_model_name:
            message = "is needed beside a model package: synthesis looks nothing up in AWS"
            fix = "give the hub's name of the model that the package was trained from"
            found.append(Problem(path="base_model_name", message=message, fix=fix))
    elif props.base_model_name is not None:
        message = "has no effect: 'model' names the base model already"
        found.append(Problem(path="base_model_name", message=message, fix="leave it out"))
    return [*found, *_training_type_problems(props), *_sequence_length_problems(props)]


def other_problems(props: TrainerProps) -> list[Problem]:
    """What is wrong with the props that the recipe does not depend on."""
    found = normalise_tags(props.tags)[1]
    if props.training_dataset is None:
        fix = "give an S3 URI or the ARN of a hub DataSet"
        found.append(Problem(path="training_dataset", message="is required", fix=fix))
    else:
        found += dataset_problems("training_dataset", props.training_dataset)
    if props.validation_dataset is not None:
        found += dataset_problems("validation_dataset", props.validation_dataset)
    if isinstance(props.role, str):
        found += resource_names.role_arn_problems("role", props.role)
    if isinstance(props.model_package_group, str):
        found += resource_names.model_package_group_problems(
            "model_package_group", props.model_package_group
        )
    found += resource_names.mlflow_problems(
        props.mlflow_resource_arn, props.mlflow_experiment_name, props.mlflow_run_name
    )
    if props.base_job_name is not None:
        found += base_job_name_problems("base_job_name", props.base_job_name)
    if props.output_data_config is not None:
        found += props.output_data_config.problems()
    if props.networking is not None:
        found += serverless_networking_problems(props.networking)
    if props.stopping_condition is not None:
        found += props.stopping_condition.problems()
    return [*found, *_serverless_problems(props)]


def _serverless_problems(props: TrainerProps) -> list[Problem]:
    """Props that the SageMaker Python SDK takes for a serverless job and silently drops."""
    dropped = {"environment": props.environment, "training_image": props.training_image}
    return [
        Problem(
            path=name,
            message="has no effect on a serverless job: its containers are the service's",
            got=repr(value),
            fix="leave it out",
        )
        for name, value in dropped.items()
        if value
    ]


def _training_type_problems(props: TrainerProps) -> list[Problem]:
    if props.training_type_name in _TRAINING_TYPES:
        return []
    name = props.training_type_name
    return [
        Problem(
            path="training_type",
            message="unknown training type",
            got=repr(name),
            allowed=", ".join(_TRAINING_TYPES),
            fix=did_you_mean(str(name), _TRAINING_TYPES),
        )
    ]


def _sequence_length_problems(props: TrainerProps) -> list[Problem]:
    if props.sequence_length is None or sequence_length_in_tokens(props.sequence_length):
        return []
    return [
        Problem(
            path="sequence_length",
            message="must be a number of 1,024 tokens and the letter K",
            got=repr(props.sequence_length),
            allowed="such as '4K'",
        )
    ]
