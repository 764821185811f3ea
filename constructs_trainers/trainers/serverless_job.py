"""From props, recipe and resources to the serverless job that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.jobs.request import ServerlessJob, s3_data_type
from constructs_trainers.jobs.tags import job_tags
from constructs_trainers.recipes.tokens import is_token
from constructs_trainers.trainers.job_resources import PENDING
from constructs_trainers.trainers.stopping_condition import StoppingCondition
from constructs_trainers.trainers.training_type import TrainingType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.choice import RecipeChoice
    from constructs_trainers.trainers.job_resources import JobResources
    from constructs_trainers.trainers.trainer_props import TrainerProps


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a stack is deployed to, as far as synthesis knows.

    Attributes:
        partition: The AWS partition, or a token.
        region: The region, or a token.
    """

    partition: str
    region: str

    @property
    def known_region(self) -> str | None:
        """The region, or None when it is a token."""
        return None if is_token(self.region) else self.region


@dataclass(frozen=True, kw_only=True)
class BaseModel:
    """What a job takes from the hub's recipe.

    Attributes:
        name: The model's name in the hub.
        hub_name: The hub.
        arn: The model's ARN in the region of deployment.
        hyperparameters: What is sent of the recipe.
    """

    name: str
    hub_name: str
    arn: str
    hyperparameters: Mapping[str, str]

    @classmethod
    def of(cls, choice: RecipeChoice, place: Place) -> BaseModel:
        """What a chosen recipe gives for a job in some place."""
        return cls(
            name=choice.model.name,
            hub_name=choice.model.hub_name,
            arn=_base_model_arn(choice.model.hub_content_arn, place),
            hyperparameters=choice.hyperparameters,
        )


UNKNOWN_MODEL = BaseModel(name="unknown", hub_name="unknown", arn=PENDING, hyperparameters={})
"""Stands in while no recipe could be chosen, so that everything else can be checked."""


def serverless_job(
    props: TrainerProps,
    base_model: BaseModel,
    resources: JobResources,
    *,
    technique: str,
    digest: str,
) -> ServerlessJob:
    """The job of a trainer.

    Args:
        props: The trainer's props.
        base_model: What it takes from the hub's recipe.
        resources: What its request names.
        technique: The customization technique.
        digest: The recipe's digest.
    """
    limits = props.stopping_condition or StoppingCondition()
    is_lora = props.training_type_name == TrainingType.LORA.value
    return ServerlessJob(
        role_arn=resources.role_arn,
        hyperparameters=base_model.hyperparameters,
        training_dataset=props.training_dataset,
        validation_dataset=props.validation_dataset,
        s3_data_type=s3_data_type(base_model.name, technique),
        s3_output_path=resources.s3_output_path,
        kms_key_id=resources.kms_key_id,
        disable_output_compression=props.disable_output_compression,
        base_model_arn=base_model.arn,
        customization_technique=technique,
        accept_eula=props.accepts_eula,
        peft=TrainingType.LORA.value if is_lora else None,
        sequence_length=props.sequence_length,
        mlflow_resource_arn=props.mlflow_resource_arn,
        mlflow_experiment_name=props.mlflow_experiment_name,
        mlflow_run_name=props.mlflow_run_name,
        model_package_group_arn=resources.model_package_group_arn,
        source_model_package_arn=props.source_model_package_arn,
        security_group_ids=resources.security_group_ids,
        subnets=resources.subnets,
        max_runtime_in_seconds=limits.max_runtime_in_seconds,
        max_wait_time_in_seconds=limits.max_wait_time_in_seconds,
        max_pending_time_in_seconds=limits.max_pending_time_in_seconds,
        tags=job_tags(base_model.name, base_model.hub_name, props.user_tags, digest),
    )


def _base_model_arn(locked: str, place: Place) -> str:
    """What the hub said, but in the region of deployment when that is not known yet."""
    if place.known_region is not None:
        return locked
    parts = locked.split(":")
    parts[1], parts[3] = place.partition, place.region
    return ":".join(parts)
