"""What an execution may say, and what is made of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_trainers.recipes.spec import Parameter
from constructs_trainers.workflows.allowed_input import AllowedInput, Hyperparameters
from constructs_trainers.workflows.execution_input import (
    hyperparameters,
    input_data_config,
    violations,
)
from tests.support.jsonata_states import evaluate

DATASET_ARN = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/hub/DataSet/mine/1.0.0"
PACKAGE_ARN = "arn:aws:sagemaker:us-west-2:123456789012:model-package/mine/1"
REQUEST = {
    "HyperParameters": {"lr": "0.1", "name": ""},
    "InputDataConfig": [
        {"ChannelName": "validation", "DataSource": {"S3DataSource": {"S3Uri": "s3://default/v"}}},
        {"ChannelName": "extra", "DataSource": {"S3DataSource": {"S3Uri": "s3://default/e"}}},
        {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://default/t"}}},
    ],
}
NAMES = ("lr", "name", 'a"b\\')
ALLOWED = AllowedInput(
    hyperparameters=Hyperparameters(spec={name: Parameter(name=name) for name in NAMES})
)


def wrong(execution_input: object) -> list[str]:
    found: list[str] = evaluate(violations(ALLOWED), execution_input)
    assert isinstance(found, list)
    assert all(isinstance(text, str) for text in found)
    return found


@pytest.mark.parametrize(
    "execution_input",
    [
        {},
        {"Comment": {"any": ["thing"]}, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn"},
        {"TrainingDataset": "s3://bucket"},
        {"TrainingDataset": "s3://my.bucket-1/a/b c.jsonl", "ValidationDataset": DATASET_ARN},
        {"TrainingDataset": DATASET_ARN.replace("aws:", "aws-us-gov:", 1)},
        {"TrainingDataset": DATASET_ARN.removesuffix("/1.0.0")},
        {"HyperParameters": {}},
        {"HyperParameters": {"lr": 1e-5, "name": "", 'a"b\\': True}},
        {"HyperParameters": {"lr": "0.1", "name": "x" * 2500}},
        {"HyperParameters": {"lr": 0, "name": False}},
    ],
)
def test_a_good_input_has_nothing_wrong(execution_input: object) -> None:
    assert wrong(execution_input) == []


@pytest.mark.parametrize(
    ("execution_input", "says"),
    [
        ([], ["must be an object, got array"]),
        ("x", ["must be an object, got string"]),
        (7, ["must be an object, got number"]),
        ({"trainingDataset": "s3://b/x"}, ["trainingDataset: unknown member; allowed: Training"]),
        ({"A": 1, "B": None}, ["A: unknown", "B: unknown"]),
        ({"TrainingDataset": "S3://bucket/x"}, ["TrainingDataset: expected an S3 URI"]),
        ({"TrainingDataset": "s3://a/x"}, ["TrainingDataset"]),
        ({"TrainingDataset": "x s3://bucket/x"}, ["TrainingDataset"]),
        ({"TrainingDataset": "https://bucket/x"}, ['got "https://bucket/x"']),
        ({"TrainingDataset": ""}, ['got ""']),
        ({"TrainingDataset": "s3://a..b/x"}, ["TrainingDataset"]),
        ({"TrainingDataset": "s3://bucket/" + "x" * 1024}, ["TrainingDataset"]),
        ({"TrainingDataset": DATASET_ARN.replace("123456789012", "12")}, ["TrainingDataset"]),
        ({"TrainingDataset": DATASET_ARN + "/x"}, ["TrainingDataset"]),
        ({"HyperParameters": {"name": "a\nb"}}, ["HyperParameters.name: must not have line"]),
        ({"TrainingDataset": "s3://bucket/x\n"}, ["TrainingDataset"]),
        ({"TrainingDataset": "s3://bucket/x "}, ["TrainingDataset"]),
        ({"TrainingDataset": "s3://bucket/\u2028x"}, ["TrainingDataset"]),
        ({"TrainingDataset": "s3://bucket/\0"}, ["TrainingDataset"]),
        ({"TrainingDataset": "s3://bucket/*"}, ["TrainingDataset: has *, ? or ${"]),
        ({"TrainingDataset": DATASET_ARN + "\n"}, ["TrainingDataset"]),
        ({"SourceModelPackageArn": f"{PACKAGE_ARN}\n"}, ["SourceModelPackageArn"]),
        ({"TrainingDataset": None}, ["TrainingDataset"]),
        ({"TrainingDataset": ["s3://bucket/x"]}, ["TrainingDataset"]),
        ({"ValidationDataset": {"S3Uri": "s3://bucket/x"}}, ["ValidationDataset"]),
        ({"ValidationDataset": DATASET_ARN.replace("DataSet", "Model")}, ["ValidationDataset"]),
        ({"HyperParameters": []}, ["HyperParameters: expected an object, got array"]),
        ({"HyperParameters": None}, ["HyperParameters: expected an object"]),
        ({"HyperParameters": {"lrr": 1}}, ["HyperParameters.lrr: unknown hyperparameter"]),
        ({"HyperParameters": {"lr": [1]}}, ["HyperParameters.lr: expected text, a number"]),
        ({"HyperParameters": {"lr": {}}}, ["HyperParameters.lr: expected text"]),
        ({"HyperParameters": {"lr": None}}, ["HyperParameters.lr: expected text"]),
        ({"HyperParameters": {"name": "x" * 2501}}, ["HyperParameters.name: longer than 2500"]),
        (
            {"X": 1, "TrainingDataset": 1, "HyperParameters": {"lrr": 1, "lr": [], "name": "a"}},
            ["X:", "TrainingDataset:", "HyperParameters.lrr:", "HyperParameters.lr:"],
        ),
    ],
)
def test_everything_wrong_with_an_input_is_named_once(
    execution_input: object, says: list[str]
) -> None:
    found = wrong(execution_input)
    assert len(found) == len(says)
    assert all(part in text for part, text in zip(says, found, strict=True))


def test_of_too_much_that_is_wrong_the_number_is_told() -> None:
    found = wrong({"HyperParameters": {f"{index}{'x' * 3000}": 1 for index in range(40)}})
    assert len(found) == 21
    assert found[-1] == "and 20 more"
    assert len("; ".join(found)) < 32_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("s3:/ab", max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab"), inner, max_size=2),
    max_leaves=4,
)
members = ["TrainingDataset", "ValidationDataset", "HyperParameters", "Comment", "x"]


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(members), json_values) | json_values)
def test_any_input_is_judged(execution_input: object) -> None:
    found = wrong(execution_input)
    if not found:
        assert isinstance(execution_input, dict)
        assert "x" not in execution_input


def test_hyperparameters_of_the_input_go_over_those_of_the_request_as_text() -> None:
    def sent(given_values: object) -> object:
        return evaluate(hyperparameters(), {"HyperParameters": given_values}, request=REQUEST)

    assert evaluate(hyperparameters(), {}, request=REQUEST) == {"lr": "0.1", "name": ""}
    assert sent({}) == {"lr": "0.1", "name": ""}
    assert sent({"lr": 2}) == {"lr": "2", "name": ""}
    assert sent({"lr": 0.25, "name": True}) == {"lr": "0.25", "name": "True"}
    assert sent({"lr": "1e-5", "name": False, "more": ""}) == {
        "lr": "1e-5",
        "name": "False",
        "more": "",
    }
    assert evaluate(hyperparameters(), {"HyperParameters": {"a": 1}}, request={}) == {"a": "1"}


def channels(execution_input: object, request: object = REQUEST) -> dict[str, object]:
    found = evaluate(input_data_config("Converse"), execution_input, request=request)
    assert isinstance(found, list)
    by_name = {channel["ChannelName"]: channel["DataSource"] for channel in found}
    assert len(by_name) == len(found)
    return by_name


def test_a_dataset_of_the_input_takes_the_place_of_the_channels() -> None:
    default = {c["ChannelName"]: c["DataSource"] for c in REQUEST["InputDataConfig"]}  # type: ignore[index]
    s3 = {
        "S3DataSource": {
            "S3DataType": "Converse",
            "S3Uri": "s3://mine/x",
            "S3DataDistributionType": "FullyReplicated",
        }
    }
    hub = {"DatasetSource": {"DatasetArn": DATASET_ARN}}
    assert channels({}) == default
    assert channels({"TrainingDataset": "s3://mine/x"}) == {**default, "train": s3}
    assert channels({"ValidationDataset": DATASET_ARN}) == {**default, "validation": hub}
    both = {"TrainingDataset": DATASET_ARN, "ValidationDataset": "s3://mine/x"}
    assert channels(both) == {**default, "train": hub, "validation": s3}


def test_a_validation_channel_can_be_added_by_the_input() -> None:
    only_train = {"InputDataConfig": [{"ChannelName": "train", "DataSource": {}}]}
    assert list(channels({}, only_train)) == ["train"]
    found = channels({"ValidationDataset": "s3://mine/x"}, only_train)
    assert list(found) == ["train", "validation"]
