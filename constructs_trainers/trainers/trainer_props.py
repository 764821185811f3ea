"""The props of a trainer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from constructs_trainers.jobs.tags import normalise_tags
from constructs_trainers.trainers.training_type import TrainingType

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_iam import IRole
    from aws_cdk.aws_sagemaker import CfnModelPackageGroup

    from constructs_trainers.trainers.networking import Networking
    from constructs_trainers.trainers.output_data_config import OutputDataConfig
    from constructs_trainers.trainers.stopping_condition import StoppingCondition


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
    recipe: str | os.PathLike[str] | None
    overrides: Mapping[str, object] | None
    role: IRole | str | None
    base_job_name: str | None
    tags: Mapping[str, str] | Sequence[Mapping[str, str]] | None
    hyperparameters: Mapping[str, object] | None
    environment: Mapping[str, str] | None
    training_image: str | None
    base_model_name: str | None
    disable_output_compression: bool
    recipe_lock: str | os.PathLike[str] | None

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
