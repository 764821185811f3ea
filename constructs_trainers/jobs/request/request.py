"""The CreateTrainingJob request: what jobs of every kind of compute have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.jobs.request.sourced import SourcedRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


Block = dict[str, object]


def build_request(
    *,
    role_arn: object,
    hyperparameters: object,
    channels: Sequence[object] = (),
    output_data_config: Mapping[str, object],
    members: Mapping[str, object],
    model_package_config: Mapping[str, object] | None = None,
    vpc_config: object = None,
    stopping_condition: object = None,
    tags: object,
) -> SourcedRequest:
    """The request as the SageMaker Python SDK sends it, with the API's own member names.

    Any value may be :class:`Sourced`, and any string may be or hold a CDK token.

    Args:
        role_arn: The role that the job works under.
        hyperparameters: What is sent as hyperparameters, as text.
        channels: InputDataConfig.
        output_data_config: OutputDataConfig.
        members: What jobs of this kind of compute have for themselves, such as ResourceConfig.
        model_package_config: ModelPackageConfig; None for none.
        vpc_config: VpcConfig; None for no VPC.
        stopping_condition: StoppingCondition; None for the service's own.
        tags: All tags, as ``tags.job_tags`` gives them.

    Returns:
        The request without ``TrainingJobName``, which each execution computes. A block that has
        nothing in it is left out.
    """
    return SourcedRequest(
        {
            "RoleArn": role_arn,
            "HyperParameters": hyperparameters,
            "InputDataConfig": channels,
            "OutputDataConfig": output_data_config,
            **members,
            "ModelPackageConfig": model_package_config or {},
            "VpcConfig": vpc_config or {},
            "StoppingCondition": stopping_condition or {},
            "Tags": tags,
        }
    )


def given(**members: object) -> Block:
    """The members that have a value."""
    return {name: value for name, value in members.items() if value is not None}


def serverless_members(
    *,
    base_model_arn: str,
    customization_technique: str,
    accept_eula: object = False,
    peft: str | None = None,
    sequence_length: object | None = None,
    evaluator_arn: object | None = None,
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
