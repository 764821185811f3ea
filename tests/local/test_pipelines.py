"""Workflows that run trainers, deployed once by the real cdk CLI and run on the engine."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers import training_failure
from constructs_trainers.local.plan import Outcome, Plan, Rejection
from tests.support.pipelines_app import DATA, RATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.local.deployment import DeployedApp

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedApp]:
    from constructs_trainers.local.deployment import AppChoice, deployed_app

    project = tmp_path_factory.mktemp("pipelines") / "project"
    shutil.copytree(PROJECT / "examples" / "all_trainers", project)
    (project / "node_modules").symlink_to(PROJECT / "node_modules")
    app = f"{sys.executable} {PROJECT / 'tests' / 'support' / 'pipelines_app.py'}"
    choice = AppChoice(project=project, app=app, state_machine="Sft")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        with deployed_app(choice) as running:
            yield running


def plan(*outcomes: str) -> Plan:
    return Plan(outcomes=[Outcome.parse(text) for text in outcomes])


def data_of(request: Any) -> str:  # noqa: ANN401 - JSON
    (channel,) = request["InputDataConfig"]
    uri: str = channel["DataSource"]["S3DataSource"]["S3Uri"]
    return uri


def test_a_jsonpath_machine_trains_and_names_the_job(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="ByPath")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    (request,) = result.requests
    assert data_of(request) == f"{DATA}/other.jsonl"
    name = request["TrainingJobName"]
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
    assert sft["ServerlessJobConfig"]["CustomizationTechnique"] == "SFT"
    package = dpo["ModelPackageConfig"]["SourceModelPackageArn"]
    assert package.startswith("arn:aws:sagemaker:us-west-2:123456789012:model-package/")
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
    assert len(result.requests) == 5


def test_a_pipeline_of_sft_and_dpo(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="SftDpo")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    assert list(result.output) == ["Sft", "Dpo"]
    source = result.requests[1]["ModelPackageConfig"]["SourceModelPackageArn"]
    assert source == result.output["Sft"]["OutputModelPackageArn"]


def test_a_pipeline_ends_with_the_trainers_error(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="SftDpo", plan=plan("Failed:ClientError: bad data"))
    assert (result.status, result.error) == ("FAILED", "TrainingJobFailed")
    assert str(result.cause).startswith("Stage Sft: ")
    refused = deployed.run({"Stf": {}}, state_machine="SftDpo")
    assert (refused.error, refused.requests) == ("InvalidExecutionInput", [])


def test_a_pair_in_parallel(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="Pair")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    names = {request["TrainingJobName"] for request in result.requests}
    assert {output["TrainingJobName"] for output in result.output.values()} == names
    assert set(result.output) == {"Sft", "Again"}


def test_a_sweep_of_twenty(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="Rates")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    sent = sorted(float(r["HyperParameters"]["learning_rate"]) for r in result.requests)
    assert sent == RATES
    outputs = result.output["Sft"]
    assert [float(o["HyperParameters"]["learning_rate"]) for o in outputs] == RATES
    assert len({request["TrainingJobName"] for request in result.requests}) == len(RATES)


def test_a_failed_stage_stops_the_one_beside_it(deployed: DeployedApp) -> None:
    received = len(deployed.engine.control.calls())
    # One of the two jobs is refused at once, the other one runs.
    result = deployed.run({"Again": {"Wrong": 1}}, state_machine="Pair")
    assert (result.status, result.error) == ("FAILED", "InvalidExecutionInput")
    assert wait_for_stop(deployed, received)


def test_an_aborted_parent_stops_its_child(deployed: DeployedApp) -> None:
    received = len(deployed.engine.control.calls())
    client = deployed.client("stepfunctions")
    (machine,) = (
        m["stateMachineArn"]
        for m in client.list_state_machines()["stateMachines"]
        if "Rates" in m["name"]
    )
    parent = client.start_execution(stateMachineArn=machine)["executionArn"]
    wait_for(deployed, received, "CreateTrainingJob")
    client.stop_execution(executionArn=parent)
    assert wait_for_stop(deployed, received)
    assert client.describe_execution(executionArn=parent)["status"] == "ABORTED"


def test_a_wait_that_is_over_stops_the_job(deployed: DeployedApp) -> None:
    received = len(deployed.engine.control.calls())
    slow = [
        Rejection(code="ResourceLimitExceeded", count=12),
        Rejection(code="ThrottlingException", count=12, operation="DescribeTrainingJob"),
    ]
    result = deployed.run(state_machine="Slow", plan=Plan(rejections=slow))
    assert (result.status, result.error) == ("FAILED", "TrainingWaitTimedOut")
    assert "1 seconds" in str(result.cause)
    assert wait_for_stop(deployed, received)


def wait_for(deployed: DeployedApp, received: int, operation: str) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        calls = deployed.engine.control.calls(since=received)
        if operation in {call.operation for call in calls}:
            return True
        time.sleep(0.05)
    return False


def wait_for_stop(deployed: DeployedApp, received: int) -> bool:
    return wait_for(deployed, received, "StopTrainingJob")


def test_nothing_of_a_failure_is_lost_in_json() -> None:
    child = {"Status": "ABORTED", "ExecutionArn": "arn"}
    assert training_failure(json.dumps(child)).error == "TrainingJobStopped"
