"""Jobs that Step Functions itself waits for (``createTrainingJob.sync``)."""

from __future__ import annotations

import json

import pytest

from constructs_trainers.local.plan import Outcome, Plan, Rejection
from tests.support.fault_lab import SUCCEEDED, Lab, check_end, check_jobs, eventually

pytestmark = pytest.mark.engine

ENDLESS = Outcome(endless=True)
MACHINE = "Waiting"
CREATE, DESCRIBE, STOP = "CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob"
ABORTED, REJECTED = ("ABORTED", "Abort"), ("FAILED", "TrainingJobRejected")
# Both Step Functions and the stopper stop a job; whichever is second may see it stopped.
STOPPED = {"Stopping", "Stopped"}


@pytest.mark.parametrize(
    ("outcomes", "end", "jobs"),
    [
        (["Completed"], SUCCEEDED, ["Completed"]),
        (["Failed:ClientError: bad data"], ("FAILED", "TrainingJobFailed"), ["Failed"]),
        (["Failed:CapacityError: none left", "Completed"], SUCCEEDED, ["Failed", "Completed"]),
        (["Failed:CapacityError: none left"], ("FAILED", "TrainingJobFailed"), ["Failed"] * 3),
        (["Failed:InternalServerError: oh", "Completed"], SUCCEEDED, ["Failed", "Completed"]),
        (["Stopped:MaxRuntimeExceeded"], ("FAILED", "TrainingJobTimedOut"), ["Stopped"]),
        (["Stopped"], ("FAILED", "TrainingJobStopped"), ["Stopped"]),
    ],
    ids=[
        "run-job-completed",
        "run-job-client-error",
        "run-job-capacity-then-success",
        "run-job-capacity-forever",
        "run-job-internal-error-then-success",
        "run-job-max-runtime",
        "run-job-stopped",
    ],
)
def test_a_job_that_step_functions_waits_for(
    lab: Lab, outcomes: list[str], end: tuple[str, str | None], jobs: list[str]
) -> None:
    lab.follow(Plan(outcomes=[Outcome.parse(text) for text in outcomes]))
    execution = lab.start(MACHINE)
    check_end(lab, execution, end)
    check_jobs(lab, *jobs)
    if end == SUCCEEDED:
        output = json.loads(lab.describe(execution)["output"])
        assert output["TrainingJobStatus"] == "Completed"
        assert output["Attempts"] == len(jobs)
        assert {"TrainingJobArn", "ModelArtifacts", "RecipeDigest", "LogsUrl"} <= output.keys()
        # Nothing looks at a job while it runs; its record is read once at its end.
        described = lab.calls("DescribeTrainingJob")
        assert len(described) == len(jobs)


@pytest.mark.parametrize(
    ("rejection", "end", "jobs"),
    [
        (Rejection(code="ThrottlingException", count=3), SUCCEEDED, ["Completed"]),
        (Rejection(code="ResourceLimitExceeded", count=3), SUCCEEDED, ["Completed"]),
        (Rejection(code="ThrottlingException"), REJECTED, []),
        (Rejection(code="ResourceLimitExceeded"), REJECTED, []),
        (Rejection(code="ValidationException"), REJECTED, []),
    ],
    ids=[
        "run-job-throttled",
        "run-job-limit",
        "run-job-throttled-forever",
        "run-job-limit-forever",
        "run-job-invalid",
    ],
)
def test_a_refused_submission_of_a_job_to_wait_for(
    lab: Lab, rejection: Rejection, end: tuple[str, str | None], jobs: list[str]
) -> None:
    lab.follow(Plan(rejections=[rejection]))
    execution = lab.start(MACHINE)
    check_end(lab, execution, end)
    check_jobs(lab, *jobs)
    if not jobs:
        assert rejection.code in lab.describe(execution)["cause"]


def test_an_answer_that_is_lost_of_a_job_to_wait_for(lab: Lab) -> None:
    lost = Rejection(code="InternalFailure", count=1, job_created=True)
    lab.follow(Plan(rejections=[lost]))
    check_end(lab, lab.start(MACHINE), SUCCEEDED)
    check_jobs(lab, "Completed")


