"""What roles need, read off the request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from constructs_trainers.jobs.permissions.machine import MACHINE_PERMISSIONS
from constructs_trainers.jobs.permissions.statements import PermissionContext, statements_of
from constructs_trainers.jobs.permissions.table import JOB_ROLE
from constructs_trainers.values.arns import Environment

AT = PermissionContext(
    environment=Environment(partition="aws", region="us-west-2", account="123456789012"),
    job_name_stem="sft",
    model_packages="arn:aws:sagemaker:us-west-2:123456789012:model-package/group/*",
)
GROUP = "arn:aws:sagemaker:us-west-2:123456789012:model-package-group/group"
MLFLOW = "arn:aws:sagemaker:us-west-2:123456789012:mlflow-app/app-1"


def request(**members: object) -> dict[str, Any]:
    base = "arn:aws:sagemaker:us-west-2:aws:hub-content/SageMakerPublicHub/Model/m/1.0.0"
    return {
        "OutputDataConfig": {"S3OutputPath": "s3://out-bucket/models"},
        "ServerlessJobConfig": {"BaseModelArn": base},
        **members,
    }


def channel(uri: str) -> dict[str, Any]:
    source = {"S3DataSource": {"S3Uri": uri}}
    return {"InputDataConfig": [{"ChannelName": "train", "DataSource": source}]}


def allowed(req: dict[str, Any], action: str) -> list[str]:
    statements = statements_of(JOB_ROLE, replace(AT, request=req))
    return [r for s in statements if action in s.actions for r in s.resources]


def test_a_job_reads_its_data_and_nothing_else() -> None:
    got = allowed(request(**channel("s3://in-bucket/data/train")), "s3:GetObject")
    assert got == ["arn:aws:s3:::in-bucket/data/train*", "arn:aws:s3:::out-bucket/models/*"]


def test_a_bucket_without_a_key_is_read_whole() -> None:
    got = allowed(request(**channel("s3://in-bucket")), "s3:GetObject")
    assert got[0] == "arn:aws:s3:::in-bucket/*"


def test_listing_is_kept_to_the_prefix() -> None:
    (listing, _) = (
        s
        for s in statements_of(
            JOB_ROLE, replace(AT, request=request(**channel("s3://in-bucket/data")))
        )
        if "s3:ListBucket" in s.actions
    )
    assert listing.conditions == {"StringLike": {"s3:prefix": "data*"}}


def test_a_job_writes_below_its_output_path_only() -> None:
    assert allowed(request(), "s3:PutObject") == ["arn:aws:s3:::out-bucket/models/*"]


def test_a_hub_dataset_is_described() -> None:
    arn = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/h/DataSet/d/1.0.0"
    source = {"DatasetSource": {"DatasetArn": arn}}
    req = request(InputDataConfig=[{"ChannelName": "train", "DataSource": source}])
    assert arn in allowed(req, "sagemaker:DescribeHubContent")


def test_the_hub_of_the_model_is_described() -> None:
    hub = "arn:aws:sagemaker:us-west-2:aws:hub/SageMakerPublicHub"
    assert allowed(request(), "sagemaker:DescribeHub") == [hub]


def test_models_are_registered_in_the_group_only() -> None:
    req = request(ModelPackageConfig={"ModelPackageGroupArn": GROUP})
    assert allowed(req, "sagemaker:CreateModelPackage") == [
        GROUP,
        "arn:aws:sagemaker:us-west-2:123456789012:model-package/group/*",
    ]


def test_mlflow_and_network_are_allowed_only_when_they_are_used() -> None:
    assert allowed(request(), "sagemaker-mlflow:LogMetric") == []
    assert allowed(request(), "ec2:CreateNetworkInterface") == []
    used = request(
        MlflowConfig={"MlflowResourceArn": MLFLOW},
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
    )
    assert allowed(used, "sagemaker-mlflow:LogMetric") == [MLFLOW]
    assert allowed(used, "ec2:CreateNetworkInterface") == ["*"]


def test_a_key_is_named_by_arn_id_or_alias() -> None:
    def keys(key_id: str) -> list[str]:
        output = {"S3OutputPath": "s3://out-bucket", "KmsKeyId": key_id}
        return allowed(request(OutputDataConfig=output), "kms:GenerateDataKey")

    arn = "arn:aws:kms:us-west-2:123456789012:key/1234"
    assert keys(arn) == [arn]
    assert keys("1234") == [arn]
    assert keys("alias/mine") == ["arn:aws:kms:us-west-2:123456789012:key/*"]
    assert keys(arn.replace("key/1234", "alias/mine")) == keys("alias/mine")


def test_a_key_that_only_the_deployment_knows_is_opened_through_s3_only() -> None:
    output = {"S3OutputPath": "s3://out-bucket", "KmsKeyId": "${Token[TOKEN.7]}"}
    statements = statements_of(JOB_ROLE, replace(AT, request=request(OutputDataConfig=output)))
    (key,) = (s for s in statements if "kms:Decrypt" in s.actions)
    assert key.resources == ["arn:aws:kms:us-west-2:123456789012:key/*"]
    assert key.conditions == {"StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"}}


def test_an_alias_opens_its_own_key_only() -> None:
    output = {"S3OutputPath": "s3://out-bucket", "KmsKeyId": "alias/mine"}
    statements = statements_of(JOB_ROLE, replace(AT, request=request(OutputDataConfig=output)))
    (key,) = (s for s in statements if "kms:Decrypt" in s.actions)
    assert key.conditions == {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/mine"}}


def test_the_machine_runs_jobs_of_its_own_name_under_its_own_role() -> None:
    role = "arn:aws:iam::123456789012:role/r"
    jobs, passing = statements_of(MACHINE_PERMISSIONS, replace(AT, request=request(RoleArn=role)))
    start = "arn:aws:sagemaker:us-west-2:123456789012:training-job/sft-????????????-"
    assert jobs.resources == [f"{start}?", f"{start}??"]
    assert passing.resources == [role]
    assert passing.to_json()["Condition"] == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }
