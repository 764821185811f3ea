"""Permissions for the models of a job: where it starts, what judges it, where it is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.jobs.evaluators.evaluator_import import registry_arns
from constructs_trainers.jobs.evaluators.judge_models import judged_by
from constructs_trainers.jobs.permissions import sources
from constructs_trainers.jobs.permissions.hub import hub_permissions
from constructs_trainers.jobs.permissions.s3 import (
    INPUT_KEY_ACTIONS,
    below,
    key_access,
    s3_permissions,
)
from constructs_trainers.jobs.permissions.statements import (
    Permission,
    named_at,
    service_actions,
    values_at,
)
from constructs_trainers.values.arns import may_be_mlflow_app
from constructs_trainers.values.expressions import Expression

if TYPE_CHECKING:
    from constructs_trainers.jobs.permissions.s3 import S3Objects
    from constructs_trainers.jobs.permissions.statements import Access, PermissionContext


MLFLOW_ACTIONS: Final = service_actions(
    "sagemaker-mlflow",
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
)


_GROUP: Final = "ModelPackageConfig.ModelPackageGroupArn"
_SOURCE: Final = "ModelPackageConfig.SourceModelPackageArn"
_UPSTREAM: Final = f"{_SOURCE} of an execution, model is another trainer"
_EVALUATOR: Final = "ServerlessJobConfig.EvaluatorArn"
_MLFLOW: Final = "MlflowConfig.MlflowResourceArn"


def _packages(job: PermissionContext) -> list[str]:
    return [job.model_packages for _ in values_at(job.request, _GROUP)]


def _upstream_packages(job: PermissionContext) -> list[str]:
    packages = None if job.upstream is None else job.upstream.model_packages
    return [] if packages is None else [packages]


def _upstream_output(job: PermissionContext) -> list[S3Objects]:
    upstream = job.upstream
    return [] if upstream is None else [below(upstream.output_data_config["S3OutputPath"])]


def _upstream_key(job: PermissionContext) -> list[Access]:
    key = None if job.upstream is None else job.upstream.output_data_config.get("KmsKeyId")
    return [] if key is None else [key_access(key, job)]


def _mlflow_apps(job: PermissionContext) -> list[str]:
    """What is, or may be, an app: it answers to nobody else, whatever of MLflow is allowed."""
    return [arn for arn in values_at(job.request, _MLFLOW) if may_be_mlflow_app(arn)]


def _evaluators(job: PermissionContext) -> list[str]:
    found = values_at(job.request, _EVALUATOR)
    if any(isinstance(evaluator, Expression) for evaluator in found):
        # A name that is computed at run time cannot stand in a policy.
        return [registry_arns(job.reward_lambda_arn or "", job.environment)[1]]
    return found


def _judge(job: PermissionContext) -> list[str]:
    model = judged_by(job.request.get("HyperParameters", {}))
    # Bedrock's own models belong to no account.
    arn = job.environment.arn("bedrock", f"foundation-model/{model}", account="")
    return [] if model is None else [arn]


MODEL_PERMISSIONS: Final[tuple[Permission[PermissionContext], ...]] = (
    *hub_permissions(
        "ServerlessJobConfig.BaseModelArn",
        named_at("ServerlessJobConfig.BaseModelArn"),
        what="the model",
    ),
    Permission(
        member=_GROUP,
        actions=service_actions(
            "sagemaker", "CreateModelPackage", "DescribeModelPackageGroup", "ListModelPackages"
        ),
        resources="the group",
        source=sources.SDK,
        find=named_at(_GROUP),
    ),
    Permission(
        member=_GROUP,
        actions=service_actions(
            "sagemaker",
            "CreateModelPackage",
            "DescribeModelPackage",
            "ListModelPackages",
            "UpdateModelPackage",
            "AddTags",
        ),
        resources="the packages in the group, in the group's account",
        source=sources.SDK,
        find=_packages,
    ),
    Permission(
        member=_SOURCE,
        actions=("sagemaker:DescribeModelPackage",),
        resources="the package",
        source=sources.SDK,
        find=named_at(_SOURCE),
    ),
    Permission(
        member=f"{_SOURCE} of an execution, runtime_overrides",
        actions=("sagemaker:DescribeModelPackage",),
        resources="the packages in the groups that runtime_overrides lists",
        source=sources.SDK,
        find=lambda job: job.runtime_model_packages,
    ),
    Permission(
        member=_UPSTREAM,
        actions=("sagemaker:DescribeModelPackage",),
        resources="the packages in that trainer's group",
        source=sources.SDK,
        find=_upstream_packages,
    ),
    *s3_permissions(
        _UPSTREAM, _upstream_output, what="the objects below that trainer's output path"
    ),
    Permission(
        member=_UPSTREAM,
        actions=INPUT_KEY_ACTIONS,
        resources="the key of that trainer's output; for a CDK token, any key through S3",
        source=sources.S3_KEYS,
        find=_upstream_key,
    ),
    Permission(
        member=_MLFLOW,
        actions=MLFLOW_ACTIONS,
        resources="the tracking server or app",
        source=sources.SDK,
        find=named_at(_MLFLOW),
    ),
    Permission(
        member=_MLFLOW,
        actions=service_actions("sagemaker", "DescribeMlflowApp", "DescribeMlflowTrackingServer"),
        resources="the tracking server or app",
        source=sources.SDK,
        find=named_at(_MLFLOW),
    ),
    Permission(
        member=f"{_MLFLOW}, an app",
        actions=("sagemaker:CallMlflowAppApi",),
        resources="the app; for a CDK token, what it stands for",
        source=f"{sources.PREREQUISITES}; not in the SDK's list",
        find=_mlflow_apps,
    ),
    *hub_permissions(_EVALUATOR, _evaluators, what="the evaluator"),
    Permission(
        member="prop custom_reward_function, a Lambda function",
        actions=("lambda:InvokeFunction",),
        resources="the function",
        source=sources.SDK,
        find=lambda job: filter(None, [job.reward_lambda_arn]),
    ),
    Permission(
        member="HyperParameters.judge_model_id",
        actions=("bedrock:InvokeModel",),
        resources="Bedrock's model of that id, in the job's region",
        source=f"{sources.PREREQUISITES}; not in the SDK's list",
        find=_judge,
    ),
)
"""What a job's role needs for models, their packages, tracking and rewards."""
