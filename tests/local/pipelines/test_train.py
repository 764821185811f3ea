"""``train()`` in machines of both query languages, in Parallel and in Map."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from constructs_trainers import training_failure
from constructs_trainers.local.plan import Plan, Rejection
from tests.support.fault_lab import Lab, check_jobs, eventually
from tests.support.pipeline_requests import data_of, plan, request_of
from tests.support.pipelines_app import DATA

if TYPE_CHECKING:
    from constructs_trainers.local.deployment import DeployedApp

pytestmark = pytest.mark.engine


def test_a_jsonpath_machine_trains_and_names_the_job(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="ByPath")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    assert result.requests == [request_of(deployed, "Sft", result, data=f"{DATA}/other.jsonl")]
    name = result.requests[0]["TrainingJobName"]
    assert result.output == {"Name": name, "Output": name}


def test_a_failure_is_caught_with_the_trainers_own_error(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="ByPath", plan=plan("Failed:ClientError: bad data"))
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    got = result.output["Got"]
    assert (got["Error"], got["Status"]) == ("TrainingJobFailed", "FAILED")
    assert "bad data" in got["Cause"]


def test_a_jsonata_machine_hands_the_model_on(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="ByJsonata")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    sft, dpo = result.requests
    assert sft == request_of(deployed, "Sft", result)
    source = dpo["ModelPackageConfig"]["SourceModelPackageArn"]
    assert source.startswith("arn:aws:sagemaker:us-west-2:123456789012:model-package/")
    assert dpo == request_of(deployed, "Dpo", result, number=1, source=source)
    assert "LogsUrl" in result.output


def test_a_failed_child_is_states_task_failed_with_its_description(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="ByJsonata", plan=plan("Failed:ClientError: no"))
    assert (result.status, result.error) == ("FAILED", "States.TaskFailed")
    failure = training_failure(str(result.cause))
    assert failure.error == "TrainingJobFailed"
    assert "ClientError: no" in failure.cause


def test_inside_map_and_parallel(deployed: DeployedApp) -> None:
    data = [f"{DATA}/{number}.jsonl" for number in range(3)]
    result = deployed.run({"data": data}, state_machine="Nested")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    assert sorted(data_of(request) for request in result.requests[:3]) == data
    for number, request in enumerate(result.requests):
        trainer = "Again" if "Again" in request["RoleArn"] else "Sft"
        given = data_of(request) if number < len(data) else None
        assert request == request_of(deployed, trainer, result, number=number, data=given)
    assert len(result.requests) == len(data) + 2


def test_a_wait_that_is_over_stops_the_job(deployed: DeployedApp, lab: Lab) -> None:
    slow = [
        Rejection(code="ResourceLimitExceeded", count=12),
        Rejection(code="ThrottlingException", count=12, operation="DescribeTrainingJob"),
    ]
    lab.follow(Plan())
    result = deployed.run(state_machine="Slow", plan=Plan(rejections=slow))
    assert (result.status, result.error) == ("FAILED", "TrainingWaitTimedOut")
    assert "1 seconds" in str(result.cause)
    eventually(lambda: "Stopping" in lab.jobs().values())
    check_jobs(lab, "Stopping")


def test_nothing_of_a_failure_is_lost_in_json() -> None:
    child = {"Status": "ABORTED", "ExecutionArn": "arn"}
    assert training_failure(json.dumps(child)).error == "TrainingJobStopped"
