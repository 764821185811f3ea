"""Serverless fine-tuning jobs: the model and the technique are named, the compute is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_trainers.jobs.request.request import TrainingJob, given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.jobs.request.request import Block
    from constructs_trainers.values.expressions import Expression


@dataclass(frozen=True, kw_only=True)
class ServerlessJob(TrainingJob):
    """A serverless fine-tuning job.

    Attributes:
        base_model_arn: The base model's hub content ARN, its version included.
        customization_technique: ``SFT``, ``DPO``, ``RLVR`` or ``RLAIF``.
        accept_eula: Whether the base model's license is accepted.
        peft: ``LORA``, or None for full fine-tuning.
        sequence_length: Such as ``4K``; None for the recipe's own.
        evaluator_arn: What scores answers in RLVR and RLAIF; None for none.
        mlflow_config: MlflowConfig; empty for no tracking.
    """

    base_model_arn: str
    customization_technique: str
    accept_eula: bool = False
    peft: str | None = None
    sequence_length: str | None = None
    evaluator_arn: str | Expression | None = None
    mlflow_config: Mapping[str, object] = field(default_factory=dict)

    def compute_blocks(self) -> Block:
        """ServerlessJobConfig and MlflowConfig."""
        return {
            "ServerlessJobConfig": given(
                JobType="FineTuning",
                BaseModelArn=self.base_model_arn,
                CustomizationTechnique=self.customization_technique,
                AcceptEula=self.accept_eula,
                Peft=self.peft,
                SequenceLength=self.sequence_length,
                EvaluatorArn=self.evaluator_arn,
            ),
            "MlflowConfig": dict(self.mlflow_config),
        }
