"""The props of a trainer, and what can be said of them without the recipe."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs import resource_names
from constructs_trainers.jobs.data_sources import dataset_problems
from constructs_trainers.jobs.names import base_job_name_problems
from constructs_trainers.jobs.tags import normalise_tags
from constructs_trainers.recipes.cross_checks import sequence_length_in_tokens
from constructs_trainers.recipes.tokens import is_token
from constructs_trainers.trainers.training_type import TrainingType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_iam import IRole
    from aws_cdk.aws_sagemaker import CfnModelPackageGroup

    from constructs_trainers.trainers.networking import Networking
    from constructs_trainers.trainers.output_data_config import OutputDataConfig
    from constructs_trainers.trainers.stopping_condition import StoppingCondition

_TRAINING_TYPES = [member.value for member in TrainingType]


@dataclass(frozen=True, kw_only=True)
class TrainerProps:
    """The props as the user gave them; see :class:`BaseTrainer` for what each means."""

    model: str
    training_type: TrainingType | str
    model_package_group: str | CfnModelPackageGroup | None
    mlflow_resource_arn: str | None
    mlflow_experiment_name: str | None
    mlflow_run_name: str | None
    training_dataset: str | None
    validation_dataset: str | None
    output_data_config: OutputDataConfig | None
    networking: Networking | None
    accept_eula: bool
    stopping_condition: StoppingCondition | None
    sequence_length: str | None
    recipe: str | None
    overrides: Mapping[str, object] | None
    role: IRole | str | None
    base_job_name: str | None
    tags: Mapping[str, str] | Sequence[Mapping[str, str]] | None
    hyperparameters: Mapping[str, object] | None
    environment: Mapping[str, str] | None
    training_image: str | None
    base_model_name: str | None
    disable_output_compression: bool
    recipe_lock: str | None

    @property
    def source_model_package_arn(self) -> str | None:
        """The model package to go on training from, when ``model`` is one."""
        return self.model if self.model.startswith("arn:") else None

    @property
    def base_model(self) -> str:
        """The hub's name, or an alias, of the model that the recipe is for."""
        if self.source_model_package_arn is None:
            return self.model
        return self.base_model_name or ""

    @property
    def training_type_name(self) -> str:
        """``LORA`` or ``FULL``, if the prop is valid."""
        given = self.training_type
        return given.value if isinstance(given, TrainingType) else given

    @property
    def accepts_eula(self) -> bool:
        """Whether the licence is accepted.

        Whoever has a model package accepted it when the package was trained.
        """
        return self.accept_eula or self.source_model_package_arn is not None

    @cached_property
    def user_tags(self) -> list[dict[str, str]]:
        """The tags as the API has them."""
        return normalise_tags(self.tags)[0]

    def model_problems(self) -> list[Problem]:
        """What keeps the recipe from being looked up."""
        found: list[Problem] = []
        if not _is_known_text(self.model):
            found.append(
                Problem(
                    path="model",
                    message="must be known when the app is synthesized: its recipe is looked up",
                    got=repr(self.model),
                    allowed="the hub's name of a model, or a model package's ARN",
                )
            )
            return found
        if self.model.startswith("s3://"):
            message = "a serverless job cannot start from a checkpoint in S3"
            allowed = "the hub's name of a model, or a model package's ARN"
            found.append(
                Problem(path="model", message=message, got=repr(self.model), allowed=allowed)
            )
        if self.model.startswith("arn:"):
            found += resource_names.model_package_arn_problems("model", self.model)
            if not self.base_model_name:
                message = "is needed beside a model package: synthesis looks nothing up in AWS"
                fix = "give the hub's name of the model that the package was trained from"
                found.append(Problem(path="base_model_name", message=message, fix=fix))
        elif self.base_model_name is not None:
            message = "has no effect: 'model' names the base model already"
            found.append(Problem(path="base_model_name", message=message, fix="leave it out"))
        return [*found, *self._training_type_problems(), *self._sequence_length_problems()]

    def other_problems(self) -> list[Problem]:
        """What is wrong with the props that the recipe does not depend on."""
        found = normalise_tags(self.tags)[1]
        if self.training_dataset is None:
            fix = "give an S3 URI or the ARN of a hub DataSet"
            found.append(Problem(path="training_dataset", message="is required", fix=fix))
        else:
            found += dataset_problems("training_dataset", self.training_dataset)
        if self.validation_dataset is not None:
            found += dataset_problems("validation_dataset", self.validation_dataset)
        if isinstance(self.role, str):
            found += resource_names.role_arn_problems("role", self.role)
        if isinstance(self.model_package_group, str):
            found += resource_names.model_package_group_problems(
                "model_package_group", self.model_package_group
            )
        found += resource_names.mlflow_problems(
            self.mlflow_resource_arn, self.mlflow_experiment_name, self.mlflow_run_name
        )
        if self.base_job_name is not None:
            found += base_job_name_problems("base_job_name", self.base_job_name)
        if self.output_data_config is not None:
            found += self.output_data_config.problems()
        if self.networking is not None:
            found += self.networking.problems_if_serverless()
        return [*found, *self._serverless_problems()]

    def _serverless_problems(self) -> list[Problem]:
        """Props that the SageMaker Python SDK takes for a serverless job and silently drops."""
        dropped = {"environment": self.environment, "training_image": self.training_image}
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

    def _training_type_problems(self) -> list[Problem]:
        if self.training_type_name in _TRAINING_TYPES:
            return []
        name = self.training_type_name
        return [
            Problem(
                path="training_type",
                message="unknown training type",
                got=repr(name),
                allowed=", ".join(_TRAINING_TYPES),
                fix=did_you_mean(str(name), _TRAINING_TYPES),
            )
        ]

    def _sequence_length_problems(self) -> list[Problem]:
        if self.sequence_length is None or sequence_length_in_tokens(self.sequence_length):
            return []
        return [
            Problem(
                path="sequence_length",
                message="must be a number of 1,024 tokens and the letter K",
                got=repr(self.sequence_length),
                allowed="such as '4K'",
            )
        ]


def _is_known_text(value: object) -> bool:
    return isinstance(value, str) and bool(value) and not is_token(value)
