"""From props, recipe and resources to the training job that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.jobs.request.channels import s3_data_type
from constructs_trainers.jobs.request.request import TrainingJob, given
from constructs_trainers.jobs.request.tags import job_tags
from constructs_trainers.trainers.input_channels import users_channels
from constructs_trainers.trainers.props.api_members import api_members

if TYPE_CHECKING:
    from constructs_trainers.trainers.input_channels import PropChannel
    from constructs_trainers.trainers.kinds.base_model import BaseModel
    from constructs_trainers.trainers.kinds.kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.resources.job_resources import JobResources


def job_channels(
    props: TrainerProps,
    kind: ComputeKind,
    base_model: BaseModel,
    resources: JobResources,
    technique: str,
) -> list[PropChannel]:
    """The channels of a trainer's job, each with the prop that it comes from."""
    found = users_channels(props, s3_data_type(base_model.name, technique))
    return found + kind.channels(base_model, resources.recipe_uri)


def training_job(
    props: TrainerProps,
    kind: ComputeKind,
    base_model: BaseModel,
    resources: JobResources,
    *,
    technique: str,
    digest: str,
) -> TrainingJob:
    """The job of a trainer.

    Args:
        props: The trainer's props.
        kind: The kind of compute.
        base_model: What it takes from the hub's recipe.
        resources: What its request names.
        technique: The customization technique.
        digest: The recipe's digest.
    """
    limits = {} if props.stopping_condition is None else api_members(props.stopping_condition)
    output = given(
        S3OutputPath=resources.s3_output_path,
        KmsKeyId=resources.kms_key_id,
        CompressionType=(
            "NONE" if props.disable_output_compression else kind.default_compression(props)
        ),
    )
    return TrainingJob(
        role_arn=resources.role_arn,
        hyperparameters=base_model.hyperparameters,
        channels=[c for _, c in job_channels(props, kind, base_model, resources, technique)],
        output_data_config=output,
        members=kind.members(props, base_model, technique),
        model_package_config=given(
            ModelPackageGroupArn=resources.model_package_group_arn,
            SourceModelPackageArn=resources.source_model_package_arn,
        ),
        vpc_config=_vpc_config(resources),
        stopping_condition={**kind.default_stopping_condition, **limits},
        tags=job_tags(base_model.name, base_model.hub_name, props.user_tags, digest),
    )


def _vpc_config(resources: JobResources) -> dict[str, object]:
    if not resources.security_group_ids and not resources.subnets:
        return {}
    return {
        "SecurityGroupIds": list(resources.security_group_ids),
        "Subnets": list(resources.subnets),
    }
