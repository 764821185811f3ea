"""The CreateTrainingJob request of a serverless fine-tuning job."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_trainers.jobs.data_sources import data_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class ServerlessJob:
    """What a serverless fine-tuning job is made of. Any string may be or hold a CDK token.

    Attributes:
        role_arn: The role that the job works under.
        hyperparameters: All values of the recipe that are sent, as text.
        training_dataset: S3 URI or DataSet ARN; None when each execution gives its own.
        validation_dataset: S3 URI or DataSet ARN; None for none.
        s3_data_type: How data in S3 is laid out; :func:`s3_data_type` knows.
        s3_output_path: Where the job writes, as S3 URI.
        kms_key_id: The key that the output is encrypted with; None for the bucket's own.
        disable_output_compression: Whether the output is left as it is instead of ``.tar.gz``.
        base_model_arn: The base model's hub content ARN, its version included.
        customization_technique: ``SFT``, ``DPO``, ``RLVR`` or ``RLAIF``.
        accept_eula: Whether the base model's license is accepted.
        peft: ``LORA``, or None for full fine-tuning.
        sequence_length: Such as ``4K``; None for the recipe's own.
        evaluator_arn: What scores answers in RLVR and RLAIF; None for none.
        mlflow_resource_arn: The MLflow tracking server or app; None for no tracking.
        mlflow_experiment_name: The experiment in it.
        mlflow_run_name: The run in that.
        model_package_group_arn: Where the tuned model is registered.
        source_model_package_arn: The model package that training goes on from.
        security_group_ids: The VPC security groups of the job, with ``subnets``.
        subnets: The subnets of the job; empty for no VPC.
        max_runtime_in_seconds: When a running job is stopped; None for the service's own.
        max_wait_time_in_seconds: When a job that waits and runs is stopped.
        max_pending_time_in_seconds: When a job that waits for capacity is stopped.
        tags: All tags, as ``tags.job_tags`` gives them.
    """

    role_arn: str
    hyperparameters: Mapping[str, str]
    training_dataset: str | None = None
    validation_dataset: str | None = None
    s3_data_type: str = "S3Prefix"
    s3_output_path: str
    kms_key_id: str | None = None
    disable_output_compression: bool = False
    base_model_arn: str
    customization_technique: str
    accept_eula: bool = False
    peft: str | None = None
    sequence_length: str | None = None
    evaluator_arn: str | None = None
    mlflow_resource_arn: str | None = None
    mlflow_experiment_name: str | None = None
    mlflow_run_name: str | None = None
    model_package_group_arn: str | None = None
    source_model_package_arn: str | None = None
    security_group_ids: Sequence[str] = ()
    subnets: Sequence[str] = ()
    max_runtime_in_seconds: int | None = None
    max_wait_time_in_seconds: int | None = None
    max_pending_time_in_seconds: int | None = None
    tags: Sequence[Mapping[str, str]] = field(default_factory=tuple)


def build_request(job: ServerlessJob) -> dict[str, object]:
    """The request as the SageMaker Python SDK sends it, with the API's own member names.

    Args:
        job: What the job is made of.

    Returns:
        A new dict without ``TrainingJobName``, which each execution computes. A block that has
        nothing in it is left out.
    """
    blocks: dict[str, object] = {
        "RoleArn": job.role_arn,
        "HyperParameters": dict(job.hyperparameters),
        "InputDataConfig": _channels(job),
        "OutputDataConfig": _output(job),
        "ServerlessJobConfig": _serverless(job),
        "MlflowConfig": _mlflow(job),
        "ModelPackageConfig": _model_package(job),
        "VpcConfig": _vpc(job),
        "StoppingCondition": _stopping(job),
        "Tags": [dict(tag) for tag in job.tags],
    }
    # Without hyperparameters or tags the API takes an empty value as well as none.
    return {name: block for name, block in blocks.items() if block}


def s3_data_type(model_name: str, technique: str) -> str:
    """How a trainer's data in S3 is laid out: S3DataSource's S3DataType.

    Args:
        model_name: The hub's name of the base model, such as ``nova-textgeneration-lite-v2``.
        technique: The customization technique.

    Returns:
        ``Converse`` for SFT and DPO of a Nova model, else ``S3Prefix``.
    """
    is_nova = "nova" in re.split(r"[^a-z0-9]+", model_name.lower())
    return "Converse" if is_nova and technique in {"SFT", "DPO"} else "S3Prefix"


def _channels(job: ServerlessJob) -> list[dict[str, object]]:
    datasets = {"train": job.training_dataset, "validation": job.validation_dataset}
    return [
        {"ChannelName": name, "DataSource": data_source(uri, job.s3_data_type)}
        for name, uri in datasets.items()
        if uri is not None
    ]


def _output(job: ServerlessJob) -> dict[str, object]:
    return _given(
        S3OutputPath=job.s3_output_path,
        KmsKeyId=job.kms_key_id,
        CompressionType="NONE" if job.disable_output_compression else None,
    )


def _serverless(job: ServerlessJob) -> dict[str, object]:
    return _given(
        JobType="FineTuning",
        BaseModelArn=job.base_model_arn,
        CustomizationTechnique=job.customization_technique,
        AcceptEula=job.accept_eula,
        Peft=job.peft,
        SequenceLength=job.sequence_length,
        EvaluatorArn=job.evaluator_arn,
    )


def _mlflow(job: ServerlessJob) -> dict[str, object]:
    if job.mlflow_resource_arn is None:
        return {}
    return _given(
        MlflowResourceArn=job.mlflow_resource_arn,
        MlflowExperimentName=job.mlflow_experiment_name,
        MlflowRunName=job.mlflow_run_name,
    )


def _model_package(job: ServerlessJob) -> dict[str, object]:
    return _given(
        ModelPackageGroupArn=job.model_package_group_arn,
        SourceModelPackageArn=job.source_model_package_arn,
    )


def _vpc(job: ServerlessJob) -> dict[str, object]:
    if not job.security_group_ids and not job.subnets:
        return {}
    return {"SecurityGroupIds": list(job.security_group_ids), "Subnets": list(job.subnets)}


def _stopping(job: ServerlessJob) -> dict[str, object]:
    return _given(
        MaxRuntimeInSeconds=job.max_runtime_in_seconds,
        MaxWaitTimeInSeconds=job.max_wait_time_in_seconds,
        MaxPendingTimeInSeconds=job.max_pending_time_in_seconds,
    )


def _given(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}
