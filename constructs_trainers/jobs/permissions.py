"""What a job's role must be allowed, read off the request.

Each part of a CreateTrainingJob request needs some actions on some resources of whoever runs the
job. Source: the policies that the SageMaker Python SDK makes for a training role
(``sagemaker.core.helper.iam_policies``), narrowed to the resources that the request names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_trainers.jobs.data_sources import s3_location
from constructs_trainers.jobs.expressions import Expression
from constructs_trainers.recipes.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_READ = ("s3:GetObject",)
_READ_AND_WRITE = ("s3:GetObject", "s3:PutObject")
_OUTPUT_KEY_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
VOLUME_KEY_ACTIONS = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
)
"""What a role needs of a key that instance volumes are encrypted with (EBS user guide)."""
_ECR_IMAGE = re.compile(
    r"(?P<account>[^.]+)\.dkr\.ecr\.(?P<region>[^.]+)\.[^/]+/(?P<repository>[^:@]+)"
)
_MLFLOW_ACTIONS = [
    "AccessUI",
    "CreateExperiment",
    "CreateModelVersion",
    "CreateRegisteredModel",
    "CreateRun",
    "DeleteTag",
    "FinalizeLoggedModel",
    "Get*",
    "ListArtifacts",
    "ListLoggedModelArtifacts",
    "LogBatch",
    "LogInputs",
    "LogLoggedModelParams",
    "LogMetric",
    "LogModel",
    "LogOutputs",
    "LogParam",
    "RenameRegisteredModel",
    "RestoreExperiment",
    "RestoreRun",
    "Search*",
    "SetExperimentTag",
    "SetLoggedModelTags",
    "SetRegisteredModelAlias",
    "SetRegisteredModelTag",
    "SetTag",
    "TransitionModelVersionStage",
    "UpdateExperiment",
    "UpdateModelVersion",
    "UpdateRegisteredModel",
]
_NETWORK_ACTIONS = [
    "CreateNetworkInterface",
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission",
    "DescribeNetworkInterfaces",
    "DescribeVpcs",
    "DescribeDhcpOptions",
    "DescribeSubnets",
    "DescribeSecurityGroups",
]


@dataclass(frozen=True)
class Statement:
    """One statement of an IAM policy that allows something.

    Attributes:
        actions: The actions, with their service's prefix.
        resources: ARNs, which may hold CDK tokens.
        conditions: Operator to key to values; empty for none.
    """

    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """The statement as a policy document holds it."""
        statement: dict[str, object] = {
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        if self.conditions:
            statement["Condition"] = {k: dict(v) for k, v in self.conditions.items()}
        return statement


@dataclass(frozen=True)
class S3Place:
    """An S3 URI taken apart.

    Attributes:
        bucket: The bucket.
        path: Bucket, slash and key.
        key: The key; None when only the deployment can tell it from the bucket.
    """

    bucket: str
    path: str
    key: str | None


def literal_place(uri: str) -> S3Place:
    """Take an S3 URI apart whose ``s3://`` is literal; bucket and key may hold CDK tokens."""
    bucket, key = s3_location(uri)
    return S3Place(bucket, f"{bucket}/{key}", key)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where the job runs, and how to take token strings apart.

    Attributes:
        partition: The AWS partition.
        region: The region.
        account: The account.
        model_package_group_name: The name in the request's ModelPackageGroupArn.
        locate: Takes an S3 URI apart. The default knows URIs that begin literally.
    """

    partition: str
    region: str
    account: str
    model_package_group_name: str
    locate: Callable[[str], S3Place] = literal_place


def job_role_statements(
    request: Mapping[str, Any], surroundings: Surroundings, *, reward_lambda_arn: str | None = None
) -> list[Statement]:
    """The statements that the role of a job needs, and no more.

    Args:
        request: The CreateTrainingJob request.
        surroundings: Where the job runs.
        reward_lambda_arn: The Lambda function that scores answers, or None.
    """
    return [
        *_telemetry(surroundings),
        *_input(request, surroundings),
        *_output(request, surroundings),
        *_base_model(request),
        *_model_package(request, surroundings),
        *_mlflow(request),
        *_network(request),
        *_own_instances(request, surroundings),
        *_rewards(request, surroundings, reward_lambda_arn),
    ]


def machine_role_statements(
    *, stem: str, role_arn: str, surroundings: Surroundings
) -> list[Statement]:
    """The statements that the state machine needs to run jobs of one stem.

    Args:
        stem: What job names begin with, or ``""`` when that is only known at deployment.
        role_arn: The job's role.
        surroundings: Where the job runs.
    """
    # A stem ends before the hyphen that every name has after it.
    names = f"{stem}-*" if stem else "*"
    jobs = _sagemaker_arn(surroundings, f"training-job/{names}")
    calls = ("CreateTrainingJob", "DescribeTrainingJob", "AddTags")
    return [
        Statement([f"sagemaker:{call}" for call in calls], [jobs]),
        Statement(
            ["iam:PassRole"],
            [role_arn],
            {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
    ]


def stopper_statement(stem: str, surroundings: Surroundings) -> Statement:
    """What the machine that stops jobs of one stem needs.

    Args:
        stem: What job names begin with, or ``""`` when that is only known at deployment.
        surroundings: Where the job runs.
    """
    jobs = _sagemaker_arn(surroundings, f"training-job/{stem}-*" if stem else "training-job/*")
    return Statement(["sagemaker:StopTrainingJob"], [jobs])


def _telemetry(at: Surroundings) -> Iterator[Statement]:
    groups = (
        f"arn:{at.partition}:logs:{at.region}:{at.account}:log-group:/aws/sagemaker/TrainingJobs"
    )
    actions = ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "DescribeLogStreams")
    yield Statement([f"logs:{action}" for action in actions], [groups, f"{groups}:*"])
    # PutMetricData knows no resources.
    yield Statement(["cloudwatch:PutMetricData"], ["*"])


def _input(request: Mapping[str, Any], at: Surroundings) -> Iterator[Statement]:
    for channel in request.get("InputDataConfig", []):
        source = channel["DataSource"]
        if "S3DataSource" in source:
            yield from _objects(source["S3DataSource"]["S3Uri"], "*", _READ, at)
        if "DatasetSource" in source:
            yield Statement(
                ["sagemaker:DescribeHubContent"], [source["DatasetSource"]["DatasetArn"]]
            )


def _output(request: Mapping[str, Any], at: Surroundings) -> Iterator[Statement]:
    output = request["OutputDataConfig"]
    path = output["S3OutputPath"]
    yield from _objects(path if path.endswith("/") else f"{path}/", "*", _READ_AND_WRITE, at)
    if "KmsKeyId" in output:
        yield _key(output["KmsKeyId"], at)


def _objects(
    uri: str, suffix: str, actions: Sequence[str], at: Surroundings
) -> Iterator[Statement]:
    place = at.locate(uri)
    bucket = f"arn:{at.partition}:s3:::{place.bucket}"
    yield Statement(actions, [f"arn:{at.partition}:s3:::{place.path}{suffix}"])
    yield Statement(["s3:GetBucketLocation"], [bucket])
    condition = {"StringLike": {"s3:prefix": f"{place.key}{suffix}"}} if place.key else {}
    yield Statement(["s3:ListBucket"], [bucket], condition)


def _key(
    key_id: str,
    at: Surroundings,
    actions: Sequence[str] = _OUTPUT_KEY_ACTIONS,
    *,
    service: str = "s3",
) -> Statement:
    keys = f"arn:{at.partition}:kms:{at.region}:{at.account}:key/"
    if ":key/" in key_id:
        return Statement(actions, [key_id])
    alias = key_id.partition(":alias/")[2] or key_id.removeprefix("alias/")
    if alias != key_id:
        condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{alias}"}}
        return Statement(actions, [f"{keys}*"], condition)
    if is_token(key_id):
        # Only the deployment knows whether it is an id, an alias or an ARN. Another service
        # encrypts with it, so any key that this service is asked to use, and its policy decides.
        via = f"{service}.{at.region}.amazonaws.com"
        return Statement(actions, [f"{keys}*"], {"StringEquals": {"kms:ViaService": via}})
    return Statement(actions, [f"{keys}{key_id}"])


def _base_model(request: Mapping[str, Any]) -> Iterator[Statement]:
    if "ServerlessJobConfig" not in request:
        return
    arn = request["ServerlessJobConfig"]["BaseModelArn"]
    before, _, content = arn.partition(":hub-content/")
    hub = f"{before}:hub/{content.partition('/')[0]}"
    yield Statement(["sagemaker:DescribeHubContent"], [arn])
    # The service resolves the hub before it reads its content.
    yield Statement(["sagemaker:DescribeHub", "sagemaker:ListHubContents"], [hub])


def _model_package(request: Mapping[str, Any], at: Surroundings) -> Iterator[Statement]:
    config = request.get("ModelPackageConfig", {})
    if "ModelPackageGroupArn" in config:
        packages = _sagemaker_arn(at, f"model-package/{at.model_package_group_name}/*")
        group_actions = ("CreateModelPackage", "DescribeModelPackageGroup", "ListModelPackages")
        package_actions = (
            "CreateModelPackage",
            "DescribeModelPackage",
            "UpdateModelPackage",
            "AddTags",
        )
        group = [config["ModelPackageGroupArn"]]
        yield Statement([f"sagemaker:{action}" for action in group_actions], group)
        yield Statement([f"sagemaker:{action}" for action in package_actions], [packages])
    if "SourceModelPackageArn" in config:
        yield Statement(["sagemaker:DescribeModelPackage"], [config["SourceModelPackageArn"]])


def _mlflow(request: Mapping[str, Any]) -> Iterator[Statement]:
    arn = request.get("MlflowConfig", {}).get("MlflowResourceArn")
    if arn is not None:
        yield Statement([f"sagemaker-mlflow:{action}" for action in _MLFLOW_ACTIONS], [arn])
        described = ("sagemaker:DescribeMlflowApp", "sagemaker:DescribeMlflowTrackingServer")
        yield Statement(described, [arn])


def _rewards(
    request: Mapping[str, Any], at: Surroundings, reward_lambda_arn: str | None
) -> Iterator[Statement]:
    evaluator = request.get("ServerlessJobConfig", {}).get("EvaluatorArn")
    if isinstance(evaluator, Expression):
        # A name that is computed at run time cannot stand in a policy.
        evaluator = _sagemaker_arn(at, "hub-content/*/JsonDoc/rlvr-reward-*")
    if evaluator is not None:
        yield Statement(["sagemaker:DescribeHubContent"], [evaluator])
    if reward_lambda_arn is not None:
        yield Statement(["lambda:InvokeFunction"], [reward_lambda_arn])


def _own_instances(request: Mapping[str, Any], at: Surroundings) -> Iterator[Statement]:
    image = request.get("AlgorithmSpecification", {}).get("TrainingImage")
    if image is not None:
        yield from _image(image, at)
    resources = request.get("ResourceConfig", {})
    if "VolumeKmsKeyId" in resources:
        yield _key(resources["VolumeKmsKeyId"], at, VOLUME_KEY_ACTIONS, service="ec2")
    for path in _further_outputs(request):
        yield from _objects(path if path.endswith("/") else f"{path}/", "*", _READ_AND_WRITE, at)


def _image(image: str, at: Surroundings) -> Iterator[Statement]:
    # The token is for the whole registry; IAM knows no resource for it.
    yield Statement(["ecr:GetAuthorizationToken"], ["*"])
    actions = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
    match = _ECR_IMAGE.match(image)
    repository = f"arn:{at.partition}:ecr:{at.region}:*:repository/*"
    if match:
        repository = (
            f"arn:{at.partition}:ecr:{match['region']}:{match['account']}"
            f":repository/{match['repository']}"
        )
    yield Statement([f"ecr:{action}" for action in actions], [repository])


def _further_outputs(request: Mapping[str, Any]) -> Iterator[str]:
    """Where a job writes besides its output."""
    if "CheckpointConfig" in request:
        yield request["CheckpointConfig"]["S3Uri"]
    for name in ("DebugHookConfig", "TensorBoardOutputConfig", "ProfilerConfig"):
        if "S3OutputPath" in request.get(name, {}):
            yield request[name]["S3OutputPath"]
    for name in ("DebugRuleConfigurations", "ProfilerRuleConfigurations"):
        for rule in request.get(name, ()):
            if "S3OutputPath" in rule:
                yield rule["S3OutputPath"]


def _network(request: Mapping[str, Any]) -> Iterator[Statement]:
    if "VpcConfig" in request:
        # The interfaces do not exist yet, and the describing actions know no resources.
        yield Statement([f"ec2:{action}" for action in _NETWORK_ACTIONS], ["*"])


def _sagemaker_arn(at: Surroundings, resource: str) -> str:
    return f"arn:{at.partition}:sagemaker:{at.region}:{at.account}:{resource}"
