"""Pipelines run to their end, and every request of theirs is the one that was meant."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers import training_failure
from tests.support.fault_lab import SUCCEEDED, Lab
from tests.support.pipeline_requests import plan, request_of
from tests.support.pipelines_app import DATA, RATES, RUNS

if TYPE_CHECKING:
    from constructs_trainers.local.deployment import DeployedApp
    from constructs_trainers.local.execution import RunResult

pytestmark = pytest.mark.engine


def rates_of(deployed: DeployedApp, result: RunResult, trainer: str = "Sft") -> list[float]:
    """The learning rates of a run's requests, which differ in nothing else from the trainer's."""
    found = []
    for number, request in enumerate(result.requests):
        rate = request["HyperParameters"]["learning_rate"]
        found.append(float(rate))
        expected = request_of(deployed, trainer, result, number=number, learning_rate=rate)
        assert request == expected
    return found


def test_a_pipeline_of_sft_and_dpo(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="SftDpo")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    assert list(result.output) == ["Sft", "Dpo"]
    source = result.output["Sft"]["OutputModelPackageArn"]
    assert result.requests == [
        request_of(deployed, "Sft", result),
        request_of(deployed, "Dpo", result, number=1, source=source),
    ]


def test_an_execution_may_give_what_a_trainer_takes(deployed: DeployedApp) -> None:
    given = {"TrainingDataset": f"{DATA}/new.jsonl", "HyperParameters": {"max_epochs": 2}}
    result = deployed.run({"Dpo": given}, state_machine="SftDpo")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    source = result.output["Sft"]["OutputModelPackageArn"]
    data = f"{DATA}/new.jsonl"
    expected = request_of(
        deployed, "Dpo", result, number=1, data=data, source=source, max_epochs="2"
    )
    assert result.requests[1] == expected


def test_a_pair_in_parallel(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="Pair")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    names = [request["TrainingJobName"] for request in result.requests]
    assert sorted(output["TrainingJobName"] for output in result.output.values()) == sorted(names)
    assert set(result.output) == {"Sft", "Again"}
    for trainer, output in result.output.items():
        number = names.index(output["TrainingJobName"])
        assert result.requests[number] == request_of(deployed, trainer, result, number=number)


def test_a_sweep_of_twenty(deployed: DeployedApp) -> None:
    result = deployed.run(state_machine="Rates")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    assert sorted(rates_of(deployed, result)) == RATES
    outputs = result.output["Sft"]
    assert [float(o["HyperParameters"]["learning_rate"]) for o in outputs] == RATES
    assert len({request["TrainingJobName"] for request in result.requests}) == len(RATES)


def test_a_sweep_over_a_file_of_thirty_runs(deployed: DeployedApp) -> None:
    rates = [round(1e-5 * (index + 1), 6) for index in range(30)]
    put_file(deployed, [{"HyperParameters": {"learning_rate": rate}} for rate in rates])
    result = deployed.run(state_machine="Large")
    assert (result.status, result.cause) == ("SUCCEEDED", None)
    source = result.output["Sft"]["OutputModelPackageArn"]
    sent = []
    for number, request in enumerate(result.requests[1:], start=1):
        rate = request["HyperParameters"]["learning_rate"]
        sent.append(float(rate))
        expected = {"number": number, "source": source, "learning_rate": rate}
        assert request == request_of(deployed, "Dpo", result, **expected)
    assert sorted(sent) == rates
    written = result.output["Dpo"]["ResultWriterDetails"]
    assert written["Bucket"] == RUNS
    manifest = read_file(deployed, written["Key"])
    (file,) = manifest["ResultFiles"]["SUCCEEDED"]
    assert file["Key"].startswith("runs-results/")
    outputs = [json.loads(item["Output"]) for item in read_file(deployed, file["Key"])]
    assert [float(o["HyperParameters"]["learning_rate"]) for o in outputs] == rates


def test_a_sweep_over_a_file_bears_as_many_failures_as_it_was_told_to(
    deployed: DeployedApp,
) -> None:
    put_file(deployed, [{}] * 9 + [{"HyperParameters": {"nonsense": 1}}])
    result = deployed.run(state_machine="Tolerant")
    assert (result.status, len(result.requests)) == ("SUCCEEDED", 9)
    put_file(deployed, [{}] * 8 + [{"HyperParameters": {"nonsense": 1}}] * 2)
    result = deployed.run(state_machine="Tolerant")
    assert result.error == "States.ExceedToleratedFailureThreshold"


@pytest.mark.parametrize("line", [None, 5, "text", [{}]])
def test_a_line_of_a_file_that_is_no_object_fails_its_own_run_alone(
    deployed: DeployedApp, line: object
) -> None:
    put_file(deployed, [*[{}] * 9, line])
    result = deployed.run(state_machine="Tolerant")
    assert (result.status, len(result.requests)) == ("SUCCEEDED", 9)


def put_file(deployed: DeployedApp, items: list[object]) -> None:
    """Put the file of the sweeps."""
    body = "\n".join(json.dumps(item) for item in items)
    deployed.client("s3").put_object(Bucket=RUNS, Key="runs.jsonl", Body=body.encode())


def read_file(deployed: DeployedApp, key: str) -> Any:  # noqa: ANN401 - JSON
    """A file of the sweeps' results."""
    return json.loads(deployed.client("s3").get_object(Bucket=RUNS, Key=key)["Body"].read())


def test_a_failed_stage_is_states_task_failed_and_can_be_redriven(
    lab: Lab,
) -> None:
    lab.follow(plan("Completed", "Failed:ClientError: bad data"))
    execution = lab.start("SftDpo")
    assert lab.ended(execution) == ("FAILED", "States.TaskFailed")
    failure = training_failure(lab.describe(execution)["cause"])
    assert failure.error == "TrainingJobFailed"
    assert "ClientError: bad data" in failure.cause
    lab.go_on(plan("Completed"))
    lab.redrive(execution)
    assert lab.ended(execution) == SUCCEEDED
    techniques = [
        call.request["ServerlessJobConfig"]["CustomizationTechnique"] for call in lab.calls()
    ]
    assert techniques == ["SFT", "DPO", "DPO"]
    assert len(set(lab.jobs())) == 3


@pytest.mark.parametrize(
    ("machine", "given", "says"),
    [
        ("SftDpo", {"Stf": {}}, "Stf: unknown stage; allowed: Sft, Dpo"),
        ("SftDpo", {"Sft": 3}, "Sft: expected an object"),
        ("SftDpo", [], "the input must be an object"),
        ("Rates", {"Sft": {}}, "Sft: expected a list of 1 to 100 objects"),
        ("Rates", {"Sft": []}, "Sft: expected a list of 1 to 100 objects"),
        ("Rates", {"Sft": [3]}, "Sft: expected a list of 1 to 100 objects"),
        ("Rates", {"Sft": [{}] * 101}, "Sft: expected a list of 1 to 100 objects"),
        ("Large", {"Dpo": {}}, "Dpo: unknown stage; allowed: Sft"),
    ],
)
def test_a_wrong_input_starts_nothing(lab: Lab, machine: str, given: object, says: str) -> None:
    lab.follow(plan("Completed"))
    execution = lab.start(machine, given)
    assert lab.ended(execution) == ("FAILED", "InvalidExecutionInput")
    assert says in lab.describe(execution)["cause"]
    assert not lab.calls()
