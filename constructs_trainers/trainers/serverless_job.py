"""From props, recipe and resources to the serverless job that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.jobs.request import ServerlessJob, s3_data_type
from constructs_trainers.jobs.tags import job_tags
from constructs_trainers.recipes.tokens import is_token
from constructs_trainers.trainers.stopping_condition import StoppingCondition
from constructs_trainers.trainers.training_type import TrainingType

if TYPE_CHECKING:
    from constructs_trainers.recipes.choice import RecipeChoice
    from constructs_trainers.trainers.job_resources import JobResources
    from constructs_trainers.trainers.trainer_props import TrainerProps


def serverless_job(
    props: TrainerProps,
    choice: RecipeChoice,
    resources: JobResources,
    *,
    digest: str,
    partition: str,
    region: str,
) -> ServerlessJob:
    """The job of a trainer.

    Args:
        props: The trainer's props.
        choice: Its recipe.
        resources: What its request names.
        digest: The recipe's digest.
        partition: The stack's partition.
        region: The stack's region, which may be a token.
    """
    model, technique = choice.model, choice.recipe.technique
    limits = props.stopping_condition or StoppingCondition()
    is_lora = props.training_type_name == TrainingType.LORA.value
    return ServerlessJob(
        role_arn=resources.role_arn,
        hyperparameters=choice.hyperparameters,
        training_dataset=props.training_dataset,
        validation_dataset=props.validation_dataset,
        s3_data_type=s3_data_type(model.name, technique),
        s3_output_path=resources.s3_output_path,
        kms_key_id=resources.kms_key_id,
        disable_output_compression=props.disable_output_compression,
        base_model_arn=_base_model_arn(model.hub_content_arn, partition, region),
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
        tags=job_tags(model.name, model.hub_name, props.user_tags, digest),
    )


def _base_model_arn(locked: str, partition: str, region: str) -> str:
    """What the hub said, but in the region of deployment when that is not known yet."""
    if not is_token(region):
        return locked
    parts = locked.split(":")
    parts[1], parts[3] = partition, region
    return ":".join(parts)
