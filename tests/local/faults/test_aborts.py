"""Executions that end without their jobs."""

from __future__ import annotations

import pytest

from constructs_trainers.local.plan import Outcome, Plan, Rejection
from tests.support.fault_lab import SUCCEEDED, Lab, check_end, check_jobs, eventually

pytestmark = pytest.mark.engine

CREATE, DESCRIBE, STOP = "CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob"
ENDLESS = Outcome(endless=True)
ABORTED = ("ABORTED", "Abort")
CAPACITY = Outcome.parse("Failed:CapacityError: none left")
NOT_SEEN = Rejection(
    code="ValidationException", message="Requested resource not found.", operation=STOP, count=9
)


def running(lab: Lab, machine: str = "Hasty", *outcomes: Outcome) -> str:
    """An execution whose job has been looked at."""
    lab.follow(Plan(outcomes=outcomes or [ENDLESS]))
    execution = lab.start(machine)
    eventually(lambda: lab.calls(DESCRIBE))
    return execution


def test_an_abort_before_a_job_was_created(lab: Lab) -> None:
    throttled = Rejection(code="ThrottlingException")
    lab.follow(Plan(held=[CREATE], rejections=[throttled]))
    execution = lab.start("Hasty")
    eventually(lambda: lab.history(execution)[-1] == "TaskScheduled")
    lab.abort(execution)
    lab.cleaned_up(execution)
    lab.go_on(Plan(rejections=[throttled]))
    eventually(lab.calls)
    check_end(lab, execution, ABORTED)
    assert [call.error for call in lab.calls()] == ["ThrottlingException"]
    check_jobs(lab)


def test_an_abort_while_the_job_is_created(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS], held=[CREATE, STOP]))
    execution = lab.start("Hasty")
    eventually(lambda: lab.history(execution)[-1] == "TaskScheduled")
    lab.abort(execution)
    lab.go_on(Plan(outcomes=[ENDLESS], held=[STOP]))
    eventually(lab.jobs)
    # Each of the three attempts' names is asked for: a new job is not found for some time.
    lab.go_on(Plan(outcomes=[ENDLESS], rejections=[NOT_SEEN]))
    check_end(lab, execution, ABORTED)
    check_jobs(lab, "Stopping")


def test_an_abort_between_the_creation_and_the_first_look(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS], held=[DESCRIBE]))
    execution = lab.start("Hasty")
    eventually(lab.jobs)
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    check_jobs(lab, "Stopping")
    lab.go_on(Plan())


def test_an_abort_while_the_job_runs(lab: Lab) -> None:
    execution = running(lab)
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    check_jobs(lab, "Stopping")


def test_an_abort_while_the_second_job_runs(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[CAPACITY, ENDLESS]))
    execution = lab.start("Hasty")
    eventually(lambda: len(lab.jobs()) == 2)
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    check_jobs(lab, "Failed", "Stopping")


def test_an_abort_during_the_wait_for_another_attempt(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[CAPACITY, ENDLESS]))
    execution = lab.start("Patient")
    eventually(lambda: lab.state(execution) == "WaitForNextAttempt")
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    check_jobs(lab, "Failed")


def test_an_abort_while_the_stopper_is_throttled(lab: Lab) -> None:
    execution = running(lab)
    throttled = Rejection(code="ThrottlingException", operation=STOP, count=4)
    lab.go_on(Plan(outcomes=[ENDLESS], rejections=[throttled]))
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    check_jobs(lab, "Stopping")


def test_an_abort_of_a_parent(lab: Lab) -> None:
    parent = running(lab, "Parent")
    child = lab.executions("Hasty")[0]
    lab.abort(parent)
    assert lab.ended(parent) == ABORTED
    check_end(lab, child, ("ABORTED", None))
    check_jobs(lab, "Stopping")


def test_a_parent_whose_task_times_out(lab: Lab) -> None:
    parent = running(lab, "Impatient")
    child = lab.executions("Hasty")[0]
    assert lab.ended(parent) == ("FAILED", "States.Timeout")
    check_end(lab, child, ("ABORTED", None))
    check_jobs(lab, "Stopping")


def test_a_redrive_after_an_abort(lab: Lab) -> None:
    execution = running(lab, "Hasty", ENDLESS, Outcome())
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    lab.redrive(execution)
    check_end(lab, execution, SUCCEEDED)
    check_jobs(lab, "Stopped", "Completed", redrives=1)


def test_an_abort_of_a_redriven_execution(lab: Lab) -> None:
    execution = running(lab)
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    lab.redrive(execution)
    eventually(lambda: len(lab.jobs()) == 2)
    lab.abort(execution)
    lab.cleaned_up(execution, times=2)
    check_jobs(lab, "Stopped", "Stopping", redrives=1)


def test_an_abort_of_a_redriven_execution_whose_first_job_was_not_stopped(lab: Lab) -> None:
    execution = running(lab)
    denied = Rejection(code="AccessDeniedException", operation=STOP)
    lab.go_on(Plan(outcomes=[ENDLESS], rejections=[denied]))
    lab.abort(execution)
    eventually(lambda: [run["status"] for run in lab.stoppers(execution)] == ["FAILED"])
    check_jobs(lab, "InProgress")
    lab.go_on(Plan(outcomes=[ENDLESS]))
    lab.redrive(execution)
    looks = len(lab.calls(DESCRIBE))
    eventually(lambda: len(lab.calls(DESCRIBE)) > looks)
    lab.abort(execution)
    lab.cleaned_up(execution)
    check_jobs(lab, "Stopping")
