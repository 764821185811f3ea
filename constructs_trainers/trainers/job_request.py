"""From props, recipe and resources to the request that is sent, and held against the API first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.jobs.request.channels import s3_data_type
from constructs_trainers.jobs.request.request import build_request, given
from constructs_trainers.jobs.request.sourced import Sourced, sourced
from constructs_trainers.jobs.request.tags import job_tags
from constructs_trainers.jobs.stopping_condition import DEFAULT_RUNTIME
from constructs_trainers.trainers.input_channels import InputChannels
from constructs_trainers.trainers.props.api_form import api_members

if TYPE_CHECKING:
    from constructs_trainers.jobs.request.sourced import SourcedRequest
    from constructs_trainers.trainers.job_plan import JobPlan
    from constructs_trainers.trainers.kinds.compute_kind import BaseModel
    from constructs_trainers.trainers.resources.job_resources import JobResources


def job_request(
    plan: JobPlan, base_model: BaseModel, resources: JobResources, *, digest: str
) -> SourcedRequest:
    """The request of a trainer's jobs, each member with the prop that it comes from."""
    props, kind, technique = plan.props, plan.kind, plan.technique
    limits = props.stopping_condition
    own_limits = {} if limits is None else api_members(limits, "stopping_condition")
    # The output may be given as the API has it or as the SDK has it.
    output = "" if props.output_data_config is None else "output_data_config."
    compression = "NONE" if props.disable_output_compression else kind.default_compression()
    tags = [Sourced(f"tags[{index}]", tag) for index, tag in enumerate(props.user_tags)]
    channels = InputChannels(props).to_api(s3_data_type(base_model.name, technique.name))
    return build_request(
        role_arn=Sourced("role", resources.role_arn),
        hyperparameters=Sourced("hyperparameters", dict(base_model.hyperparameters)),
        channels=[*channels, *kind.channels(base_model, resources.recipe_uri)],
        output_data_config=given(
            S3OutputPath=Sourced(f"{output}s3_output_path", resources.s3_output_path),
            KmsKeyId=sourced(f"{output}kms_key_id", resources.kms_key_id),
            CompressionType=sourced("disable_output_compression", compression),
        ),
        members=kind.members(base_model, technique),
        model_package_config=given(
            ModelPackageGroupArn=sourced("model_package_group", resources.model_package_group_arn),
            SourceModelPackageArn=sourced("model", resources.source_model_package_arn),
        ),
        vpc_config=_vpc_config(resources),
        stopping_condition=Sourced(
            # The service's own default, written out: a reviewer sees what bounds the bill. The
            # SageMaker Python SDK's is one hour on own instances, and none on serverless jobs.
            "stopping_condition",
            {"MaxRuntimeInSeconds": DEFAULT_RUNTIME, **own_limits},
        ),
        tags=Sourced("tags", job_tags(base_model.name, base_model.hub_name, tags, digest)),
    )


def _vpc_config(resources: JobResources) -> Sourced | None:
    if not resources.security_group_ids and not resources.subnets:
        return None
    members = {
        "SecurityGroupIds": Sourced(
            "networking.security_group_ids", list(resources.security_group_ids)
        ),
        "Subnets": Sourced("networking.subnets", list(resources.subnets)),
    }
    return Sourced("networking", members)