def test_an_older_job_of_the_name_of_a_job_to_wait_for(lab: Lab) -> None:
    older = Rejection(code="ResourceInUse", count=1, job_created=True, job_age=60)
    lab.follow(Plan(outcomes=[ENDLESS], rejections=[older]))
    execution = lab.start(MACHINE)
    check_end(lab, execution, REJECTED)
    assert "from before this execution" in lab.describe(execution)["cause"]


@pytest.mark.parametrize(
    ("outcome", "end", "status"),
    [
        ("Completed", SUCCEEDED, "Completed"),
        ("Failed:ClientError: bad data", ("FAILED", "TrainingJobFailed"), "Failed"),
    ],
    ids=["run-job-completed-unseen", "run-job-failed-unseen"],
)
def test_describe_failing_for_a_while_at_the_end_of_a_job_to_wait_for(
    lab: Lab, outcome: str, end: tuple[str, str | None], status: str
) -> None:
    unavailable = Rejection(code="ServiceUnavailable", count=6, operation=DESCRIBE)
    lab.follow(Plan(outcomes=[Outcome.parse(outcome)], rejections=[unavailable]))
    check_end(lab, lab.start(MACHINE), end)
    check_jobs(lab, status)
    assert len(lab.calls(DESCRIBE)) == 7


def test_two_executions_that_wait_at_once(lab: Lab) -> None:
    lab.follow(Plan())
    executions = [lab.start(MACHINE), lab.start(MACHINE)]
    for execution in executions:
        check_end(lab, execution, SUCCEEDED)
    assert list(lab.jobs().values()) == ["Completed"] * 2


def test_a_job_to_wait_for_that_someone_else_stops(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start(MACHINE)
    eventually(lambda: "InProgress" in lab.jobs().values())
    (name,) = lab.jobs()
    lab.sagemaker.stop_training_job(TrainingJobName=name)
    check_end(lab, execution, ("FAILED", "TrainingJobStopped"))
    check_jobs(lab, "Stopped")


def running(lab: Lab, machine: str = MACHINE) -> str:
    """An execution that waits for its job."""
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start(machine)
    eventually(lambda: "InProgress" in lab.jobs().values())
    return execution


def check_stopped(lab: Lab) -> None:
    """One job was made, and nothing of it runs on."""
    eventually(lambda: set(lab.jobs().values()) <= STOPPED)
    assert len(lab.jobs()) == 1


def test_an_abort_while_step_functions_waits(lab: Lab) -> None:
    execution = running(lab)
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    check_stopped(lab)


def test_an_abort_while_a_job_to_wait_for_is_created(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS], held=[CREATE]))
    execution = lab.start(MACHINE)
    eventually(lambda: lab.history(execution)[-1] == "TaskScheduled")
    lab.abort(execution)
    lab.go_on(Plan(outcomes=[ENDLESS]))
    eventually(lab.jobs)
    check_end(lab, execution, ABORTED)
    check_stopped(lab)


def test_an_abort_when_step_functions_may_not_stop_the_job(lab: Lab) -> None:
    execution = running(lab)
    denied = Rejection(code="AccessDeniedException", operation=STOP, count=1)
    # The stopper's calls are held, so the one that is refused is Step Functions' own.
    lab.go_on(Plan(outcomes=[ENDLESS], held=[STOP], rejections=[denied]))
    lab.abort(execution)
    eventually(lambda: lab.calls(STOP))
    assert set(lab.jobs().values()) == {"InProgress"}
    lab.go_on(Plan(outcomes=[ENDLESS]))
    check_end(lab, execution, ABORTED)
    check_stopped(lab)


def test_an_abort_of_a_parent_of_one_that_waits(lab: Lab) -> None:
    parent = running(lab, "WaitingParent")
    child = lab.executions(MACHINE)[0]
    lab.abort(parent)
    assert lab.ended(parent) == ABORTED
    check_end(lab, child, ("ABORTED", None))
    check_stopped(lab)


def test_a_redrive_after_an_abort_while_step_functions_waited(lab: Lab) -> None:
    execution = running(lab)
    lab.abort(execution)
    check_end(lab, execution, ABORTED)
    lab.go_on(Plan())
    lab.redrive(execution)
    check_end(lab, execution, SUCCEEDED)
    done, stopped = lab.jobs().values()
    assert done == "Completed"
    assert stopped in STOPPED
