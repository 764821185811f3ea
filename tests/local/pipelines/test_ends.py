"""Pipelines that are stopped, or fail, leave no job running."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.plan import Outcome, Plan
from tests.support.fault_lab import Lab, eventually
from tests.support.pipelines_app import RUNS

if TYPE_CHECKING:
    from constructs_trainers.local.deployment import DeployedApp

pytestmark = pytest.mark.engine

ENDLESS = Outcome(endless=True)
DONE = Outcome.parse("Completed")
# The engine's jobs go on from there when someone looks at them, and nobody does.
STOPPED = "Stopping"


def running(lab: Lab) -> int:
    """How many jobs have neither come to an end nor been stopped."""
    return list(lab.jobs().values()).count("InProgress")


@pytest.mark.parametrize(
    ("machine", "outcomes", "at_once"),
    [
        ("SftDpo", [ENDLESS], 1),
        ("SftDpo", [DONE, ENDLESS], 1),
        ("Pair", [ENDLESS], 2),
        ("Rates", [ENDLESS], 10),
        ("Large", [DONE, ENDLESS], 5),
    ],
    ids=["first-stage", "second-stage", "parallel-pair", "sweep", "sweep-over-a-file"],
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
    eventually(lambda: not running(lab))
    assert lab.describe(execution)["status"] == "ABORTED"
    jobs = lab.jobs()
    assert list(jobs.values()).count(STOPPED) == at_once
    assert all(status in {"Completed", STOPPED} for status in jobs.values())


def test_a_failed_stage_stops_the_one_beside_it(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start("Pair", {"Again": {"Wrong": 1}})
    assert lab.ended(execution) == ("FAILED", "States.TaskFailed")
    assert "InvalidExecutionInput" in lab.describe(execution)["cause"]
    stopped_or_never_made(lab, lambda: len(lab.executions("Sft")))


def test_a_failed_run_stops_its_sweep(lab: Lab) -> None:
    bad = {"HyperParameters": {"nonsense": 1}}
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start("Rates", {"Sft": [{}, {}, {}, bad, {}, {}]})
    assert lab.ended(execution) == ("FAILED", "States.TaskFailed")
    cause = json.loads(lab.describe(execution)["cause"])
    assert cause["Error"] == "InvalidExecutionInput"
    stopped_or_never_made(lab, lambda: len(lab.executions("Sft")))


def stopped_or_never_made(lab: Lab, executions: Callable[[], int]) -> None:
    """A job may have been there when the other one failed, or not; none goes on."""
    assert executions()
    eventually(
        lambda: all(lab.describe(run)["status"] != "RUNNING" for run in lab.executions("Sft"))
    )
    eventually(lambda: not running(lab))
    assert set(lab.jobs().values()) <= {STOPPED}
