"""The job as one task of Step Functions: ``createTrainingJob.sync``, which waits for it.

How that integration reports a job that failed, or was stopped, is not documented. So however the
task ends, the job is looked up by its name and judged by its own status; where there is no job, the
request was refused; a job that runs on is followed as one that nothing waits for.

The task has no TimeoutSeconds. Step Functions follows jobs by events and by polling (developer
guide, "Additional permissions for tasks using .sync"), so a lost event should only delay it; and
SageMaker ends every job by itself. Whether a job is stopped with a task that times out is not
documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.workflows.asl import ERROR_OUTPUT, catch_all, task, wait
from constructs_trainers.workflows.existing_job import FIRST_STATE as EXISTING_JOB
from constructs_trainers.workflows.existing_job import IS_OURS
from constructs_trainers.workflows.job_name import job_name, redrive_count
from constructs_trainers.workflows.jsonata import expression
from constructs_trainers.workflows.observe import NOT_THERE, look_at_training_job
from constructs_trainers.workflows.submit import (
    CREATE_ACTION,
    CREATE_RETRIES,
    CREATE_STATE,
    NAME_IN_USE,
    create_arguments,
)
from constructs_trainers.workflows.variables import REJECTION, THROTTLED

if TYPE_CHECKING:
    from constructs_trainers.workflows.asl import State

_FIND = "FindTrainingJob"
_IS_THERE = "IsTrainingJobThere"
_WAIT = "WaitToFindTrainingJob"
# Ten seconds, doubled up to five minutes: some forty minutes in all.
_MOST_LOOKS = 12


def run_job_states(*, stem: str, s3_data_type: str) -> dict[str, State]:
    """The states that create a job and wait for it, up to its description.

    Args:
        stem: What job names begin with.
        s3_data_type: The S3DataType for datasets that an execution names.
    """
    # The name is known to this state alone: the next one may be entered after a redrive.
    name = {"jobName": expression(job_name(stem)), "redrives": expression(redrive_count())}
    known = {**name, "throttled": 0}
    # A task that failed with the description of its job has one, however late it is seen.
    was_described = f'$contains({REJECTION}.Cause, /"TrainingJobName"/)'
    not_there = (
        f"$contains($notFound.Error & ' ' & $notFound.Cause, /{NOT_THERE}/i) "
        f"and $not({was_described})"
    )
    return {
        CREATE_STATE: task(
            f"sagemaker:{CREATE_ACTION}.sync",
            create_arguments(stem, s3_data_type),
            Assign=known,
            Retry=CREATE_RETRIES,
            Catch=[
                {"ErrorEquals": NAME_IN_USE, "Assign": known, "Next": EXISTING_JOB},
                catch_all(Assign={**name, "rejection": ERROR_OUTPUT, "looks": 0}, Next=_FIND),
            ],
            Next="DescribeTrainingJob",
        ),
        _FIND: look_at_training_job(
            Catch=[catch_all(Assign={"notFound": ERROR_OUTPUT}, Next=_IS_THERE)], Next=IS_OURS
        ),
        # A retry could not tell a job that is not there from a call that failed.
        _IS_THERE: {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": expression(not_there),
                    "Assign": {"throttled": expression(f"{THROTTLED} + 1")},
                    "Next": "IsThrottled",
                },
                {
                    "Condition": expression(f"$looks >= {_MOST_LOOKS}"),
                    "Assign": {"rejection": expression("$notFound")},
                    "Next": "TrainingJobLost",
                },
            ],
            "Default": _WAIT,
        },
        _WAIT: wait(
            expression("$min([300, 10 * $power(2, $looks)])"),
            Assign={"looks": expression("$looks + 1")},
            Next=_FIND,
        ),
    }
