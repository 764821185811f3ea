"""How an execution ends once its job exists."""

from __future__ import annotations

import pytest

from constructs_trainers.jobs.request.tags import DIGEST_TAG
from constructs_trainers.workflows.outcome import outcome_states
from tests.support.jsonata_states import evaluate

STATES = outcome_states()
NAME = "sft-0123456789ab-1"
JOB = {
    "TrainingJobArn": f"arn:aws:sagemaker:us-west-2:123456789012:training-job/{NAME}",
    "TrainingJobStatus": "Completed",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://out/model"},
    "OutputModelPackageArn": "arn:package",
    "MlflowDetails": {"MlflowRunId": "r"},
    "BillableTimeInSeconds": 7,
    "HyperParameters": {"lr": "0.1"},
    "FailureReason": "ClientError: no data",
    "SecondaryStatus": "MaxRuntimeExceeded",
}
TAGS = [{"Key": "a", "Value": "b"}, {"Key": DIGEST_TAG, "Value": "abc"}]


def value(state: str, member: str, **job: object) -> object:
    return evaluate(
        str(STATES[state][member]),
        job={**JOB, **job},
        jobName=NAME,
        attempt=1,
        request={"Tags": TAGS},
        rejection={"Error": "Some.Error", "Cause": "why"},
    )


def test_the_output_has_every_member_that_the_job_has() -> None:
    output = value("TrainingJobCompleted", "Output")
    assert isinstance(output, dict)
    url = output.pop("LogsUrl")
    assert url.startswith("https://us-west-2.console.aws.amazon.com/cloudwatch/")
    assert url.endswith(NAME)
    assert output == {
        "TrainingJobName": NAME,
        "RecipeDigest": "abc",
        "Attempts": 1,
        **{k: v for k, v in JOB.items() if k not in ("FailureReason", "SecondaryStatus")},
    }


def test_members_that_a_job_lacks_are_left_out() -> None:
    job = {"TrainingJobArn": JOB["TrainingJobArn"], "TrainingJobStatus": "Completed"}
    code = str(STATES["TrainingJobCompleted"]["Output"])
    output = evaluate(code, job=job, jobName=NAME, attempt=1, request={})
    expected = {"TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "Attempts", "LogsUrl"}
    assert set(output) == expected


@pytest.mark.parametrize(
    ("partition", "console"),
    [
        ("aws", "us-west-2.console.aws.amazon.com"),
        ("aws-cn", "us-west-2.console.amazonaws.cn"),
        ("aws-us-gov", "us-west-2.console.amazonaws-us-gov.com"),
    ],
)
def test_links_lead_to_the_partitions_console(partition: str, console: str) -> None:
    arn = str(JOB["TrainingJobArn"]).replace("arn:aws:", f"arn:{partition}:")
    cause = value("TrainingJobFailed", "Cause", TrainingJobArn=arn)
    assert str(cause).count(f"https://{console}/") == 2


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("TrainingJobFailed", "failed: ClientError: no data"),
        ("TrainingJobStopped", "Start a new execution"),
        ("TrainingJobTimedOut", "(MaxRuntimeExceeded). Raise max_runtime_in_seconds"),
        ("TrainingJobLost", "may still be running"),
    ],
)
def test_a_failure_names_the_job_and_what_happened(state: str, says: str) -> None:
    cause = str(value(state, "Cause"))
    assert NAME in cause
    assert says in cause
