"""What a request needs of the two roles, written down a second time.

Told by the members of a request, in plain ARNs, and without the code that makes the statements.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Need = tuple[str, str, str]
"""An action, a resource, and the condition as JSON."""

COMPUTED = "computed at run time"
"""Stands for a value that each execution computes."""

KEY_FOR_OUTPUT = "kms:Decrypt kms:Encrypt kms:GenerateDataKey"
KEY_FOR_VOLUMES = "kms:Decrypt kms:DescribeKey kms:GenerateDataKeyWithoutPlaintext"
LOGS = "logs:CreateLogGroup logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents"
NETWORK = """ec2:CreateNetworkInterface ec2:CreateNetworkInterfacePermission
    ec2:DeleteNetworkInterface ec2:DeleteNetworkInterfacePermission ec2:DescribeDhcpOptions
    ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs"""
MLFLOW = "sagemaker:DescribeMlflowApp sagemaker:DescribeMlflowTrackingServer " + " ".join(
    f"sagemaker-mlflow:{name}"
    for name in re.findall(
        r"\S+",
        """AccessUI CreateExperiment CreateModelVersion CreateRegisteredModel CreateRun
    DeleteTag FinalizeLoggedModel Get* ListArtifacts ListLoggedModelArtifacts LogBatch LogInputs
    LogLoggedModelParams LogMetric LogModel LogOutputs LogParam RenameRegisteredModel
    RestoreExperiment RestoreRun Search* SetExperimentTag SetLoggedModelTags
    SetRegisteredModelAlias SetRegisteredModelTag SetTag TransitionModelVersionStage
    UpdateExperiment UpdateModelVersion UpdateRegisteredModel""",
    )
)
ECR = "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer"
SSM = """ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel
    ssmmessages:OpenControlChannel ssmmessages:OpenDataChannel"""
MACHINE_SERVICES = """logs:CreateLogDelivery logs:DeleteLogDelivery logs:DescribeLogGroups
    logs:DescribeResourcePolicies logs:GetLogDelivery logs:ListLogDeliveries
    logs:PutResourcePolicy logs:UpdateLogDelivery xray:GetSamplingRules xray:GetSamplingTargets
    xray:PutTelemetryRecords xray:PutTraceSegments"""

# Where a job writes.
WRITTEN = re.compile(
    r"(OutputDataConfig|DebugHookConfig|DebugRuleConfigurations|TensorBoardOutputConfig"
    r"|ProfilerConfig|ProfilerRuleConfigurations)\.S3OutputPath|CheckpointConfig\.S3Uri"
)
# Members that need nothing, as patterns of their paths.
NOTHING = re.compile(
    r"""HyperParameters\.(?!judge_model_id$).*|StoppingCondition\..*|Enable[A-Z]\w+|Tags\..*
    |Environment\..*|RetryStrategy\..*|InfraCheckConfig\..*|SessionChainingConfig\..*
    |ExperimentConfig\..*|VpcConfig\.(Subnets|SecurityGroupIds)|OutputDataConfig\.CompressionType
    |AlgorithmSpecification\.TrainingInputMode|RoleArn|MlflowConfig\.Mlflow(Experiment|Run)Name
    |ServerlessJobConfig\.(JobType|CustomizationTechnique|AcceptEula|Peft|SequenceLength)
    |ResourceConfig\.(InstanceType|InstanceCount|VolumeSizeInGB|KeepAlivePeriodInSeconds)
    |ResourceConfig\.(InstancePreferences\.)?TrainingPlanArns?
    |ResourceConfig\.InstanceGroups\..*|ResourceConfig\.InstancePreferences\.Instance(Type|Count)
    |CheckpointConfig\.LocalPath|DebugHookConfig\.(?!S3OutputPath).*
    |(Debug|Profiler)RuleConfigurations\.(?!S3OutputPath).*|TensorBoardOutputConfig\.LocalPath
    |ProfilerConfig\.(?!S3OutputPath).*|InputDataConfig\..*""",
    re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A trainer's job.

    Attributes:
        request: The request, with CloudFormation's functions as text.
        place: Partition, region and account, likewise.
        stem: What job names begin with.
        packages: The packages in the request's group.
        reward_function: A Lambda function's ARN.
        registry: The hub and the evaluator that the machine registers.
        read_keys: Keys of buckets that are read.
        written_keys: Keys of buckets that are written.
        upstream: The OutputDataConfig, with its packages as ``Packages``, of another trainer.
        run_data: What executions may name as data: S3 URIs and ARNs of DataSets.
        run_job: Whether Step Functions waits for the job itself.
        run_groups: Names of model package groups whose packages executions may name.
    """

    request: dict[str, Any]
    place: tuple[str, str, str] = ("aws", "us-west-2", "123456789012")
    stem: str
    packages: str | None = None
    reward_function: str | None = None
    registry: tuple[str, str] | None = None
    read_keys: list[str] = field(default_factory=list)
    written_keys: list[str] = field(default_factory=list)
    upstream: dict[str, str] | None = None
    run_data: list[str] = field(default_factory=list)
    run_groups: list[str] = field(default_factory=list)
    run_job: bool = False

    def arn(self, service: str, resource: str) -> str:
        return ":".join(["arn", self.place[0], service, *self.place[1:], resource])


