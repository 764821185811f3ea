from __future__ import annotations

import contextlib
import copy
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.errors import RequestError
from constructs_trainers.jobs.request.check import check_request, request_problems
from constructs_trainers.values.expressions import Expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.errors import Problem

EXPECTED = Path(__file__).parents[4] / "shared" / "oracle" / "expected"

NUMBER_TOKEN = -1.8881545897087626e289

VALID: dict[str, Any] = {
    "TrainingJobName": "llama-sft-0123456789ab-1",
    "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
    "HyperParameters": {"learning_rate": "0.0001", "name": ""},
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {"S3DataType": "Converse", "S3Uri": "s3://data/train.jsonl"}
            },
        }
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://out/x", "KmsKeyId": "alias/key"},
    "ServerlessJobConfig": {
        "JobType": "FineTuning",
        "BaseModelArn": "arn:aws:sagemaker:us-west-2:aws:hub-content/Hub/Model/m/1.0.0",
        "CustomizationTechnique": "SFT",
        "AcceptEula": True,
        "SequenceLength": "4K",
    },
    "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "Tags": [{"Key": "team", "Value": "nlp"}],
}


def with_value(path: list[str | int], value: object) -> dict[str, Any]:
    request = copy.deepcopy(VALID)
    inner: Any = request
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return request


def only_problem(request: Mapping[str, object]) -> Problem:
    problems = request_problems(request)
    assert len(problems) == 1, problems
    return problems[0]


def leaves(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in leaves(item, (*path, i))]
    return [path]


def test_a_valid_request_passes() -> None:
    check_request(VALID)


@pytest.mark.parametrize("later", ["${Token[Name.12]}", NUMBER_TOKEN, Expression("$x")])
@given(chosen=st.sets(st.sampled_from(leaves(VALID)), min_size=1))
def test_values_known_later_pass_at_any_leaf(
    later: object, chosen: set[tuple[str | int, ...]]
) -> None:
    request = copy.deepcopy(VALID)
    for path in chosen:
        inner: Any = request
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = later
    check_request(request)


@pytest.mark.parametrize("name", list(VALID))
def test_an_expression_passes_in_place_of_any_block(name: str) -> None:
    check_request({**VALID, name: Expression("$states.input")})


def test_a_list_token_stands_for_a_whole_list() -> None:
    check_request(with_value(["VpcConfig", "Subnets"], ["#{Token[Subnets.3]}"]))


def test_what_is_around_a_token_is_checked() -> None:
    output = {"S3OutputPath": "${Token[A.1]}", "Kms": "x"}
    assert only_problem({**VALID, "OutputDataConfig": output}).path == "OutputDataConfig.Kms"


@pytest.mark.parametrize(
    ("path", "value", "where", "message"),
    [
        (["HyperParameters", "learning_rate"], 1e-4, "HyperParameters.learning_rate", "a string"),
        (["StoppingCondition", "MaxRuntimeInSeconds"], True, None, "a whole number"),
        (["StoppingCondition", "MaxRuntimeInSeconds"], 60.0, None, "a whole number"),
        (["StoppingCondition", "MaxRuntimeInSeconds"], 0, None, "out of range"),
        (["StoppingCondition", "MaxRuntimeInSeconds"], None, None, "a whole number"),
        (["ServerlessJobConfig", "AcceptEula"], "true", None, "true or false"),
        (["ServerlessJobConfig", "AcceptEula"], 1, None, "true or false"),
        (["ServerlessJobConfig", "Peft"], "FULL", None, "none of the values"),
        (["ServerlessJobConfig", "SequenceLength"], "4k", None, "form"),
        (["ServerlessJobConfig", "SequenceLength"], "4K\n", None, "form"),
        (["InputDataConfig"], [], "InputDataConfig", "too few entries"),
        (["InputDataConfig"], {}, "InputDataConfig", "a list"),
        (["VpcConfig", "Subnets"], ["s"] * 17, "VpcConfig.Subnets", "too many entries"),
        (["TrainingJobName"], "a" * 64, "TrainingJobName", "too long with its length of 64"),
        (["TrainingJobName"], "a_b", "TrainingJobName", "form"),
        (["TrainingJobName"], "a-", "TrainingJobName", "form"),
        (["OutputDataConfig", "S3OutputPath"], "out", None, "form"),
        (["HyperParameters", "x"], "y" * 2501, "HyperParameters.x", "too long"),
        (
            ["HyperParameters"],
            {f"k{i}": "" for i in range(101)},
            "HyperParameters",
            "too many entries",
        ),
        (["Tags", 0, "Value"], None, "Tags[0].Value", "a string"),
    ],
)
def test_each_rule_of_the_model(
    path: list[str | int], value: object, where: str | None, message: str
) -> None:
    problem = only_problem(with_value(path, value))
    assert problem.path == (where or ".".join(map(str, path)))
    assert message in problem.message
    assert problem.got
    assert problem.allowed


