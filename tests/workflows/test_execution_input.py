"""What an execution may say, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.workflows import execution_input
from tests.support.jsonata import evaluate, states

NAMES = ["learning_rate", "max_epochs", "merge_weights"]
DATASET_ARN = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/h/DataSet/d/1.0.0"


def source(uri: str) -> dict[str, Any]:
    return {
        "S3DataSource": {
            "S3DataType": "S3Prefix",
            "S3Uri": uri,
            "S3DataDistributionType": "FullyReplicated",
        }
    }


REQUEST = {
    "HyperParameters": {"learning_rate": "0.0001", "max_epochs": "5"},
    "InputDataConfig": [{"ChannelName": "train", "DataSource": source("s3://bucket/train")}],
}


def violations(given: object) -> list[str]:
    found: list[str] = evaluate(execution_input.violations(NAMES), states=states(given))
    return list(found)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"TrainingDataset": "s3://bucket/key"},
        {"TrainingDataset": "s3://bucket"},
        {"ValidationDataset": DATASET_ARN},
        {"HyperParameters": {}},
        {"HyperParameters": {"max_epochs": 3, "learning_rate": "2e-5", "merge_weights": False}},
        {"Comment": "by hand"},
        {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn:..."},
    ],
)
def test_a_good_input_is_let_through(given: dict[str, Any]) -> None:
    assert violations(given) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "must be an object, got array"),
        ("text", "must be an object, got string"),
        ({"Dataset": "s3://b/k"}, "Dataset: unknown member"),
        ({"TrainingDataset": 5}, "TrainingDataset: expected an S3 URI"),
        ({"TrainingDataset": "https://bucket/key"}, "got https://bucket/key"),
        ({"TrainingDataset": "s3://B/k"}, "TrainingDataset: expected"),
        ({"ValidationDataset": ["s3://bucket/key"]}, "ValidationDataset: expected"),
        ({"ValidationDataset": "arn:aws:s3:::bucket"}, "ValidationDataset: expected"),
        ({"HyperParameters": []}, "HyperParameters: expected an object, got array"),
        ({"HyperParameters": {"lr": 1}}, "HyperParameters.lr: unknown hyperparameter"),
        ({"HyperParameters": {"max_epochs": [1]}}, "HyperParameters.max_epochs: expected text"),
        ({"HyperParameters": {"max_epochs": {}}}, "HyperParameters.max_epochs: expected text"),
        ({"HyperParameters": {"max_epochs": "1" * 2501}}, "longer than 2500 characters"),
    ],
)
def test_a_bad_input_is_named(given: object, words: str) -> None:
    (violation,) = violations(given)
    assert words in violation


def test_every_violation_is_named() -> None:
    found = violations({"X": 1, "TrainingDataset": 1, "HyperParameters": {"a": 1, "b": 2}})
    assert len(found) == 4


def merged(given: dict[str, Any]) -> dict[str, str]:
    code = execution_input.hyperparameters()
    value: dict[str, str] = evaluate(code, states=states(given), request=REQUEST)
    return value


def test_hyperparameters_of_the_input_go_over_those_of_the_request() -> None:
    assert merged({"HyperParameters": {"max_epochs": 7}}) == {
        "learning_rate": "0.0001",
        "max_epochs": "7",
    }


@pytest.mark.parametrize("given", [{}, {"HyperParameters": {}}])
def test_without_any_those_of_the_request_are_sent(given: dict[str, Any]) -> None:
    assert merged(given) == REQUEST["HyperParameters"]


@pytest.mark.parametrize(
    ("value", "text"), [(True, "True"), (False, "False"), (3, "3"), ("2e-5", "2e-5"), (0.5, "0.5")]
)
def test_values_are_sent_as_text(value: object, text: str) -> None:
    assert merged({"HyperParameters": {"merge_weights": value}})["merge_weights"] == text


def channels(given: dict[str, Any], request: dict[str, Any] = REQUEST) -> list[Any]:
    code = execution_input.input_data_config("S3Prefix")
    return list(evaluate(code, states=states(given), request=request))


def test_without_datasets_the_channels_are_those_of_the_request() -> None:
    assert channels({}) == REQUEST["InputDataConfig"]


def test_a_dataset_of_the_input_takes_the_channels_place() -> None:
    given = {"TrainingDataset": "s3://other/data", "ValidationDataset": DATASET_ARN}
    assert channels(given) == [
        {"ChannelName": "train", "DataSource": source("s3://other/data")},
        {"ChannelName": "validation", "DataSource": {"DatasetSource": {"DatasetArn": DATASET_ARN}}},
    ]


def test_other_channels_stay() -> None:
    extra = {"ChannelName": "extra", "DataSource": source("s3://bucket/extra")}
    request = {"InputDataConfig": [*REQUEST["InputDataConfig"], extra]}
    assert channels({"TrainingDataset": "s3://other/data"}, request)[-1] == extra
