"""The resources that a job's request names: those the user gave, and those made for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam

from constructs_trainers.trainers.resources.acknowledged_findings import acknowledge
from constructs_trainers.trainers.resources.job_role import create_job_role
from constructs_trainers.trainers.resources.owner import unique_name
from constructs_trainers.trainers.resources.recipe_record import add_recipe_asset
from constructs_trainers.trainers.resources.rule_target import description
from constructs_trainers.values.arns import (
    GROUP_MARKER,
    PACKAGE_MARKER,
    Environment,
    group_name,
    is_arn,
    packages_of,
)
from constructs_trainers.values.resource_names import model_package_group_arn
from constructs_trainers.values.s3 import s3_uri
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from constructs_trainers.trainers.props.networking import Networking
    from constructs_trainers.trainers.props.output_data_config import OutputDataConfig
    from constructs_trainers.trainers.props.trainer_props import TrainerProps


_ID = "ConstructsTrainersOutput"
_NO_ACCESS_LOGS = (
    "Access logs need a bucket of their own, which is for the account to choose. Give trainers an "
    "output bucket that has them, or record data events with CloudTrail."
)


def shared_output_bucket(scope: Construct) -> s3.IBucket:
    """The stack's output bucket, made when the first trainer asks for it.

    Encrypted, private, reached over TLS only, and kept when the stack is deleted: what is in it
    took days to train.
    """
    # Only here, because it takes as long to import as the rest of a small app does to run.
    from aws_cdk import aws_s3 as s3

    stack = cdk.Stack.of(scope)
    existing = stack.node.try_find_child(_ID)
    if isinstance(existing, s3.Bucket):
        return existing
    bucket = s3.Bucket(
        stack,
        _ID,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        # Kept with what is in it, but for one that a rolled-back creation made: it has nothing.
        removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    acknowledge(bucket, {"AwsSolutions-S1": _NO_ACCESS_LOGS})
    return bucket


# API reference: CreateModelPackageGroup, ModelPackageGroupName.
_LONGEST_NAME = 63
_TYPE = "AWS::SageMaker::ModelPackageGroup"


@jsii.implements(cdk.ITaggableV2)
class _Group(cdk.CfnResource):
    """The L1 by its type, with tags: aws_cdk.aws_sagemaker is slow to import."""

    def __init__(self, scope: Construct, *, name: str, text: str) -> None:
        # The CDK writes what the manager holds, as it stands: under the resource's own names.
        self._tags = cdk.TagManager(cdk.TagType.KEY_VALUE, _TYPE, tag_property_name="Tags")
        super().__init__(
            scope,
            "ModelPackageGroup",
            type=_TYPE,
            properties={
                "ModelPackageGroupName": name,
                "ModelPackageGroupDescription": text,
            },
        )

    @property
    def cdk_tag_manager(self) -> cdk.TagManager:
        """Takes the tags of ``Tags.of(scope)``."""
        return self._tags


class CreatedModelPackageGroup:
    """A group that a trainer makes for itself.

    It is kept when the stack is deleted, as the models in it are: the service refuses to delete a
    group that is not empty.

    Attributes:
        name: Its name, from the trainer's path.
        arn: Its ARN, which is known at deployment.
    """

    def __init__(self, scope: Construct) -> None:
        self.name = cdk.Names.unique_resource_name(
            scope, max_length=_LONGEST_NAME, separator="-", allowed_special_characters="-"
        )
        # A service that finds the name taken shows no more than the group: so it says what to do.
        text = (
            f"Models of {scope.node.path}. Kept when its stack is deleted; to deploy the stack "
            f"again give the trainer model_package_group={self.name}"
        )
        group = _Group(scope, name=self.name, text=description(text))
        # Not of a creation that is rolled back, or the next one would find the name taken.
        group.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self.arn = group.get_att("ModelPackageGroupArn").to_string()


_DEFAULT_PREFIX = "output"
_SECURITY_GROUP = "SecurityGroup"

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
        model_package_group_arn: Where the model is registered; None for own instances without
            a group.
        model_package_group_name: The name in that ARN.
        model_packages: ARN, with a wildcard, of the packages in that group; empty for no group.
        source_model_package_arn: The model package that training goes on from, or None.
        security_group_ids: The job's security groups; empty for no VPC.
        subnets: The job's subnets; empty for no VPC.
        recipe_uri: S3 URI of the recipe's file on own instances, or None.
    """

    role_arn: str
    s3_output_path: str
    kms_key_id: str | None
    model_package_group_arn: str | None
    model_package_group_name: str
    model_packages: str
    source_model_package_arn: str | None
    security_group_ids: list[str]
    subnets: list[str]
    recipe_uri: str | None


def pending_resources(props: TrainerProps, *, has_recipe_file: bool) -> JobResources:
    """What the user wrote out, and stand-ins for everything else: for checks before creation."""
    output = props.output
    networking = props.networking
    has_vpc = networking is not None and networking.vpc is not None
    groups = list(networking.security_group_ids or ()) if networking else []
    groups += [PENDING] * len(networking.security_groups or ()) if networking else []
    subnets = list(networking.subnets or ()) if networking else []
    return JobResources(
        role_arn=_given_role_arn(props.role) or PENDING,
        s3_output_path=output.s3_output_path or PENDING,
        kms_key_id=output.kms_key_id if output.kms_key is None else output.kms_key.key_arn,
        model_package_group_arn=_given_group_arn(props.model_package_group) or PENDING,
        model_package_group_name=PENDING,
        model_packages=PENDING,
        source_model_package_arn=props.source.package_arn,
        security_group_ids=[PENDING] if has_vpc and not groups else groups,
        subnets=[PENDING] if has_vpc else subnets,
        recipe_uri=PENDING if has_recipe_file else None,
    )


