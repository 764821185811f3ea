"""The CreateTrainingJob request: what jobs of every kind of compute have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_trainers.values.expressions import Expression


Block = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class TrainingJob:
    """What a training job is made of. Any string may be or hold a CDK token.

    Attributes that are mappings hold members of the API, by the API's names.

    Attributes:
        role_arn: The role that the job works under.
        hyperparameters: What is sent as hyperparameters, as text.
        channels: InputDataConfig.
        output_data_config: OutputDataConfig.
        members: What jobs of this kind of compute have for themselves, such as ResourceConfig.
        model_package_config: ModelPackageConfig; empty for none.
        vpc_config: VpcConfig; empty for no VPC.
        stopping_condition: StoppingCondition; empty for the service's own.
        tags: All tags, as ``tags.job_tags`` gives them.
    """

    role_arn: str
    hyperparameters: Mapping[str, str]
    channels: Sequence[Mapping[str, object]] = ()
    output_data_config: Mapping[str, object]
    members: Mapping[str, object] = field(default_factory=dict)
    model_package_config: Mapping[str, object] = field(default_factory=dict)
    vpc_config: Mapping[str, object] = field(default_factory=dict)
    stopping_condition: Mapping[str, object] = field(default_factory=dict)
    tags: Sequence[Mapping[str, str]] = ()


def build_request(job: TrainingJob) -> Block:
    """The request as the SageMaker Python SDK sends it, with the API's own member names.

    Args:
        job: What the job is made of.

    Returns:
        A new dict without ``TrainingJobName``, which each execution computes. A block that has
        nothing in it is left out.
    """
    blocks: Block = {
        "RoleArn": job.role_arn,
        "HyperParameters": dict(job.hyperparameters),
        "InputDataConfig": [dict(channel) for channel in job.channels],
        "OutputDataConfig": dict(job.output_data_config),
        **job.members,
        "ModelPackageConfig": dict(job.model_package_config),
        "VpcConfig": dict(job.vpc_config),
        "StoppingCondition": dict(job.stopping_condition),
        "Tags": [dict(tag) for tag in job.tags],
    }
    # Without hyperparameters or tags the API takes an empty value as well as none.
    return {name: block for name, block in blocks.items() if block not in ({}, [])}


def given(**members: object) -> Block:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value is not None}


def serverless_members(
    *,
    base_model_arn: str,
    customization_technique: str,
    accept_eula: bool = False,
    peft: str | None = None,
    sequence_length: str | None = None,
    evaluator_arn: str | Expression | None = None,
    mlflow_config: Mapping[str, object] | None = None,
) -> Block:
    """ServerlessJobConfig and MlflowConfig.

    Args:
        base_model_arn: The base model's hub content ARN, its version included.
        customization_technique: ``SFT``, ``DPO``, ``RLVR`` or ``RLAIF``.
        accept_eula: Whether the base model's license is accepted.
        peft: ``LORA``, or None for full fine-tuning.
        sequence_length: Such as ``4K``; None for the recipe's own.
        evaluator_arn: What scores answers in RLVR and RLAIF; None for none.
        mlflow_config: MlflowConfig; None for no tracking.
    """
    return {
        "ServerlessJobConfig": given(
            JobType="FineTuning",
            BaseModelArn=base_model_arn,
            CustomizationTechnique=customization_technique,
            AcceptEula=accept_eula,
            Peft=peft,
            SequenceLength=sequence_length,
            EvaluatorArn=evaluator_arn,
        ),
        "MlflowConfig": dict(mlflow_config or {}),
    }


def own_instances_members(
    *,
    training_image: str,
    resource_config: Mapping[str, object],
    settings: Mapping[str, object],
) -> Block:
    """AlgorithmSpecification, ResourceConfig and the other settings.

    Args:
        training_image: The container image.
        resource_config: ResourceConfig.
        settings: Other members of the request, such as Environment or CheckpointConfig.
    """
    return {
        "AlgorithmSpecification": {"TrainingImage": training_image, "TrainingInputMode": "File"},
        "ResourceConfig": dict(resource_config),
        **settings,
    }
