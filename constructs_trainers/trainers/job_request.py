"""From props, recipe and resources to the training job that is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_trainers.jobs.request.channels import s3_data_type
from constructs_trainers.jobs.request.limits import DEFAULT_RUNTIME
from constructs_trainers.jobs.request.request import OwnInstancesJob, ServerlessJob, given
from constructs_trainers.jobs.request.tags import job_tags
from constructs_trainers.trainers.input_channels import own_instances_channels, users_channels
from constructs_trainers.trainers.props.api_members import api_members
from constructs_trainers.trainers.props.job_settings import SETTINGS
from constructs_trainers.trainers.props.training_type import TrainingType
from constructs_trainers.trainers.resources.job_resources import PENDING
from constructs_trainers.values.arns import relocated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.jobs.request.request import TrainingJob
    from constructs_trainers.recipes.choice import RecipeChoice
    from constructs_trainers.trainers.input_channels import PropChannel
    from constructs_trainers.trainers.props.compute import TrainingJobCompute
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.resources.job_resources import JobResources
    from constructs_trainers.values.environment import Environment
    from constructs_trainers.values.expressions import Expression


@dataclass(frozen=True, kw_only=True)
class BaseModel:
    """What a job takes from the hub's recipe.

    Attributes:
        name: The model's name in the hub.
        hub_name: The hub.
        arn: The model's ARN in the region of deployment.
        hyperparameters: What is sent of the recipe.
        image_uri: The training image for own instances.
        channel_uri: S3 URI of the weights for channel ``model``, on own instances.
        evaluator_arn: What scores answers in RLVR and RLAIF.
    """

    name: str
    hub_name: str
    arn: str
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    image_uri: str | None = None
    channel_uri: str | None = None
    evaluator_arn: str | Expression | None = None

    @classmethod
    def of(cls, choice: RecipeChoice, place: Environment) -> BaseModel:
        """What a chosen recipe gives for a job in some place."""
        return cls(
            name=choice.model.name,
            hub_name=choice.model.hub_name,
            arn=_base_model_arn(choice.model.hub_content_arn, place),
            hyperparameters=choice.hyperparameters,
            # An image is its region's own.
            image_uri=choice.recipe.image_uri if place.known_region is not None else None,
            channel_uri=choice.model_channel_uri,
            evaluator_arn=choice.contribution.evaluator_arn,
        )


UNKNOWN_MODEL = BaseModel(name="unknown", hub_name="unknown", arn=PENDING, image_uri=PENDING)
"""Stands in while no recipe could be chosen, so that everything else can be checked."""


def _base_model_arn(locked: str, place: Environment) -> str:
    """What the hub said, but in the region of deployment when that is not known yet."""
    return locked if place.known_region is not None else relocated(locked, place)


def job_channels(
    props: TrainerProps, base_model: BaseModel, resources: JobResources, technique: str
) -> list[PropChannel]:
    """The channels of a trainer's job, each with the prop that it comes from."""
    found = users_channels(props, s3_data_type(base_model.name, technique))
    if resources.recipe_uri is not None:
        found += own_instances_channels(base_model.channel_uri, resources.recipe_uri)
    return found


def training_job(
    props: TrainerProps,
    base_model: BaseModel,
    resources: JobResources,
    *,
    technique: str,
    digest: str,
) -> TrainingJob:
    """The job of a trainer.

    Args:
        props: The trainer's props.
        base_model: What it takes from the hub's recipe.
        resources: What its request names.
        technique: The customization technique.
        digest: The recipe's digest.
    """
    # The service's own default is written out as the SageMaker Python SDK does, but for Step
    # Functions' optimized integration, which is not known to take the member.
    writes_default = props.compute is not None and not props.runs_job
    compression = "NONE" if props.disable_output_compression else "GZIP" if writes_default else None
    limits = {} if props.stopping_condition is None else api_members(props.stopping_condition)
    common: dict[str, Any] = {
        "role_arn": resources.role_arn,
        "hyperparameters": base_model.hyperparameters,
        "channels": [c for _, c in job_channels(props, base_model, resources, technique)],
        "output_data_config": given(
            S3OutputPath=resources.s3_output_path,
            KmsKeyId=resources.kms_key_id,
            CompressionType=compression,
        ),
        "model_package_config": given(
            ModelPackageGroupArn=resources.model_package_group_arn,
            SourceModelPackageArn=resources.source_model_package_arn,
        ),
        "vpc_config": _vpc_config(resources),
        "tags": job_tags(base_model.name, base_model.hub_name, props.user_tags, digest),
    }
    if props.compute is not None:
        # The service's own default, written out: the SageMaker Python SDK's is one hour.
        common["stopping_condition"] = {"MaxRuntimeInSeconds": DEFAULT_RUNTIME} | limits
        return _own_instances_job(props, props.compute, base_model, common)
    common["stopping_condition"] = limits
    return _serverless_job(props, base_model, common, technique)


def _serverless_job(
    props: TrainerProps, base_model: BaseModel, common: dict[str, Any], technique: str
) -> ServerlessJob:
    is_lora = props.training_type_name == TrainingType.LORA.value
    mlflow = given(
        MlflowResourceArn=props.mlflow_resource_arn,
        MlflowExperimentName=props.mlflow_experiment_name,
        MlflowRunName=props.mlflow_run_name,
    )
    return ServerlessJob(
        **common,
        base_model_arn=base_model.arn,
        customization_technique=technique,
        accept_eula=props.accept_eula or props.source.has_accepted_eula,
        peft=TrainingType.LORA.value if is_lora else None,
        sequence_length=props.sequence_length,
        evaluator_arn=base_model.evaluator_arn,
        mlflow_config=mlflow if props.mlflow_resource_arn is not None else {},
    )


def _own_instances_job(
    props: TrainerProps, compute: TrainingJobCompute, base_model: BaseModel, common: dict[str, Any]
) -> OwnInstancesJob:
    networking = props.networking
    settings = given(
        Environment=dict(props.environment) if props.environment else None,
        EnableManagedSpotTraining=compute.enable_managed_spot_training or None,
        EnableNetworkIsolation=networking and networking.enable_network_isolation,
        EnableInterContainerTrafficEncryption=(
            networking and networking.enable_inter_container_traffic_encryption
        ),
        **{member: _setting(getattr(props, prop)) for prop, member in SETTINGS.items()},
    )
    return OwnInstancesJob(
        **common,
        training_image=props.training_image or base_model.image_uri or "",
        resource_config=compute.to_api(),
        settings=settings,
    )


def _setting(value: Any) -> object:  # noqa: ANN401 - any of the groups in job_settings
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return [_setting(item) for item in value]
    return value.to_api() if hasattr(value, "to_api") else api_members(value)


def _vpc_config(resources: JobResources) -> dict[str, object]:
    if not resources.security_group_ids and not resources.subnets:
        return {}
    return {
        "SecurityGroupIds": list(resources.security_group_ids),
        "Subnets": list(resources.subnets),
    }