@pytest.mark.parametrize(
    ("path", "value", "fix"),
    [
        (["HyperParameters", "epochs"], 5, "write it as text: '5'"),
        (["StoppingCondition", "MaxRuntimeInSeconds"], 60.0, "write it as a whole number: 60"),
        (
            ["StoppingCondition", "MaxRuntimeInSeconds"],
            "60",
            "write it as a number, without quotes",
        ),
        (["StoppingCondition", "MaxRuntimeInSeconds"], None, "leave it out"),
        (["ServerlessJobConfig", "CustomizationTechnique"], "RLV", "did you mean 'RLVR'?"),
        (["ServerlessJobConfig", "Pefft"], "LORA", "did you mean 'Peft'?"),
        (["StopingCondition"], {}, "did you mean 'StoppingCondition'?"),
    ],
)
def test_problems_say_how_to_mend_them(path: list[str | int], value: object, fix: str) -> None:
    assert only_problem(with_value(path, value)).fix == fix


def test_a_missing_member_is_named_with_its_path() -> None:
    request = with_value(["OutputDataConfig"], {})
    assert only_problem(request).path == "OutputDataConfig.S3OutputPath"


def test_the_name_may_be_absent_when_the_caller_says_so() -> None:
    request = {name: value for name, value in VALID.items() if name != "TrainingJobName"}
    assert only_problem(request).path == "TrainingJobName"
    check_request(request, allow_missing=frozenset({"TrainingJobName"}))


def test_only_the_request_itself_may_miss_members() -> None:
    request = with_value(["OutputDataConfig"], {})
    assert request_problems(request, allow_missing=frozenset({"S3OutputPath"}))


def test_long_enums_show_the_closest_names() -> None:
    problem = only_problem(with_value(["ResourceConfig"], {"InstanceType": "ml.p5.48xlrge"}))
    assert problem.fix == "did you mean 'ml.p5.48xlarge'?"
    assert problem.allowed is not None
    assert "ml.p5e.48xlarge" in problem.allowed
    assert len(problem.allowed) < 200


def test_bad_map_keys_are_reported() -> None:
    problems = request_problems(with_value(["HyperParameters"], {"k" * 257: "", 3: "x"}))
    assert ["its name" in problem.message for problem in problems] == [True, True]


def test_all_problems_come_at_once() -> None:
    with pytest.raises(RequestError, match="CreateTrainingJob: 5 problems") as caught:
        check_request({"InputDataConfig": [{}], "RoleArn": ""})
    assert [problem.path for problem in caught.value.problems] == [
        "TrainingJobName",
        "OutputDataConfig",
        "InputDataConfig[0].ChannelName",
        "InputDataConfig[0].DataSource",
        "RoleArn",
    ]


@pytest.mark.parametrize("request_", [[], None, 3, "text"])
def test_a_request_that_is_no_object_is_refused(request_: object) -> None:
    problem = only_problem(cast("dict[str, object]", request_))
    assert (problem.path, problem.message) == ("request", "must be an object")


def test_other_operations_are_checked_too() -> None:
    check_request({"TrainingJobName": "a"}, "DescribeTrainingJob")
    check_request({"CreationTimeAfter": 1.5e9, "MaxResults": 5}, "ListTrainingJobs")
    with pytest.raises(RequestError, match="StopTrainingJob: 1 problem"):
        check_request({}, "StopTrainingJob")


