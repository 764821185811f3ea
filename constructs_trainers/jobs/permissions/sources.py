"""Where it is documented what a job's role and its caller need."""

from __future__ import annotations

from typing import Final

SDK: Final = "SDK, get_required_actions"
"""``IamRoleResolver().get_required_actions("training")`` of the SageMaker Python SDK."""

PREREQUISITES: Final = "SageMaker guide, model customization prerequisites"
FULL_ACCESS: Final = "managed policy AmazonSageMakerFullAccess"
CORE_ACCESS: Final = "managed policy AmazonSageMakerModelCustomizationCoreAccess"
TRAINING_PLANS: Final = "SageMaker guide, IAM for training plans"
EBS_KEYS: Final = "EBS user guide, encryption keys"
S3_KEYS: Final = "S3 user guide, SSE-KMS"
EFS_CLIENTS: Final = "EFS user guide, IAM for clients"
REMOTE_DEBUG: Final = "SageMaker guide, remote debugging"
STEP_FUNCTIONS: Final = "Step Functions guide, logging and tracing"
EXECUTIONS: Final = "Step Functions API reference, DescribeStateMachineForExecution"
MACHINE_KEYS: Final = "Step Functions guide, data at rest encryption"
NESTED: Final = "Step Functions guide, starting workflow executions from a task"
DISTRIBUTED_MAP: Final = "Step Functions guide, IAM policies for Distributed Map states"
CREATE_JOB: Final = "SageMaker API reference, CreateTrainingJob"
"""It says that the caller needs ``iam:PassRole``."""