def _given_role_arn(role: str | iam.IRole | None) -> str | None:
    return role if role is None or isinstance(role, str) else role.role_arn


def _given_group_arn(group: object) -> str | None:
    """The ARN of a group that is given by it."""
    return group if isinstance(group, str) and is_arn(group) else None


def create_resources(
    scope: Construct, props: TrainerProps, *, recipe_file: str | None, registers_model: bool
) -> tuple[iam.IRole, JobResources]:
    """Make what the user did not give, and name everything.

    Args:
        scope: The trainer.
        props: Its props.
        recipe_file: The text of the file that the recipe travels in; None for no file.
        registers_model: Whether the model is registered also when no group is given.
    """
    role = _role(scope, props)
    output = props.output
    key = output.kms_key
    group_arn, group_name, packages = _model_package_group(
        scope, props, registers_model=registers_model
    )
    networking = props.networking
    resources = JobResources(
        role_arn=role.role_arn,
        s3_output_path=_s3_output_path(scope, output),
        kms_key_id=output.kms_key_id if key is None else key.key_arn,
        model_package_group_arn=group_arn,
        model_package_group_name=group_name,
        model_packages=packages,
        source_model_package_arn=props.source.package_arn,
        security_group_ids=_security_group_ids(scope, networking),
        subnets=[] if networking is None else networking.subnet_ids(),
        recipe_uri=None if recipe_file is None else add_recipe_asset(scope, recipe_file).s3_uri,
    )
    return role, resources


def _role(scope: Construct, props: TrainerProps) -> iam.IRole:
    if props.role is None:
        chaining = props.session_chaining_config
        tagged = chaining is not None and chaining.enable_session_tag_chaining
        return create_job_role(scope, takes_session_tags=tagged)
    if isinstance(props.role, str):
        return iam.Role.from_role_arn(scope, "Role", props.role, mutable=False)
    return props.role


def _security_group_ids(scope: Construct, networking: Networking | None) -> list[str]:
    """The security groups to use; a bare VPC gets one that lets traffic out."""
    if networking is None:
        return []
    if networking.security_groups:
        return [group.security_group_id for group in networking.security_groups]
    if networking.security_group_ids or networking.vpc is None:
        return list(networking.security_group_ids or ())
    from aws_cdk import aws_ec2 as ec2

    group = ec2.SecurityGroup(
        scope,
        _SECURITY_GROUP,
        vpc=networking.vpc,
        description=description(f"Training jobs of {scope.node.path}"),
    )
    return [group.security_group_id]


def security_group_of(scope: Construct) -> ec2.ISecurityGroup | None:
    """The security group that was made for a trainer; None for none."""
    from aws_cdk import aws_ec2 as ec2

    found = scope.node.try_find_child(_SECURITY_GROUP)
    return found if isinstance(found, ec2.SecurityGroup) else None


def output_bucket_of(scope: Construct, output: OutputDataConfig) -> s3.IBucket | None:
    """The bucket that a trainer writes to; None where it is named in text."""
    if output.s3_output_path is not None:
        return None
    return output.bucket or shared_output_bucket(scope)


def _s3_output_path(scope: Construct, output: OutputDataConfig) -> str:
    if output.s3_output_path is not None:
        return output.s3_output_path
    bucket = output.bucket or shared_output_bucket(scope)
    # A folder of the trainer's own, so that no job may write over what another trainer made.
    folder = output.prefix or f"{_DEFAULT_PREFIX}/{unique_name(scope)}"
    return s3_uri(bucket.bucket_name, folder)


def _model_package_group(
    scope: Construct, props: TrainerProps, *, registers_model: bool
) -> tuple[str | None, str, str]:
    """ARN and name of the group, and the ARN of the packages in it."""
    given = props.model_package_group
    source_group = props.source.package_group
    if given is None and source_group is not None:
        name, arn = source_group
        return arn, name, packages_in(arn)
    if given is None and not registers_model:
        # The model stays in S3 unless the job is told to register it.
        return None, "", ""
    stack = cdk.Stack.of(scope)
    if given is None:
        group = CreatedModelPackageGroup(scope)
        return group.arn, group.name, _packages_of(stack, group.name)
    if not isinstance(given, str):
        name = given.model_package_group_name
        packages = _packages_of(cdk.Stack.of(given), name)
        return given.attr_model_package_group_arn, name, packages
    arn = model_package_group_arn(given, Environment.of(stack))
    known = group_name(arn)
    if known is not None:
        return arn, known, packages_in(arn)
    name = cdk.Fn.select(1, cdk.Fn.split(GROUP_MARKER, arn)) if is_token(arn) else arn
    return arn, name, packages_in(arn)


def _packages_of(stack: cdk.Stack, group_name: str) -> str:
    """The packages in a group that a stack makes."""
    return packages_in(Environment.of(stack).arn("sagemaker", f"{GROUP_MARKER}{group_name}"))


def packages_in(group_arn: str) -> str:
    """The ARN, with a wildcard, of the packages in a group, known at deployment if not before."""
    known = packages_of(group_arn)
    if known is not None:
        return known
    # Not Fn.join over Fn.split: cdk-nag takes no list that only the deployment knows.
    before, name = (cdk.Fn.select(n, cdk.Fn.split(GROUP_MARKER, group_arn)) for n in (0, 1))
    return f"{before}{PACKAGE_MARKER}{name}/*"