def test_limits_of_training_jobs_hold_for_no_other_operation() -> None:
    tags = [{"Key": "aws:x", "Value": ""}]
    check_request({"ResourceArn": "arn:aws:sagemaker:r:123456789012:x", "Tags": tags}, "AddTags")


def test_operations_without_a_request_take_no_members() -> None:
    check_request({}, "GetSagemakerServicecatalogPortfolioStatus")
    with pytest.raises(RequestError):
        check_request({"X": 1}, "GetSagemakerServicecatalogPortfolioStatus")


def test_an_unknown_operation_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(RequestError, match="did you mean 'CreateTrainingJob'"):
        check_request({}, "CreateTrainingJobs")


MEMBERS = st.sampled_from([*VALID, "ResourceConfig", "S3Uri", "Key", "DataSource", "Unknown"])
JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(MEMBERS | st.text(), inner, max_size=4)
        | st.dictionaries(st.integers() | st.none(), inner, max_size=2)
    ),
    max_leaves=20,
)


@given(request=JSON_LIKE)
def test_nothing_but_request_error_is_raised(request: object) -> None:
    with contextlib.suppress(RequestError):
        check_request(cast("dict[str, object]", request))


@given(path=st.sampled_from(leaves(VALID)), depth=st.integers(0, 3), value=JSON_LIKE)
def test_nothing_but_request_error_is_raised_near_a_valid_request(
    path: tuple[str | int, ...], depth: int, value: object
) -> None:
    request = with_value(list(path[: len(path) - depth] or path[:1]), value)
    with contextlib.suppress(RequestError):
        check_request(request)


def test_numbers_too_long_to_be_written_are_refused_all_the_same() -> None:
    huge = 10**5000
    condition = {"MaxRuntimeInSeconds": huge, "MaxWaitTimeInSeconds": -huge}
    request = {**VALID, "StoppingCondition": condition, "HyperParameters": {"x": huge}}
    with pytest.raises(RequestError, match="thousands of digits"):
        check_request(request)


def test_deep_values_are_shown_cut() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    problem = only_problem(with_value(["HyperParameters", "x"], deep))
    assert problem.got == "[[[[...]]]]"


# What the service or the API's model refuses although the SDK sent it.
REFUSED = {
    "sft_serverless_full_ft_str": {"ServerlessJobConfig.Peft"},  # the string "FULL"
    "sft_serverful_dataset_arn": {  # an ARN in the place of an S3 URI
        "InputDataConfig[0].DataSource.S3DataSource.S3Uri"
    },
}


def sdk_requests() -> list[Any]:
    found = []
    for file in sorted(EXPECTED.glob("*.json")):
        requests = json.loads(file.read_text(encoding="utf-8")).get("requests") or {}
        if "CreateTrainingJob" in requests:
            found.append(pytest.param(file.stem, requests["CreateTrainingJob"], id=file.stem))
    return found


@pytest.mark.skipif(not EXPECTED.is_dir(), reason="the SDK's recorded requests are not here")
@pytest.mark.parametrize(("name", "request_"), sdk_requests())
def test_what_the_sdk_sends_is_accepted(name: str, request_: dict[str, Any]) -> None:
    paths = {problem.path for problem in request_problems(request_)}
    assert paths == REFUSED.get(name, set())


def test_a_check_is_quick_once_the_model_is_read() -> None:
    check_request(VALID)
    started = time.perf_counter()
    for _ in range(20):
        check_request(VALID)
    assert (time.perf_counter() - started) / 20 < 0.005


def test_importing_reads_nothing_and_needs_no_botocore() -> None:
    code = (
        "import sys, constructs_trainers.jobs.request.check as check\n"
        "from constructs_trainers.jobs.request import service_model as m\n"
        "assert m._model.cache_info().currsize == 0\n"
        "check.request_problems({})\n"
        "assert 'botocore' not in sys.modules and 'aws_cdk' not in sys.modules\n"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
