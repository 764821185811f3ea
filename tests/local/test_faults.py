"""What goes wrong, and how each execution ends: docs/reliability.md is the table of these tests.

After each: the right end, one job an attempt at most, and none that still runs.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.plan import Outcome, Plan, Rejection
from tests.support.fault_lab import Lab, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[2]
DESCRIBE = "DescribeTrainingJob"
ENDLESS = Outcome(endless=True)
SUCCEEDED = ("SUCCEEDED", None)
REJECTED = ("FAILED", "TrainingJobRejected")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    from constructs_trainers.local.deployment import AppChoice, deployed_app

    folder = tmp_path_factory.mktemp("faults")
    shutil.copy(PROJECT / "cdk.json", folder)
    (folder / "node_modules").symlink_to(PROJECT / "node_modules")
    script = PROJECT / "tests" / "support" / "faults_app.py"
    choice = AppChoice(
        project=folder,
        app=f"{sys.executable} {script} {folder}",
        state_machine="Faults/Hasty/Trainer",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT))
        with deployed_app(choice) as app:
            yield Lab(app)


def check_jobs(lab: Lab, *statuses: str) -> None:
    """Jobs in the order of their creation, each asked for until it was there, never twice."""
    jobs = lab.jobs()
    assert list(reversed(jobs.values())) == list(statuses)
    taken = [call for call in lab.calls() if call.error is None]
    assert len(taken) <= len(jobs) == len({name.rpartition("-")[2] for name in jobs})


def check_end(lab: Lab, execution: str, end: tuple[str, str | None]) -> None:
    assert lab.ended(execution) == end, lab.describe(execution)
    if end != SUCCEEDED:
        lab.cleaned_up(execution)


@pytest.mark.parametrize(
    ("rejection", "end", "jobs"),
    [
        (Rejection(code="ThrottlingException", count=3), SUCCEEDED, ["Completed"]),
        (Rejection(code="ThrottlingException"), REJECTED, []),
        (Rejection(code="ResourceLimitExceeded", count=3), SUCCEEDED, ["Completed"]),
        (Rejection(code="ResourceLimitExceeded"), REJECTED, []),
        (Rejection(code="ValidationException"), REJECTED, []),
        (Rejection(code="AccessDeniedException"), REJECTED, []),
    ],
    ids=[
        "throttled-3-times",
        "throttled-forever",
        "limit-3-times",
        "limit-forever",
        "invalid",
        "denied",
    ],
)
def test_a_refused_submission(
    lab: Lab, rejection: Rejection, end: tuple[str, str | None], jobs: list[str]
) -> None:
    lab.follow(Plan(rejections=[rejection]))
    check_end(lab, lab.start("Hasty"), end)
    check_jobs(lab, *jobs)
    refused = [call for call in lab.calls() if call.error == rejection.code]
    retried = rejection.code in {"ThrottlingException", "ResourceLimitExceeded"}
    assert len(refused) == (rejection.count or (len(refused) if retried else 1))
    assert 3 <= len(refused) <= 13 or not retried


@pytest.mark.parametrize("code", ["ServiceUnavailable", "InternalFailure"])
def test_an_answer_that_is_lost_after_the_job_was_created(lab: Lab, code: str) -> None:
    lab.follow(Plan(rejections=[Rejection(code=code, count=1, job_created=True)]))
    check_end(lab, lab.start("Hasty"), SUCCEEDED)
    check_jobs(lab, "Completed")
    assert [call.error for call in lab.calls()] == [code, "ResourceInUse"]


def test_a_job_of_our_name_that_is_older_than_the_execution(lab: Lab) -> None:
    older = Rejection(code="ResourceInUse", count=1, job_created=True, job_age=60)
    lab.follow(Plan(outcomes=[ENDLESS], rejections=[older]))
    execution = lab.start("Hasty")
    check_end(lab, execution, REJECTED)
    assert "from before this execution" in lab.describe(execution)["cause"]
    assert [call.error for call in lab.calls()] == ["ResourceInUse"]


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


def test_two_executions_at_once(lab: Lab) -> None:
    lab.follow(Plan())
    executions = [lab.start("Hasty"), lab.start("Hasty")]
    for execution in executions:
        check_end(lab, execution, SUCCEEDED)
    made = [json.loads(lab.describe(e)["output"])["TrainingJobName"] for e in executions]
    assert len(set(made)) == 2
    assert lab.jobs() == dict.fromkeys(made, "Completed")


def test_the_same_execution_name_twice(lab: Lab) -> None:
    lab.follow(Plan())
    execution = lab.start("Hasty", name="twice")
    with pytest.raises(lab.states.exceptions.ExecutionAlreadyExists):
        lab.start("Hasty", {"Comment": "another input"}, name="twice")
    check_end(lab, execution, SUCCEEDED)
    with pytest.raises(lab.states.exceptions.ExecutionAlreadyExists):
        lab.start("Hasty", name="twice")
    check_jobs(lab, "Completed")


def test_an_abort_while_the_job_runs(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[ENDLESS]))
    execution = lab.start("Hasty")
    eventually(lambda: lab.calls(DESCRIBE))
    lab.abort(execution)
    check_end(lab, execution, ("ABORTED", "Abort"))
    check_jobs(lab, "Stopping")
    looks = len(lab.calls(DESCRIBE))
    assert looks >= 1


def test_an_abort_during_the_wait_for_another_attempt(lab: Lab) -> None:
    lab.follow(Plan(outcomes=[Outcome.parse("Failed:CapacityError: none left"), ENDLESS]))
    execution = lab.start("Patient")
    eventually(lambda: lab.state(execution) == "WaitForNextAttempt")
    lab.abort(execution)
    check_end(lab, execution, ("ABORTED", "Abort"))
    check_jobs(lab, "Failed")
