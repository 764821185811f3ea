"""From a job that exists to its end."""

from __future__ import annotations

import pytest

from constructs_trainers.local.plan import Outcome, Plan, Rejection
from tests.support.fault_lab import SUCCEEDED, Lab, check_end, check_jobs, eventually

pytestmark = pytest.mark.engine

DESCRIBE = "DescribeTrainingJob"
ENDLESS = Outcome(endless=True)


@pytest.mark.parametrize(
    ("outcomes", "end", "jobs"),
    [
        (["Failed:InternalServerError: sorry", "Completed"], SUCCEEDED, ["Failed", "Completed"]),
        (["Failed:CapacityError: none left"], ("FAILED", "TrainingJobFailed"), ["Failed"] * 3),
        (["Failed:ClientError: bad data"], ("FAILED", "TrainingJobFailed"), ["Failed"]),
        (["Failed:AlgorithmError: bug"], ("FAILED", "TrainingJobFailed"), ["Failed"]),
        (["Stopped:MaxRuntimeExceeded"], ("FAILED", "TrainingJobTimedOut"), ["Stopped"]),
        (["Stopped:MaxWaitTimeExceeded"], ("FAILED", "TrainingJobTimedOut"), ["Stopped"]),
    ],
    ids=[
        "internal-error-then-success",
        "capacity-forever",
        "client-error",
        "algorithm-error",
        "max-runtime",
        "max-wait-time",
    ],
)
def test_a_job_that_does_not_complete(
    lab: Lab, outcomes: list[str], end: tuple[str, str | None], jobs: list[str]
) -> None:
    lab.follow(Plan(outcomes=[Outcome.parse(outcome) for outcome in outcomes]))
    check_end(lab, lab.start("Hasty"), end)
    check_jobs(lab, *jobs)
    assert [name[-2:] for name in reversed(lab.jobs())] == [f"-{n + 1}" for n in range(len(jobs))]


def test_a_job_stopped_by_someone_else(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start("Hasty")
    eventually(lambda: lab.calls(DESCRIBE))
    (name,) = lab.jobs()
    lab.sagemaker.stop_training_job(TrainingJobName=name)
    check_end(lab, execution, ("FAILED", "TrainingJobStopped"))
    check_jobs(lab, "Stopped")


def test_describe_failing_for_a_while(lab: Lab) -> None:
    throttled = Rejection(code="ThrottlingException", count=6, operation=DESCRIBE)
    lab.follow(Plan(rejections=[throttled]))
    check_end(lab, lab.start("Hasty"), SUCCEEDED)
    check_jobs(lab, "Completed")


def test_describe_failing_for_ever(lab: Lab) -> None:
    denied = Rejection(code="AccessDeniedException", operation=DESCRIBE)
    lab.follow(Plan(outcomes=[ENDLESS], rejections=[denied]))
    execution = lab.start("Hasty")
    check_end(lab, execution, ("FAILED", "TrainingJobFailed"))
    assert "may still be running" in lab.describe(execution)["cause"]
    check_jobs(lab, "Stopping")
