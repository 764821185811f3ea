"""Pipelines that are stopped, or fail, leave no job running."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_trainers import training_failure
from constructs_trainers.local.plan import Outcome, Plan
from tests.support.fault_lab import Lab, eventually
from tests.support.pipelines_app import DATA, RUNS

if TYPE_CHECKING:
    from constructs_trainers.local.deployment import DeployedApp

pytestmark = pytest.mark.engine

ENDLESS = Outcome(endless=True)
DONE = Outcome.parse("Completed")
FAILED = Outcome.parse("Failed:ClientError: bad data")
MOST_AT_ONCE = {"Pair": 2, "Rates": 10, "Nested": 2}
# The engine's jobs go on from there when someone looks at them, and nobody does.
STOPPED = "Stopping"


def running(lab: Lab) -> int:
    """How many jobs have neither come to an end nor been stopped."""
    return list(lab.jobs().values()).count("InProgress")


def all_stopped(lab: Lab) -> bool:
    """Whether every training has ended, the stopper is done, and no job goes on."""
    going_on = [
        execution
        for name in ("Sft", "Again", "Dpo", "Stopper")
        for execution in lab.states.list_executions(
            stateMachineArn=lab.machine(name), statusFilter="RUNNING"
        )["executions"]
    ]
    return not going_on and not running(lab)


@pytest.mark.parametrize(
    ("machine", "outcomes", "at_once"),
    [
        ("ByPath", [ENDLESS], 1),
        ("ByJsonata", [DONE, ENDLESS], 1),
        ("SftDpo", [ENDLESS], 1),
        ("SftDpo", [DONE, ENDLESS], 1),
        ("Pair", [ENDLESS], 2),
        ("Rates", [ENDLESS], 10),
        ("Large", [DONE, ENDLESS], 5),
    ],
    ids=[
        "train-in-jsonpath",
        "second-train-in-jsonata",
        "first-stage",
        "second-stage",
        "parallel-pair",
        "sweep",
        "sweep-over-a-file",
    ],
)
def test_an_abort_in_each_stage_leaves_no_job_running(
    deployed: DeployedApp, lab: Lab, machine: str, outcomes: list[Outcome], at_once: int
) -> None:
    body = "\n".join(["{}"] * 5)
    deployed.client("s3").put_object(Bucket=RUNS, Key="runs.jsonl", Body=body.encode())
    lab.follow(Plan(outcomes=outcomes))
    execution = lab.start(machine)
    eventually(lambda: running(lab) == at_once)
    lab.abort(execution)
    eventually(lambda: all_stopped(lab))
    assert lab.describe(execution)["status"] == "ABORTED"
    jobs = lab.jobs()
    assert list(jobs.values()).count(STOPPED) == at_once
    assert all(status in {"Completed", STOPPED} for status in jobs.values())


@pytest.mark.parametrize(
    ("machine", "given", "before"),
    [
        ("Pair", {}, 1),
        ("Rates", {}, 3),
        ("Nested", {"data": [f"{DATA}/{number}.jsonl" for number in range(3)]}, 1),
        ("Nested", {"data": []}, 1),
    ],
    ids=["parallel-pair", "sweep", "map-of-ones-own", "parallel-of-ones-own"],
)
def test_a_job_that_fails_stops_the_jobs_beside_it(
    lab: Lab, machine: str, given: object, before: int
) -> None:
    lab.follow(Plan(outcomes=[*[ENDLESS] * before, FAILED, ENDLESS]))
    execution = lab.start(machine, given)
    assert lab.ended(execution) == ("FAILED", "States.TaskFailed")
    failure = training_failure(lab.describe(execution)["cause"])
    assert (failure.error, failure.status) == ("TrainingJobFailed", "FAILED")
    assert "ClientError: bad data" in failure.cause
    eventually(lambda: all_stopped(lab))
    statuses = list(reversed(lab.jobs().values()))
    assert statuses[: before + 1] == [*[STOPPED] * before, "Failed"]
    # What was on its way when the job failed is stopped too, and nothing else is begun.
    assert set(statuses[before + 1 :]) <= {STOPPED}
    assert len(statuses) <= MOST_AT_ONCE[machine]


def test_a_run_that_is_refused_stops_its_sweep(lab: Lab) -> None:
    bad = {"HyperParameters": {"nonsense": 1}}
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start("Rates", {"Sft": [{}, {}, {}, bad, {}, {}]})
    assert lab.ended(execution) == ("FAILED", "States.TaskFailed")
    failure = training_failure(lab.describe(execution)["cause"])
    assert failure.error == "InvalidExecutionInput"
    assert "HyperParameters.nonsense: unknown hyperparameter" in failure.cause
    eventually(lambda: all_stopped(lab))
    # A job may have been there by then or not.
    assert set(lab.jobs().values()) <= {STOPPED}
