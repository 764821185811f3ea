"""Executions whose trainer is deployed again, renamed or destroyed meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.plan import Outcome, Plan
from tests.support.deployed_site import Site, deployed
from tests.support.fault_lab import Lab, check_jobs

if TYPE_CHECKING:
    from collections.abc import Iterator


pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[3]
ENDLESS = Outcome(endless=True)
CAPACITY = Outcome.parse("Failed:CapacityError: none left")
ABORTED = ("ABORTED", "Abort")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    trainers: dict[str, dict[str, object]] = {
        "Stem": {"base_job_name": "old--name"},
        "Model": {},
        "Fewer": {"max_attempts": 3},
        "Named": {},
        "Unheard": {},
    }
    with deployed(tmp_path_factory.mktemp("deployments"), trainers) as found:
        yield found


CHANGED: dict[str, dict[str, object]] = {
    "Stem": {"base_job_name": "new--name"},
    "Model": {"model": "small-model"},
    "Fewer": {"max_attempts": 1},
}


def test_an_abort_after_its_trainer_was_changed(site: Site) -> None:
    lab = site.lab
    executions = [site.run("Stem"), site.run("Model"), site.run("Fewer", CAPACITY, CAPACITY)]
    site.deploy(CHANGED | {"Named": {}, "Unheard": {}})
    for execution in executions:
        assert lab.describe(execution)["status"] == "RUNNING"
        lab.abort(execution)
        assert lab.ended(execution) == ABORTED
        lab.cleaned_up(execution)
    assert "InProgress" not in all_jobs(lab).values()


def test_a_trainer_that_is_renamed_while_it_runs(site: Site) -> None:
    lab = site.lab
    execution = site.run("Named")
    site.deploy(CHANGED | {"Renamed": {}, "Unheard": {}})
    assert lab.ended(execution) == ("ABORTED", None)
    lab.cleaned_up(execution)
    check_jobs(lab, "Stopping")


def test_a_trainer_that_is_renamed_and_no_event_tells_of_it(site: Site) -> None:
    lab = site.lab
    execution = site.run("Unheard")
    lab.go_on(Plan(outcomes=[ENDLESS], silent_deletions=True))
    site.deploy(CHANGED | {"Renamed": {}, "Heard": {}})
    assert lab.ended(execution) == ("ABORTED", None)
    assert lab.stoppers(execution) == []
    # Its StoppingCondition is what ends it.
    check_jobs(lab, "InProgress")
    (call,) = lab.calls()
    assert call.request["StoppingCondition"] == {"MaxRuntimeInSeconds": 86_400}
    for job in lab.jobs():
        lab.sagemaker.stop_training_job(TrainingJobName=job)


def test_a_stack_that_is_destroyed_after_its_executions_were_stopped(tmp_path: Path) -> None:
    only: dict[str, dict[str, object]] = {"Only": {}}
    with deployed(tmp_path, only) as site:
        lab = site.lab
        execution = site.run("Only")
        lab.abort(execution)
        lab.cleaned_up(execution)
        site.deploy(only)
        assert site.destroy() == 0
        assert "InProgress" not in all_jobs(lab).values()


def all_jobs(lab: Lab) -> dict[str, str]:
    """All jobs that there are, with their status."""
    pages = lab.sagemaker.get_paginator("list_training_jobs").paginate()
    return {
        job["TrainingJobName"]: job["TrainingJobStatus"]
        for page in pages
        for job in page["TrainingJobSummaries"]
    }
