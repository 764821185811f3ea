"""Members that Step Functions is not known to take when it waits for a job."""

from __future__ import annotations

import pytest

from constructs_trainers.jobs.request.check import request_problems
from constructs_trainers.jobs.request.optimized_integration import members_not_known_to_be_taken

# What the CDK's SageMakerCreateTrainingJob and the Data Science SDK's TrainingStep send.
SENT_BY_AWS = {
    "TrainingJobName": "a",
    "RoleArn": "arn:aws:iam::123456789012:role/train",
    "AlgorithmSpecification": {
        "TrainingImage": "a",
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "a", "Regex": "b"}],
    },
    "EnableManagedSpotTraining": True,
    "EnableNetworkIsolation": True,
    "Environment": {"ANY_KEY": "a"},
    "HyperParameters": {"any-key": "a"},
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {
                    "S3Uri": "s3://amzn-s3-demo-bucket/b",
                    "S3DataType": "AugmentedManifestFile",
                    "S3DataDistributionType": "FullyReplicated",
                    "AttributeNames": ["a"],
                }
            },
            "CompressionType": "None",
            "ContentType": "a",
            "InputMode": "File",
            "RecordWrapperType": "None",
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/b", "KmsKeyId": "a"},
    "ResourceConfig": {
        "InstanceCount": 1,
        "InstanceType": "ml.p5.48xlarge",
        "VolumeSizeInGB": 1,
        "VolumeKmsKeyId": "a",
    },
    "StoppingCondition": {"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 1},
    "Tags": [{"Key": "a", "Value": "b"}],
    "VpcConfig": {"SecurityGroupIds": ["a"], "Subnets": ["a"]},
    "DebugHookConfig": {
        "S3OutputPath": "s3://amzn-s3-demo-bucket/b",
        "CollectionConfigurations": [{}],
    },
    "DebugRuleConfigurations": [{"RuleConfigurationName": "a", "RuleEvaluatorImage": "a"}],
    "ExperimentConfig": {"ExperimentName": "a", "TrialName": "b"},
}


def test_what_aws_sends_by_itself_is_known() -> None:
    assert members_not_known_to_be_taken(SENT_BY_AWS) == []


@pytest.mark.parametrize(
    ("request_", "unknown"),
    [
        ({"RetryStrategy": {"MaximumRetryAttempts": 1}}, ["RetryStrategy"]),
        ({"CheckpointConfig": {"S3Uri": "s3://a"}}, []),
        ({"CheckpointConfig": {"S3Uri": "a", "LocalPath": "b"}}, ["CheckpointConfig.LocalPath"]),
        (
            {"ResourceConfig": {"InstancePreferences": [{"InstanceType": "a"}]}},
            ["ResourceConfig.InstancePreferences"],
        ),
        (
            {"StoppingCondition": {"MaxPendingTimeInSeconds": 7200}},
            ["StoppingCondition.MaxPendingTimeInSeconds"],
        ),
        (
            {
                "InputDataConfig": [
                    {"DataSource": {"S3DataSource": {"HubAccessConfig": {}}}},
                    {"DataSource": {"FileSystemDataSource": {}}},
                    {"DataSource": {"S3DataSource": {"HubAccessConfig": {}}}},
                ]
            },
            [
                "InputDataConfig.DataSource.S3DataSource.HubAccessConfig",
                "InputDataConfig.DataSource.FileSystemDataSource",
            ],
        ),
    ],
)
def test_others_are_named_by_their_path(request_: dict[str, object], unknown: list[str]) -> None:
    assert members_not_known_to_be_taken(request_) == unknown


def test_that_list_names_members_of_the_api() -> None:
    assert request_problems(SENT_BY_AWS) == []
