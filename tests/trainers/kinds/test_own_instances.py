"""Trainers on instances of one's own: the request, the recipe's file, and what is refused."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_trainers import (
    Channel,
    CheckpointConfig,
    FileSystemDataSource,
    InfraCheckConfig,
    InstanceGroup,
    InstancePreference,
    Networking,
    RemoteDebugConfig,
    RetryStrategy,
    RuleConfiguration,
    S3DataSource,
    StoppingCondition,
    TensorBoardOutputConfig,
    TrainerError,
    TrainingJobCompute,
    testing,
)
from tests.support.small_hub import MODEL, TEMPLATE
from tests.support.templates import template_of
from tests.support.trainers import IMAGE, TrainerMaker, one_technique

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_trainers import BaseTrainer

    OnOneInstance = Callable[..., BaseTrainer]

EFS: dict[str, Any] = {
    "file_system_id": "fs-0123456789abcdef0",
    "file_system_type": "EFS",
    "directory_path": "/d",
}
MLFLOW = ("mlflow_tracking_uri", "mlflow_experiment_name", "mlflow_run_name")
ONE = TrainingJobCompute(instance_type="ml.p5.48xlarge")


@pytest.fixture
def on_one_instance(make_trainer: TrainerMaker) -> OnOneInstance:
    """Makes a trainer on one instance; keywords are props."""
    return partial(make_trainer, hub="own instances", compute=ONE)


def test_the_image_is_the_locks_and_the_recipe_is_its_own_channel(
    on_one_instance: OnOneInstance,
) -> None:
    request = on_one_instance().training_job_request
    assert request["AlgorithmSpecification"] == {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
    }
    assert request["ResourceConfig"] == {
        "InstanceType": "ml.p5.48xlarge",
        "InstanceCount": 1,
        "VolumeSizeInGB": 30,
    }
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 86_400}
    assert request["HyperParameters"] == {
        "sagemaker_recipe_local_path": "/opt/ml/input/data/recipe/recipe.yaml"
    }
    assert [c["ChannelName"] for c in request["InputDataConfig"]] == ["train", "recipe"]
    assert "ServerlessJobConfig" not in request
    assert "ModelPackageConfig" not in request


def test_the_asset_is_the_resolved_recipe_byte_for_byte(
    on_one_instance: OnOneInstance, stack: cdk.Stack
) -> None:
    trainer = on_one_instance(hyperparameters={"learning_rate": 2e-5})
    uri = trainer.training_job_request["InputDataConfig"][-1]["DataSource"]["S3DataSource"]["S3Uri"]
    folder, _, name = uri.rpartition("/")
    assert name == "recipe.yaml"
    outdir = cdk.App.of(stack).synth().directory  # type: ignore[union-attr]
    digest = folder.rpartition("/")[2]
    assert Path(outdir, f"asset.{digest}", name).read_text() == trainer.resolved_recipe.to_yaml()
    assert trainer.resolved_recipe.to_dict()["training_config"]["data"] == {  # type: ignore[index]
        "path": "/opt/ml/input/data/train/train.jsonl"
    }


def test_the_same_recipe_is_the_same_asset(on_one_instance: OnOneInstance) -> None:
    first, second = on_one_instance(construct_id="A"), on_one_instance(construct_id="B")
    other = on_one_instance(construct_id="C", hyperparameters={"max_epochs": 2})
    uris = [
        trainer.training_job_request["InputDataConfig"][-1]["DataSource"]["S3DataSource"]["S3Uri"]
        for trainer in (first, second, other)
    ]
    assert len({uri.split("/", 3)[3] for uri in uris}) == 2


@pytest.mark.parametrize(
    ("dataset", "path"),
    [
        ("s3://amzn-s3-demo-bucket/a/train.jsonl", "/opt/ml/input/data/train/train.jsonl"),
        ("s3://amzn-s3-demo-bucket/a/", "/opt/ml/input/data/train"),
        ("s3://amzn-s3-demo-bucket/a/b", "/opt/ml/input/data/train"),
        ("s3://my.bucket", "/opt/ml/input/data/train"),
        (
            S3DataSource(s3_uri="s3://amzn-s3-demo-bucket/m.json", s3_data_type="ManifestFile"),
            "/opt/ml/input/data/train",
        ),
    ],
)
def test_the_recipe_names_the_data_in_the_container(
    on_one_instance: OnOneInstance, dataset: object, path: str
) -> None:
    recipe: Any = on_one_instance(training_dataset=dataset).resolved_recipe.to_dict()
    assert recipe["training_config"]["data"]["path"] == path


def test_nothing_that_is_given_is_dropped(on_one_instance: OnOneInstance, stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Bucket")
    trainer = on_one_instance(
        compute=TrainingJobCompute(
            instance_type="ml.p5.48xlarge",
            instance_count=2,
            volume_size_in_gb=500,
            volume_kms_key=key,
            keep_alive_period_in_seconds=600,
            enable_managed_spot_training=True,
        ),
        stopping_condition=StoppingCondition(
            max_runtime_in_seconds=3600, max_wait_time_in_seconds=7200
        ),
        networking=Networking(
            subnets=["subnet-1"],
            security_group_ids=["sg-1"],
            enable_network_isolation=True,
            enable_inter_container_traffic_encryption=True,
        ),
        environment={"NCCL_DEBUG": "INFO"},
        checkpoint_config=CheckpointConfig(bucket=bucket, prefix="checkpoints"),
        retry_strategy=RetryStrategy(maximum_retry_attempts=3),
        infra_check_config=InfraCheckConfig(),
        remote_debug_config=RemoteDebugConfig(),
        tensor_board_output_config=TensorBoardOutputConfig(s3_output_path="s3://logs-bucket/tb"),
        profiler_rule_configurations=[
            RuleConfiguration(rule_configuration_name="r", rule_evaluator_image="image")
        ],
        model_package_group="chat-models",
        training_image="111122223333.dkr.ecr.us-west-2.amazonaws.com/mine:2",
        disable_output_compression=True,
        input_data_config=[
            Channel(
                channel_name="extra",
                data_source=S3DataSource(
                    bucket=bucket, prefix="extra/", s3_data_distribution_type="ShardedByS3Key"
                ),
                content_type="application/json",
                input_mode="FastFile",
                shuffle_seed=7,
            )
        ],
    )
    request = stack.resolve(trainer.training_job_request)
    assert request["EnableManagedSpotTraining"] is True
    assert request["EnableNetworkIsolation"] is True
    assert request["EnableInterContainerTrafficEncryption"] is True
    assert request["Environment"] == {"NCCL_DEBUG": "INFO"}
    assert request["CheckpointConfig"]["S3Uri"]["Fn::Join"][1][-1] == "/checkpoints"
    assert request["RetryStrategy"] == {"MaximumRetryAttempts": 3}
    assert request["InfraCheckConfig"] == {"EnableInfraCheck": True}
    assert request["RemoteDebugConfig"] == {"EnableRemoteDebug": True}
    assert request["TensorBoardOutputConfig"] == {"S3OutputPath": "s3://logs-bucket/tb"}
    assert request["ProfilerRuleConfigurations"][0]["RuleConfigurationName"] == "r"
    assert request["ResourceConfig"]["VolumeSizeInGB"] == 500
    assert request["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 600
    assert "VolumeKmsKeyId" in request["ResourceConfig"]
    assert request["StoppingCondition"]["MaxWaitTimeInSeconds"] == 7200
    assert request["OutputDataConfig"]["CompressionType"] == "NONE"
    assert "ModelPackageGroupArn" in request["ModelPackageConfig"]
    extra = request["InputDataConfig"][1]
    assert extra["ShuffleConfig"] == {"Seed": 7}
    assert extra["InputMode"] == "FastFile"
    assert extra["DataSource"]["S3DataSource"]["S3DataDistributionType"] == "ShardedByS3Key"
    template_of(stack)  # everything was known


def test_data_may_be_in_a_file_system(on_one_instance: OnOneInstance) -> None:
    trainer = on_one_instance(
        training_dataset=FileSystemDataSource(
            file_system_id="fs-0123456789abcdef0", file_system_type="FSxLustre", directory_path="/d"
        ),
        networking=Networking(subnets=["subnet-1"], security_group_ids=["sg-1"]),
    )
    assert trainer.training_job_request["InputDataConfig"][0]["DataSource"] == {
        "FileSystemDataSource": {
            "FileSystemId": "fs-0123456789abcdef0",
            "FileSystemAccessMode": "ro",
            "FileSystemType": "FSxLustre",
            "DirectoryPath": "/d",
        }
    }


def test_a_list_can_travel_in_the_file(on_one_instance: OnOneInstance) -> None:
    trainer = on_one_instance(overrides={"training_config": {"optim": {"betas": [0.8, 0.9]}}})
    assert "- 0.8" in trainer.resolved_recipe.to_yaml()


@pytest.mark.parametrize(
    ("props", "path", "words"),
    [
        (
            {"compute": TrainingJobCompute(instance_type="ml.p5.48xlarg")},
            "compute.instance_type",
            "no SFT recipe of 'tiny-model' for LORA runs on this",
        ),
        ({"compute": TrainingJobCompute()}, "compute.instance_type", "is required"),
        (
            {
                "compute": TrainingJobCompute(
                    instance_type="ml.p5.48xlarge", enable_managed_spot_training=True
                )
            },
            "stopping_condition.max_wait_time_in_seconds",
            "spot",
        ),
        (
            {
                "compute": TrainingJobCompute(
                    instance_type="ml.p5.48xlarge",
                    instance_count=1,
                    instance_preferences=[InstancePreference(instance_type="ml.g6.48xlarge")],
                )
            },
            "compute.instance_type",
            "InstancePreferences",
        ),
        (
            {
                "compute": TrainingJobCompute(
                    instance_groups=[
                        InstanceGroup(
                            instance_group_name="a", instance_type="ml.m5.large", instance_count=1
                        )
                    ]
                )
            },
            "compute.instance_groups[0].instance_type",
            "ml.p5.48xlarge, ml.g6.48xlarge",
        ),
        ({"compute": "ml.p5.48xlarge"}, "compute", "TrainingJobCompute"),
        (
            {"compute": TrainingJobCompute(instance_type="ml.p5.48xlarge", instance_count=0)},
            "compute.instance_count",
            "1 or more",
        ),
        (
            {"training_dataset": FileSystemDataSource(**EFS)},
            "networking",
            "reached from its VPC only",
        ),
        ({"training_dataset": S3DataSource()}, "training_dataset", "names no data"),
        (
            {"training_dataset": "arn:aws:sagemaker:us-west-2:aws:hub-content/h/DataSet/d"},
            "training_dataset",
            "S3",
        ),
        (
            {"training_dataset": "s3://bucket/${Token[TOKEN.9]}"},
            "training_dataset",
            "only known at deployment",
        ),
        (
            {"hyperparameters": {"name": "${Token[TOKEN.9]}"}},
            "run.name",
            "only known at deployment",
        ),
        ({"hyperparameters": {"data_path": "/mine"}}, "hyperparameters.data_path", "data"),
        (
            {"input_data_config": [Channel(channel_name="recipe", data_source="s3://b-b-b/x")]},
            "input_data_config[0].channel_name",
            "the trainer makes this channel itself",
        ),
        (
            {"input_data_config": [Channel(channel_name="train", data_source="s3://b-b-b/x")]},
            "input_data_config[0].channel_name",
            "training_dataset gives it",
        ),
        (
            {"checkpoint_config": CheckpointConfig(s3_uri="here")},
            "checkpoint_config.s3_uri",
            "s3://",
        ),
        (
            {"retry_strategy": RetryStrategy(maximum_retry_attempts=31)},
            "retry_strategy.maximum_retry_attempts",
            "30",
        ),
        (
            {
                "model": "arn:aws:sagemaker:us-west-2:123456789012:model-package/g/1",
                "base_model_name": MODEL,
            },
            "model",
            "reads its model from S3",
        ),
        (
            {"mlflow_resource_arn": "arn:aws:sagemaker:us-west-2:123456789012:mlflow-app/a"},
            "mlflow_resource_arn",
            "no place for it",
        ),
    ],
)
def test_what_is_wrong_with_own_instances_is_refused(
    on_one_instance: OnOneInstance, props: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(TrainerError) as error:
        on_one_instance(**props)
    assert {problem.path for problem in error.value.problems} == {path}
    assert words in str(error.value)


def test_a_stack_without_a_region_has_no_image(
    on_one_instance: OnOneInstance, feature_flags: dict[str, Any]
) -> None:
    stack = cdk.Stack(cdk.App(context=feature_flags), "Anywhere")
    with pytest.raises(TrainerError, match="give the stack a region"):
        on_one_instance(scope=stack)
    on_one_instance(scope=stack, training_image=IMAGE)


def test_a_job_that_may_wait_long_for_spot_instances_is_looked_at_less_often(
    on_one_instance: OnOneInstance, stack: cdk.Stack
) -> None:
    on_one_instance(
        compute=TrainingJobCompute(
            instance_type="ml.p5.48xlarge", enable_managed_spot_training=True
        ),
        stopping_condition=StoppingCondition(
            max_runtime_in_seconds=3600, max_wait_time_in_seconds=28 * 86_400
        ),
    )
    states = testing.definition(template_of(stack), "Sft")["States"]
    assert states["WaitForTrainingJob"]["Seconds"] >= 871


def test_mlflow_is_told_the_names_that_jobs_begin_with_however_the_model_is_called(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    tracking = {name: f"{{{{{name}}}}}" for name in MLFLOW}
    trainer = make_trainer(
        hub=one_technique(
            model="nova-textgeneration-lite", template={**TEMPLATE, "mlflow": tracking}
        ),
        model="amazon.nova-lite-v1",
        compute=ONE,
        mlflow_resource_arn="arn:aws:sagemaker:us-west-2:123456789012:mlflow-app/app-1",
    )
    stem = "nova-textgeneration-lite-sft"
    names = trainer.resolved_recipe.to_dict()["mlflow"]
    assert names == {
        "mlflow_tracking_uri": "arn:aws:sagemaker:us-west-2:123456789012:mlflow-app/app-1",
        "mlflow_experiment_name": stem,
        "mlflow_run_name": stem,
    }
    definition = testing.definition(template_of(stack), "Trainer")
    assert definition["States"]["PrepareRequest"]["Assign"]["stem"].startswith(f"{stem}-")
