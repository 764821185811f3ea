"""The resources that a job's request names: those the user gave, and those made for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.resource_names import model_package_group_arn
from constructs_trainers.recipes.tokens import is_token
from constructs_trainers.trainers.job_role import create_job_role
from constructs_trainers.trainers.model_package_group import CreatedModelPackageGroup
from constructs_trainers.trainers.output_bucket import shared_output_bucket
from constructs_trainers.trainers.output_data_config import OutputDataConfig

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.trainers.trainer_props import TrainerProps

_DEFAULT_PREFIX = "output"

# Stands for a value that only exists once its resource does, while props are being checked: a
# token like those of the CDK, which all checks let through.
PENDING = "${Token[ConstructsTrainers.Pending.0]}"


@dataclass(frozen=True, kw_only=True)
class JobResources:
    """What a request names.

    Attributes:
        role_arn: The job's role.
        s3_output_path: Where the job writes.
        kms_key_id: The output's key, or None.
        model_package_group_arn: Where the model is registered.
        model_package_group_name: The name in that ARN.
        security_group_ids: The job's security groups; empty for no VPC.
        subnets: The job's subnets; empty for no VPC.
    """

    role_arn: str
    s3_output_path: str
    kms_key_id: str | None
    model_package_group_arn: str
    model_package_group_name: str
    security_group_ids: list[str]
    subnets: list[str]


def pending_resources(props: TrainerProps) -> JobResources:
    """What the user wrote out, and stand-ins for everything else: for checks before creation."""
    output = props.output_data_config or OutputDataConfig()
    networking = props.networking
    has_vpc = networking is not None and networking.vpc is not None
    groups = list(networking.security_group_ids or ()) if networking else []
    groups += [PENDING] * len(networking.security_groups or ()) if networking else []
    subnets = list(networking.subnets or ()) if networking else []
    return JobResources(
        role_arn=props.role if isinstance(props.role, str) else PENDING,
        s3_output_path=output.s3_output_path or PENDING,
        kms_key_id=output.kms_key_id,
        model_package_group_arn=PENDING,
        model_package_group_name=PENDING,
        security_group_ids=[PENDING] if has_vpc and not groups else groups,
        subnets=[PENDING] if has_vpc else subnets,
    )


def create_resources(scope: Construct, props: TrainerProps) -> tuple[iam.IRole, JobResources]:
    """Make what the user did not give, and name everything."""
    role = _role(scope, props)
    output = props.output_data_config or OutputDataConfig()
    key = output.kms_key
    group_arn, group_name = _model_package_group(scope, props)
    networking = props.networking
    resources = JobResources(
        role_arn=role.role_arn,
        s3_output_path=_s3_output_path(scope, output),
        kms_key_id=output.kms_key_id if key is None else key.key_arn,
        model_package_group_arn=group_arn,
        model_package_group_name=group_name,
        security_group_ids=[] if networking is None else networking.security_group_ids_in(scope),
        subnets=[] if networking is None else networking.subnet_ids(),
    )
    _grant_keys(role, output)
    return role, resources


def _role(scope: Construct, props: TrainerProps) -> iam.IRole:
    if props.role is None:
        return create_job_role(scope)
    if isinstance(props.role, str):
        return iam.Role.from_role_arn(scope, "Role", props.role, mutable=False)
    return props.role


def _s3_output_path(scope: Construct, output: OutputDataConfig) -> str:
    if output.s3_output_path is not None:
        return output.s3_output_path
    bucket = output.bucket or shared_output_bucket(scope)
    return f"s3://{bucket.bucket_name}/{output.prefix or _DEFAULT_PREFIX}"


def _grant_keys(role: iam.IRole, output: OutputDataConfig) -> None:
    """Keys have policies of their own, which only the key's construct can open."""
    bucket_key = None if output.bucket is None else output.bucket.encryption_key
    for key in (output.kms_key, bucket_key):
        if key is not None:
            key.grant_encrypt_decrypt(role)


def _model_package_group(scope: Construct, props: TrainerProps) -> tuple[str, str]:
    """ARN and name of the group."""
    given = props.model_package_group
    before, _, package = (props.source_model_package_arn or "").partition(":model-package/")
    source_group = package.rpartition("/")[0]
    if given is None and source_group:
        # Continued training registers its model beside the one it started from.
        return f"{before}:model-package-group/{source_group}", source_group
    if given is None:
        group = CreatedModelPackageGroup(scope)
        return group.arn, group.name
    if not isinstance(given, str):
        return given.attr_model_package_group_arn, given.model_package_group_name
    stack = cdk.Stack.of(scope)
    arn = model_package_group_arn(given, stack.partition, stack.region, stack.account)
    marker = "model-package-group/"
    if marker in arn:
        return arn, arn.partition(marker)[2]
    return arn, cdk.Fn.select(1, cdk.Fn.split(marker, arn)) if is_token(arn) else arn
