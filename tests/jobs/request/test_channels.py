from __future__ import annotations

from constructs_trainers.jobs.request.channels import data_source

DATASET = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/hub/DataSet/name/1.0.0"


def test_an_s3_uri_becomes_an_s3_data_source() -> None:
    assert data_source("s3://b/k", "Converse") == {
        "S3DataSource": {
            "S3DataType": "Converse",
            "S3Uri": "s3://b/k",
            "S3DataDistributionType": "FullyReplicated",
        }
    }


def test_an_arn_becomes_a_dataset_source() -> None:
    assert data_source(DATASET, "S3Prefix") == {"DatasetSource": {"DatasetArn": DATASET}}


def test_a_whole_token_is_taken_as_an_s3_uri() -> None:
    assert "S3DataSource" in data_source("${Token[AWS::Region.4]}", "S3Prefix")
