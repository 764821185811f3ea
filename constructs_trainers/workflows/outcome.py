"""The states an execution ends in once its job exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.jobs.request.tags import DIGEST_TAG
from constructs_trainers.workflows.asl import fail
from constructs_trainers.workflows.cause import (
    TRAINING_JOB_FAILED,
    TRAINING_JOB_STOPPED,
    TRAINING_JOB_TIMED_OUT,
    cause,
)
from constructs_trainers.workflows.jsonata import expression
from constructs_trainers.workflows.variables import ATTEMPT, JOB, JOB_NAME, REJECTION, REQUEST

if TYPE_CHECKING:
    from constructs_trainers.workflows.asl import State

# The console's address for the log streams of one job, from the job's ARN.
_CONSOLE = (
    "$arn := $split($job.TrainingJobArn, ':'); "
    "$domain := $arn[1] = 'aws-cn' ? 'console.amazonaws.cn' "
    ": $arn[1] = 'aws-us-gov' ? 'console.amazonaws-us-gov.com' : 'console.aws.amazon.com'; "
    "$console := 'https://' & $arn[3] & '.' & $domain; "
    "$logsUrl := $console & '/cloudwatch/home?region=' & $arn[3] & '#logsV2:log-groups/log-group/"
    "$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3D' & $jobName; "
    "$jobUrl := $console & '/sagemaker/home?region=' & $arn[3] & '#/jobs/' & $jobName; "
)


def training_job_completed() -> State:
    """The end of a successful execution. Members that the job does not have are left out."""
    members = {
        "TrainingJobName": JOB_NAME,
        "TrainingJobArn": f"{JOB}.TrainingJobArn",
        "TrainingJobStatus": f"{JOB}.TrainingJobStatus",
        "ModelArtifacts": f"{JOB}.ModelArtifacts",
        "OutputModelPackageArn": f"{JOB}.OutputModelPackageArn",
        "MlflowDetails": f"{JOB}.MlflowDetails",
        "BillableTimeInSeconds": f"{JOB}.BillableTimeInSeconds",
        "RecipeDigest": f"{REQUEST}.Tags[Key = '{DIGEST_TAG}'].Value",
        "HyperParameters": f"{JOB}.HyperParameters",
        "Attempts": ATTEMPT,
        "LogsUrl": "$logsUrl",
    }
    body = ", ".join(f"'{name}': {code}" for name, code in members.items())
    # A Pass state, because it may end an execution just as well as a Succeed state, and engines
    # that stand in for Step Functions are known to drop a Succeed state's Output.
    return {"Type": "Pass", "Output": expression(f"({_CONSOLE}{{{body}}})"), "End": True}


def training_job_failed() -> State:
    """The end of an execution whose job failed."""
    return _fail(TRAINING_JOB_FAILED, f"' failed: ' & {JOB}.FailureReason")


def training_job_stopped() -> State:
    """The end of an execution whose job was stopped by someone."""
    advice = "' was stopped before it was done. Start a new execution to train again.'"
    return _fail(TRAINING_JOB_STOPPED, advice)


def training_job_timed_out() -> State:
    """The end of an execution whose job ran into its StoppingCondition."""
    advice = (
        f"' was stopped by its StoppingCondition (' & {JOB}.SecondaryStatus & '). "
        "Raise max_runtime_in_seconds, or train for less.'"
    )
    return _fail(TRAINING_JOB_TIMED_OUT, advice)


def training_job_lost() -> State:
    """The end of an execution that could not look at its job for a long time."""
    lost = (
        f"'Training job ' & {JOB_NAME} & ' could not be described, and may still be running: "
        f"look at it in the SageMaker console. ' & {REJECTION}.Error & ': ' & {REJECTION}.Cause"
    )
    return fail(TRAINING_JOB_FAILED, cause(lost))


def outcome_states() -> dict[str, State]:
    """All states that end an execution once its job exists."""
    return {
        "TrainingJobCompleted": training_job_completed(),
        TRAINING_JOB_FAILED: training_job_failed(),
        TRAINING_JOB_STOPPED: training_job_stopped(),
        TRAINING_JOB_TIMED_OUT: training_job_timed_out(),
        "TrainingJobLost": training_job_lost(),
    }


def _fail(error: str, what_happened: str) -> State:
    told = (
        f"({_CONSOLE}'Training job ' & {JOB_NAME} & {what_happened} & "
        "' Logs: ' & $logsUrl & ' Job: ' & $jobUrl)"
    )
    return fail(error, cause(told))
