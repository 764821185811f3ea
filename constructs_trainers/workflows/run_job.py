"""The job as one task of Step Functions: ``createTrainingJob.sync``, which waits for it.

How that integration reports a job that failed, or was stopped, is not documented. So however the
task ends, the job is looked up by its name and judged by its own status; where there is no job, the
request was refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.workflows.existing_job import FIRST_STATE as EXISTING_JOB
from constructs_trainers.workflows.existing_job import IS_OURS
from constructs_trainers.workflows.job_name import job_name, redrive_count
from constructs_trainers.workflows.jsonata import expression
from constructs_trainers.workflows.submit import (
    CREATE_STATE,
    LOST_ANSWER_RETRY,
    NAME_IN_USE,
    RESOURCE_LIMIT_RETRY,
    create_arguments,
)
from constructs_trainers.workflows.variables import JOB_NAME

State = dict[str, object]

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIND = "FindTrainingJob"
_IS_THERE = "IsTrainingJobThere"
_NOT_THERE = "/ResourceNotFound|not found/i"


def run_job_states(*, stem: str, s3_data_type: str, partition: str) -> dict[str, State]:
    """The states that create a job and wait for it, up to its description.

    Args:
        stem: What job names begin with.
        s3_data_type: The S3DataType for datasets that an execution names.
        partition: The AWS partition, for the integrations' ARNs.
    """
    # The name is known to this state alone: the next one may be entered after a redrive.
    name: Mapping[str, object] = {
        "jobName": expression(job_name(stem)),
        "redrives": expression(redrive_count()),
    }
    return {
        CREATE_STATE: {
            "Type": "Task",
            "Resource": f"arn:{partition}:states:::sagemaker:createTrainingJob.sync",
            "Arguments": create_arguments(stem, s3_data_type),
            "Assign": dict(name),
            "Retry": [RESOURCE_LIMIT_RETRY, LOST_ANSWER_RETRY],
            "Catch": [
                {"ErrorEquals": NAME_IN_USE, "Assign": dict(name), "Next": EXISTING_JOB},
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {**name, "rejection": expression("$states.errorOutput")},
                    "Next": _FIND,
                },
            ],
            "Next": "DescribeTrainingJob",
        },
        _FIND: {
            "Type": "Task",
            "Resource": f"arn:{partition}:states:::aws-sdk:sagemaker:describeTrainingJob",
            "Arguments": {"TrainingJobName": expression(JOB_NAME)},
            "Assign": {"job": expression("$states.result")},
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {"notFound": expression("$states.errorOutput")},
                    "Next": _IS_THERE,
                }
            ],
            "Next": IS_OURS,
        },
        # What is not known to be missing is looked at again, and for longer.
        _IS_THERE: {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": expression(
                        f"$contains($notFound.Error & ' ' & $notFound.Cause, {_NOT_THERE})"
                    ),
                    "Assign": {"throttled": expression("$throttled + 1")},
                    "Next": "IsThrottled",
                }
            ],
            "Default": "DescribeTrainingJob",
        },
    }
