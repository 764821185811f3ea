"""Jobs that Step Functions itself waits for (``createTrainingJob.sync``)."""

from __future__ import annotations

import json

import pytest

from constructs_trainers.local.plan import Outcome, Plan, Rejection
from tests.support.fault_lab import SUCCEEDED, Lab, check_end, check_jobs, eventually

pytestmark = pytest.mark.engine

ENDLESS = Outcome(endless=True)
MACHINE = "Waiting"
# Both Step Functions and the stopper stop a job; whichever is second may see it stopped.
STOPPED = {"Stopping", "Stopped"}


@pytest.mark.parametrize(
    ("outcomes", "end", "jobs"),
    [
        (["Completed"], SUCCEEDED, ["Completed"]),
        (["Failed:ClientError: bad data"], ("FAILED", "TrainingJobFailed"), ["Failed"]),
        (["Failed:CapacityError: none left", "Completed"], SUCCEEDED, ["Failed", "Completed"]),
        (["Failed:CapacityError: none left"], ("FAILED", "TrainingJobFailed"), ["Failed"] * 3),
        (["Stopped:MaxRuntimeExceeded"], ("FAILED", "TrainingJobTimedOut"), ["Stopped"]),
        (["Stopped"], ("FAILED", "TrainingJobStopped"), ["Stopped"]),
    ],
    ids=[
        "run-job-completed",
        "run-job-client-error",
        "run-job-capacity-then-success",
        "run-job-capacity-forever",
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
        (Rejection(code="ValidationException"), ("FAILED", "TrainingJobRejected"), []),
    ],
    ids=["run-job-throttled", "run-job-limit", "run-job-invalid"],
)
def test_a_refused_submission_of_a_job_to_wait_for(
    lab: Lab, rejection: Rejection, end: tuple[str, str | None], jobs: list[str]
) -> None:
    lab.follow(Plan(rejections=[rejection]))
    execution = lab.start(MACHINE)
    check_end(lab, execution, end)
    check_jobs(lab, *jobs)
    if not jobs:
        assert "ValidationException" in lab.describe(execution)["cause"]


def test_an_answer_that_is_lost_of_a_job_to_wait_for(lab: Lab) -> None:
    lost = Rejection(code="InternalFailure", count=1, job_created=True)
    lab.follow(Plan(rejections=[lost]))
    check_end(lab, lab.start(MACHINE), SUCCEEDED)
    check_jobs(lab, "Completed")


def test_an_older_job_of_the_name_of_a_job_to_wait_for(lab: Lab) -> None:
    older = Rejection(code="ResourceInUse", count=1, job_created=True, job_age=60)
    lab.follow(Plan(outcomes=[ENDLESS], rejections=[older]))
    execution = lab.start(MACHINE)
    check_end(lab, execution, ("FAILED", "TrainingJobRejected"))
    assert "from before this execution" in lab.describe(execution)["cause"]


def test_an_abort_while_step_functions_waits(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start(MACHINE)
    eventually(lambda: "InProgress" in lab.jobs().values())
    lab.abort(execution)
    eventually(lambda: lab.calls("StopTrainingJob"))
    check_end(lab, execution, ("ABORTED", "Abort"))
    assert len(lab.jobs()) == 1
    assert set(lab.jobs().values()) <= STOPPED


def test_a_redrive_after_an_abort_while_step_functions_waited(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start(MACHINE)
    eventually(lambda: "InProgress" in lab.jobs().values())
    lab.abort(execution)
    check_end(lab, execution, ("ABORTED", "Abort"))
    lab.go_on(Plan())
    lab.redrive(execution)
    check_end(lab, execution, SUCCEEDED)
    done, stopped = lab.jobs().values()
    assert done == "Completed"
    assert stopped in STOPPED
