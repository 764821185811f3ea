"""The project's own app, deployed once by the real cdk CLI and run with different plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_trainers.local.plan import Outcome, Plan, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.local.deployment import DeployedApp

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def deployed() -> Iterator[DeployedApp]:
    from constructs_trainers.local.deployment import AppChoice, deployed_app

    with deployed_app(AppChoice(project=PROJECT)) as app:
        yield app


def test_a_completed_job_is_a_success(deployed: DeployedApp) -> None:
    shown: list[str] = []
    result = deployed.run(progress=shown.append)
    assert (result.status, result.error, result.cause) == ("SUCCEEDED", None, None)
    (request,) = result.requests
    assert result.output["TrainingJobName"] == request["TrainingJobName"]
    assert result.output["TrainingJobStatus"] == "Completed"
    assert result.output["HyperParameters"] == request["HyperParameters"]
    assert result.output["ModelArtifacts"]["S3ModelArtifacts"].startswith(
        request["OutputDataConfig"]["S3OutputPath"]
    )
    assert "    job InProgress: Training" in shown
    assert "    job Completed" in shown


def test_everything_is_in_the_region_that_the_stack_names(deployed: DeployedApp) -> None:
    result = deployed.run()
    assert result.execution_arn is not None
    assert result.execution_arn.startswith("arn:aws:states:us-west-2:123456789012:execution:")
    assert result.output["TrainingJobArn"].startswith(
        "arn:aws:sagemaker:us-west-2:123456789012:training-job/"
    )


def test_what_is_sent_is_what_the_template_says(deployed: DeployedApp) -> None:
    (request,) = deployed.run().requests
    assert request["HyperParameters"] == deployed.machine.hyperparameters


@pytest.mark.parametrize(
    ("outcome", "error", "cause"),
    [
        ("Failed:ClientError: bad data", "TrainingJobFailed", "ClientError: bad data"),
        ("Stopped", "TrainingJobStopped", "stopped"),
        ("Stopped:MaxRuntimeExceeded", "TrainingJobTimedOut", "MaxRuntime"),
    ],
)
def test_a_job_that_does_not_complete_is_a_failure_that_says_why(
    deployed: DeployedApp, outcome: str, error: str, cause: str
) -> None:
    result = deployed.run(plan=Plan(outcomes=[Outcome.parse(outcome)]))
    assert (result.status, result.error, result.output) == ("FAILED", error, None)
    assert result.cause is not None
    assert cause in result.cause
    assert len(result.requests) == 1


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceLimitExceeded"])
def test_a_submission_that_is_never_taken_is_a_failure_that_says_why(
    deployed: DeployedApp, code: str
) -> None:
    result = deployed.run(plan=Plan(rejections=[Rejection(code=code)]))
    assert (result.status, result.error) == ("FAILED", "TrainingJobRejected")
    assert result.cause is not None
    assert code in result.cause


@pytest.mark.parametrize("code", ["ResourceLimitExceeded", "ThrottlingException"])
def test_a_submission_that_is_taken_in_the_end_is_a_success(
    deployed: DeployedApp, code: str
) -> None:
    result = deployed.run(plan=Plan(rejections=[Rejection(code=code, count=2)]))
    assert result.status == "SUCCEEDED"
    assert len(result.requests) == 3


def test_the_input_overrides_what_is_sent(deployed: DeployedApp) -> None:
    result = deployed.run({"HyperParameters": {"max_epochs": 7}})
    (request,) = result.requests
    assert request["HyperParameters"]["max_epochs"] == "7"


def test_an_input_that_is_refused_reaches_no_sagemaker(deployed: DeployedApp) -> None:
    result = deployed.run({"HyperParams": {"max_epochs": 7}})
    assert (result.status, result.error) == ("FAILED", "InvalidExecutionInput")
    assert result.requests == []
