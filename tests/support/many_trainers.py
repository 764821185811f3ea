"""Props of many trainers, which between them ask for every kind of permission."""

from __future__ import annotations

from typing import Any

from aws_cdk.aws_stepfunctions import IntegrationPattern

import constructs_trainers as ct
from tests.support.many_techniques import MODEL

ACCOUNT, OTHER_ACCOUNT = "123456789012", "210987654321"
SAGEMAKER = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}"
DATA = "s3://amzn-s3-demo-bucket/data/train.jsonl"
FUNCTION = f"arn:aws:lambda:us-west-2:{ACCOUNT}:function:rf"
EVALUATOR = f"{SAGEMAKER}:hub-content/Registry/JsonDoc/scores/1.0.0"
IMAGE = "123456789012.dkr.ecr.us-west-2.amazonaws.com/own/image:1"
VPC = ct.Networking(subnets=["subnet-1"], security_group_ids=["sg-1"])


def own_instances(**members: Any) -> ct.TrainingJobCompute:  # noqa: ANN401 - members
    """Instances of one's own."""
    return ct.TrainingJobCompute(**{"instance_type": "ml.p5.48xlarge", **members})


SERVERLESS: dict[str, dict[str, Any]] = {
    "least": {},
    "two data sets": {
        "validation_dataset": f"{SAGEMAKER}:hub-content/Registry/DataSet/held-out/1.0.0",
    },
    "a data set without a version": {
        "training_dataset": f"{SAGEMAKER}:hub-content/Registry/DataSet/all",
    },
    "a whole bucket": {"training_dataset": "s3://amzn-s3-demo-bucket"},
    "a manifest": {
        "training_dataset": ct.S3DataSource(s3_uri=f"{DATA}.manifest", s3_data_type="ManifestFile")
    },
    "an augmented manifest": {
        "training_dataset": ct.S3DataSource(
            s3_uri=f"{DATA}.manifest",
            s3_data_type="AugmentedManifestFile",
            attribute_names=["source-ref"],
        )
    },
    "an output with a key": {
        "output_data_config": ct.OutputDataConfig(
            s3_output_path="s3://amzn-s3-demo-bucket/models",
            kms_key_id="11111111-2222-3333-4444-555555555555",
        )
    },
    "a key by alias": {"kms_key_id": "alias/models", "s3_output_path": "s3://amzn-s3-demo-bucket"},
    "another account's key by alias": {
        "kms_key_id": f"arn:aws:kms:us-west-2:{OTHER_ACCOUNT}:alias/models",
        "s3_output_path": "s3://amzn-s3-demo-bucket/",
    },
    "tracking": {"mlflow_resource_arn": f"{SAGEMAKER}:mlflow-app/app-1"},
    "a network": {"networking": VPC},
    "another account's group": {
        "model_package_group": f"arn:aws:sagemaker:us-west-2:{OTHER_ACCOUNT}:model-package-group/g"
    },
    "a named group": {"model_package_group": "chat-models"},
    "a model package": {
        "model": f"{SAGEMAKER}:model-package/chat-models/3",
        "base_model_name": MODEL,
    },
    "tags": {"tags": {"team": "nlp"}},
    "what executions may give": {
        "runtime_overrides": ct.RuntimeOverrides(
            training_dataset=["s3://amzn-s3-demo-bucket/runs", "s3://amzn-s3-demo-bucket1"],
            validation_dataset=[
                "s3://amzn-s3-demo-bucket/held-out/",
                f"{SAGEMAKER}:hub-content/Registry/DataSet/runs/1.0.0",
            ],
            hyperparameters="all",
            source_model_package_arn=["chat-models"],
        )
    },
    "anything that executions may give": {
        "runtime_overrides": ct.RuntimeOverrides(
            training_dataset="any", validation_dataset="any", source_model_package_arn="any"
        )
    },
}
_ON_OWN_INSTANCES: dict[str, dict[str, Any]] = {
    "least": {},
    "all settings": {
        "compute": own_instances(
            volume_kms_key_id="alias/volumes",
            enable_managed_spot_training=True,
        ),
        "stopping_condition": ct.StoppingCondition(
            max_runtime_in_seconds=600, max_wait_time_in_seconds=900
        ),
        "networking": ct.Networking(
            subnets=["subnet-1"], security_group_ids=["sg-1"], enable_network_isolation=False
        ),
        "model_package_group": "chat-models",
        "kms_key_id": f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1",
        "s3_output_path": "s3://amzn-s3-demo-bucket/out",
        "environment": {"A": "b"},
        "checkpoint_config": ct.CheckpointConfig(s3_uri="s3://amzn-s3-demo-bucket/checkpoints"),
        "retry_strategy": ct.RetryStrategy(maximum_retry_attempts=2),
        "infra_check_config": ct.InfraCheckConfig(),
        "remote_debug_config": ct.RemoteDebugConfig(),
        "session_chaining_config": ct.SessionChainingConfig(),
        "debug_hook_config": ct.DebugHookConfig(s3_output_path="s3://amzn-s3-demo-bucket/debug"),
        "debug_rule_configurations": [
            ct.RuleConfiguration(
                rule_configuration_name="rule",
                rule_evaluator_image=IMAGE,
                s3_output_path="s3://amzn-s3-demo-bucket/rules",
            )
        ],
        "tensor_board_output_config": ct.TensorBoardOutputConfig(
            s3_output_path="s3://amzn-s3-demo-bucket/board"
        ),
        "profiler_config": ct.ProfilerConfig(s3_output_path="s3://amzn-s3-demo-bucket/profile"),
        "profiler_rule_configurations": [
            ct.RuleConfiguration(
                rule_configuration_name="rule",
                rule_evaluator_image=IMAGE,
                s3_output_path="s3://amzn-s3-demo-bucket/profile-rules",
            )
        ],
        "experiment_config": ct.ExperimentConfig(experiment_name="e"),
    },
    "a job that Step Functions waits for": {"integration_pattern": IntegrationPattern.RUN_JOB},
    "a training plan": {
        "compute": own_instances(training_plan_arn=f"{SAGEMAKER}:training-plan/plan")
    },
    "plans for preferences": {
        "compute": ct.TrainingJobCompute(
            instance_count=1,
            instance_preferences=[
                ct.InstancePreference(
                    instance_type="ml.p5.48xlarge",
                    training_plan_arns=[f"{SAGEMAKER}:training-plan/other"],
                )
            ],
        )
    },
    "EFS": {
        "networking": VPC,
        "training_dataset": ct.FileSystemDataSource(
            file_system_type="EFS", directory_path="/data", file_system_id="fs-01234567890123456"
        ),
        "input_data_config": [
            ct.Channel(
                channel_name="scratch",
                data_source=ct.FileSystemDataSource(
                    file_system_type="EFS",
                    directory_path="/scratch",
                    file_system_id="fs-01234567890123457",
                    file_system_access_mode="rw",
                ),
            )
        ],
    },
    "FSx": {
        "networking": VPC,
        "training_dataset": ct.FileSystemDataSource(
            file_system_type="FSxLustre",
            directory_path="/m/d",
            file_system_id="fs-0123456789abcdef0",
        ),
    },
    "a checkpoint to go on from": {
        "model": "s3://amzn-s3-demo-bucket/before",
        "base_model_name": MODEL,
    },
}
OWN_INSTANCES = {
    name: {"compute": own_instances(), "training_image": IMAGE, **props}
    for name, props in _ON_OWN_INSTANCES.items()
}
REWARDS: dict[str, tuple[str, dict[str, Any]]] = {
    "a reward function": ("RLVR", {"custom_reward_function": FUNCTION}),
    "an evaluator": ("RLVR", {"custom_reward_function": EVALUATOR}),
    "a reward function on own instances": (
        "RLVR",
        {
            "custom_reward_function": FUNCTION,
            "compute": own_instances(),
            "training_image": IMAGE,
        },
    ),
    "the recipe's judge": ("RLAIF", {}),
    "another judge": ("RLAIF", {"reward_model_id": "qwen.qwen3-32b-v1:0"}),
    "a registered prompt": ("RLAIF", {"reward_prompt": EVALUATOR}),
}
"""Technique and props of trainers with rewards."""

ALL: dict[str, tuple[str, dict[str, Any]]] = {
    **{f"SFT, {name}": ("SFT", props) for name, props in SERVERLESS.items()},
    **{f"DPO, {name}": ("DPO", props) for name, props in SERVERLESS.items()},
    **{f"own instances, {name}": ("SFT", props) for name, props in OWN_INSTANCES.items()},
    **REWARDS,
}
"""Technique and props of all of them."""