def needs(actions: str, resource: str, condition: Any = None) -> set[Need]:  # noqa: ANN401 - JSON
    text = "" if condition is None else json.dumps(condition, sort_keys=True)
    return {(action, resource, text) for action in actions.split()}


def job_role_needs(case: Case) -> set[Need]:
    """All that the job's role needs."""
    group = case.arn("logs", "log-group:/aws/sagemaker/TrainingJobs")
    found = needs(LOGS, group) | needs(LOGS, f"{group}:*") | needs("cloudwatch:PutMetricData", "*")
    for path, value in leaves(case.request):
        found |= of_member(case, path, value)
    for channel in case.request["InputDataConfig"]:
        found |= of_channel(case, channel)
    if "VpcConfig" in case.request:
        found |= needs(NETWORK, "*")
    for key in case.read_keys:
        found |= needs("kms:Decrypt", key)
    for key in case.written_keys:
        found |= needs(KEY_FOR_OUTPUT, key)
    if case.reward_function is not None:
        found |= needs("lambda:InvokeFunction", case.reward_function)
    found |= of_executions(case)
    if case.upstream is not None:
        found |= needs("sagemaker:DescribeModelPackage", case.upstream["Packages"])
        found |= of_objects(case, case.upstream["S3OutputPath"] + "/", "*", "s3:GetObject")
        if "KmsKeyId" in case.upstream:
            found |= of_key(case, case.upstream["KmsKeyId"], "kms:Decrypt", "s3")
    return found


def machine_role_needs(case: Case) -> set[Need]:
    """All that the machine's role needs."""
    found = needs(MACHINE_SERVICES, "*")
    for attempt in ("?", "??"):
        job = case.arn("sagemaker", f"training-job/{case.stem}-????????????-{attempt}")
        found |= needs(
            "sagemaker:AddTags sagemaker:CreateTrainingJob sagemaker:DescribeTrainingJob", job
        )
        if case.run_job:
            found |= needs("sagemaker:StopTrainingJob sagemaker:ListTags", job)
    if case.run_job:
        rule = "rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule"
        actions = "events:PutTargets events:PutRule events:DescribeRule"
        found |= needs(actions, case.arn("events", rule))
    passed = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    found |= needs("iam:PassRole", case.request["RoleArn"], passed)
    for path, value in leaves(case.request.get("ResourceConfig", {})):
        if "TrainingPlanArn" in path:
            found |= needs("sagemaker:CreateTrainingJob", value)
            capacities = re.sub(r":training-plan/.*", ":reserved-capacity/*", value)
            found |= needs("sagemaker:CreateTrainingJob", capacities)
    if case.registry is not None:
        hub, evaluator = case.registry
        found |= needs("sagemaker:CreateHub sagemaker:DescribeHub", hub)
        for arn in (hub, evaluator):
            found |= needs("sagemaker:ImportHubContent sagemaker:DescribeHubContent", arn)
    return found


