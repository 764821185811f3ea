"""The table of permissions against the API's model and the SageMaker Python SDK's list."""

from __future__ import annotations

import re

from constructs_trainers.jobs.permissions.table import JOB_ROLE, MACHINE_ROLE, NEEDS_NOTHING
from constructs_trainers.jobs.request.service_model import input_shape
from tests.support import needed_permissions as needed

# IamRoleResolver().get_required_actions("training") of sagemaker-core 2.27.0, but for MLflow's.
SDK_ACTIONS = """
cloudwatch:PutMetricData ec2:CreateNetworkInterface ec2:CreateNetworkInterfacePermission
ec2:DeleteNetworkInterface ec2:DeleteNetworkInterfacePermission ec2:DescribeDhcpOptions
ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs
ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetAuthorizationToken
ecr:GetDownloadUrlForLayer kms:Decrypt kms:Encrypt kms:GenerateDataKey lambda:InvokeFunction
logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents
s3:GetBucketLocation s3:GetObject s3:ListBucket s3:PutObject sagemaker:AddAssociation
sagemaker:AddTags sagemaker:CreateAction sagemaker:CreateArtifact sagemaker:CreateContext
sagemaker:CreateModelPackage sagemaker:CreateModelPackageGroup sagemaker:CreateTrainingJob
sagemaker:DeleteAction sagemaker:DeleteArtifact sagemaker:DeleteAssociation
sagemaker:DescribeAction sagemaker:DescribeArtifact sagemaker:DescribeContext
sagemaker:DescribeHub sagemaker:DescribeHubContent sagemaker:DescribeModelPackage
sagemaker:DescribeModelPackageGroup sagemaker:DescribeTrainingJob sagemaker:ListActions
sagemaker:ListArtifacts sagemaker:ListAssociations sagemaker:ListHubContents sagemaker:ListHubs
sagemaker:ListModelPackages sagemaker:StopTrainingJob sagemaker:UpdateAction
sagemaker:UpdateArtifact sagemaker:UpdateModelPackage
"""
# As docs/iam.md says: the machine's, of no use here, or for evaluations.
LEFT_OUT = re.compile(
    r"sagemaker:((Create|Describe|Stop)TrainingJob|CreateModelPackageGroup|ListHubs"
    r"|\w+(Actions?|Artifacts?|Associations?|Context))"
)


def test_the_job_role_has_the_sdks_actions_but_for_those_that_are_left_out_on_purpose() -> None:
    ours = {action for permission in JOB_ROLE for action in permission.actions}
    sdk = {*SDK_ACTIONS.split(), *needed.MLFLOW.split()}
    assert {action for action in sdk - ours if not LEFT_OUT.fullmatch(action)} == set()
    assert {action for action in ours & sdk if LEFT_OUT.fullmatch(action)} == set()


def test_what_the_sdk_does_not_list_is_documented_elsewhere() -> None:
    sdk = {*SDK_ACTIONS.split(), *needed.MLFLOW.split()}
    for permission in JOB_ROLE:
        if not set(permission.actions) <= sdk:
            assert not permission.source.startswith("SDK"), permission.member


def test_every_member_of_the_request_is_in_the_table_or_said_to_need_nothing() -> None:
    told = " ".join([*(p.member for p in (*JOB_ROLE, *MACHINE_ROLE)), *NEEDS_NOTHING])
    members = input_shape("CreateTrainingJob").members
    assert [name for name in members if name not in told] == []


def test_a_row_is_told_by_member_actions_and_resources() -> None:
    rows = [(p.member, p.actions, p.resources) for p in (*JOB_ROLE, *MACHINE_ROLE)]
    assert len(rows) == len(set(rows))
    assert all(":" in action for _, actions, _ in rows for action in actions)