def of_member(case: Case, path: str, value: Any) -> set[Need]:  # noqa: ANN401 - any leaf
    """What one member of the request needs of the job's role."""
    if WRITTEN.fullmatch(path):
        return of_objects(case, value.rstrip("/") + "/", "*", "s3:GetObject s3:PutObject")
    if path in MEMBERS:
        return MEMBERS[path](case, value)
    assert NOTHING.fullmatch(path), f"what does {path} need?"
    return set()


def of_evaluator(case: Case, value: str) -> set[Need]:
    if value != COMPUTED:
        return of_hub_content(value)
    assert case.registry is not None
    return of_hub_content(case.registry[1])


def of_group(case: Case, value: str) -> set[Need]:
    assert case.packages is not None
    of_itself = """sagemaker:CreateModelPackage sagemaker:DescribeModelPackageGroup
        sagemaker:ListModelPackages"""
    of_packages = """sagemaker:AddTags sagemaker:CreateModelPackage sagemaker:DescribeModelPackage
        sagemaker:ListModelPackages sagemaker:UpdateModelPackage"""
    return needs(of_itself, value) | needs(of_packages, case.packages)


def of_image(case: Case, value: str) -> set[Need]:
    match = re.fullmatch(r"(\d+)\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+).*", value)
    assert match is not None
    arn = f"arn:{case.place[0]}:ecr:{match[2]}:{match[1]}:repository/{match[3]}"
    return needs(ECR, arn) | needs("ecr:GetAuthorizationToken", "*")


def of_mlflow(value: str) -> set[Need]:
    is_server = ":mlflow-tracking-server/" in value
    return needs(MLFLOW, value) | needs("" if is_server else "sagemaker:CallMlflowAppApi", value)


def of_volume_key(case: Case, value: str) -> set[Need]:
    (_, keys, condition), *_ = of_key(case, value, "kms:CreateGrant", "ec2")
    held = json.loads(condition or "{}")
    grants = held | {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return of_key(case, value, KEY_FOR_VOLUMES, "ec2") | needs("kms:CreateGrant", keys, grants)


def of_judge(case: Case, value: str) -> set[Need]:
    partition, region, _ = case.place
    start = f"arn:{partition}:bedrock:{region}::foundation-model"
    return needs("bedrock:InvokeModel", f"{start}/{value.removeprefix('bedrock/')}")


MEMBERS: dict[str, Callable[[Case, Any], set[Need]]] = {
    "OutputDataConfig.KmsKeyId": lambda case, value: of_key(case, value, KEY_FOR_OUTPUT, "s3"),
    "ResourceConfig.VolumeKmsKeyId": of_volume_key,
    "ServerlessJobConfig.BaseModelArn": lambda _, value: of_hub_content(value),
    "ServerlessJobConfig.EvaluatorArn": of_evaluator,
    "ModelPackageConfig.ModelPackageGroupArn": of_group,
    "ModelPackageConfig.SourceModelPackageArn": lambda _, value: needs(
        "sagemaker:DescribeModelPackage", value
    ),
    "MlflowConfig.MlflowResourceArn": lambda _, value: of_mlflow(value),
    "AlgorithmSpecification.TrainingImage": of_image,
    "RemoteDebugConfig.EnableRemoteDebug": lambda _, value: needs(SSM, "*") if value else set(),
    "HyperParameters.judge_model_id": of_judge,
}


def of_channel(case: Case, channel: dict[str, Any]) -> set[Need]:
    """What one channel needs."""
    source = channel["DataSource"]
    if "DatasetSource" in source:
        return of_hub_content(source["DatasetSource"]["DatasetArn"])
    if "FileSystemDataSource" in source:
        return of_file_system(case, source["FileSystemDataSource"])
    uri = source["S3DataSource"]["S3Uri"]
    if "AlgorithmSpecification" in case.request and channel["ChannelName"] == "recipe":
        # The recipe of any deployment, by its name.
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        before, digest, name = key.rsplit("/", 2) if key.count("/") > 1 else ("", *key.split("/"))
        assert len(digest) == 64
        key = f"{before}/*/{name}".lstrip("/")
        start = f"arn:{case.place[0]}:s3:::{bucket}"
        through = {
            "StringEquals": {"kms:ViaService": via(case, "s3")},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": [start, f"{start}/{key}"]},
        }
        any_key = needs("kms:Decrypt", case.arn("kms", "key/*"), through)
        return of_objects(case, f"s3://{bucket}/{key}", "", "s3:GetObject") | any_key
    suffix = "" if "Manifest" in source["S3DataSource"]["S3DataType"] else "*"
    return of_objects(case, uri, suffix, "s3:GetObject")


def of_executions(case: Case) -> set[Need]:
    """What executions may name in place of the request's data and model."""
    found: set[Need] = set()
    for place in case.run_data:
        found |= of_run_data(case, place)
    for name in case.run_groups:
        packages = case.arn("sagemaker", f"model-package/{name}/*")
        found |= needs("sagemaker:DescribeModelPackage", packages)
    return found


def of_run_data(case: Case, place: str) -> set[Need]:
    """A place that executions may name: itself, and what is below it."""
    if place.startswith("arn:"):
        return of_hub_content(place)
    found = of_objects(case, place.rstrip("/") + "/", "*", "s3:GetObject")
    is_whole_bucket = "/" not in place.removeprefix("s3://")
    if not is_whole_bucket and not place.endswith("/"):
        found |= of_objects(case, place, "", "s3:GetObject")
    return found


def of_file_system(case: Case, source: dict[str, str]) -> set[Need]:
    if source["FileSystemType"] == "FSxLustre":
        return needs("fsx:DescribeFileSystems", "*")
    actions = """elasticfilesystem:ClientMount elasticfilesystem:DescribeFileSystems
        elasticfilesystem:DescribeMountTargets"""
    if source["FileSystemAccessMode"] == "rw":
        actions += " elasticfilesystem:ClientWrite"
    return needs(actions, case.arn("elasticfilesystem", f"file-system/{source['FileSystemId']}"))


def of_objects(case: Case, uri: str, suffix: str, actions: str) -> set[Need]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    arn = f"arn:{case.place[0]}:s3:::{bucket}"
    prefix = {"StringLike": {"s3:prefix": f"{key}{suffix}"}} if key else None
    return (
        needs(actions, f"{arn}/{key}{suffix}")
        | needs("s3:GetBucketLocation", arn)
        | needs("s3:ListBucket", arn, prefix)
    )


def of_key(case: Case, key: str, actions: str, service: str) -> set[Need]:
    if key.startswith("<") and not key.endswith(".Arn>"):
        through = {"StringEquals": {"kms:ViaService": via(case, service)}}
        return needs(actions, case.arn("kms", "key/*"), through)
    before, _, alias = key.rpartition("alias/")
    if alias != key:
        keys = f"{before or case.arn('kms', '')}key/*"
        named = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{alias}"}}
        return needs(actions, keys, named)
    is_arn = key.startswith(("arn:", "<"))
    return needs(actions, key if is_arn else case.arn("kms", f"key/{key}"))


def via(case: Case, service: str) -> str | list[str]:
    host = f"{service}.{case.place[1]}.amazonaws.com"
    return [host, f"{host}.cn"] if case.place[0].startswith("<") else host


def of_hub_content(arn: str) -> set[Need]:
    before, _, content = arn.partition(":hub-content/")
    hub = f"{before}:hub/{content.split('/')[0]}"
    found = needs("sagemaker:DescribeHubContent", arn)
    if content.count("/") == 2:
        found |= needs("sagemaker:DescribeHubContent", f"{arn}/*")
    return found | needs("sagemaker:DescribeHub sagemaker:ListHubContents", hub)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    """The leaves of a request, each with its path without the places in lists."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path)
    else:
        yield path, value
