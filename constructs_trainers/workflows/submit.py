"""The states from the execution's start to a job that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.workflows import execution_input
from constructs_trainers.workflows.asl import (
    ERROR_OUTPUT,
    both_spellings,
    catch_all,
    choice,
    fail,
    retry,
    task,
    wait,
)
from constructs_trainers.workflows.cause import (
    INVALID_EXECUTION_INPUT,
    TRAINING_JOB_REJECTED,
    cause,
)
from constructs_trainers.workflows.existing_job import FIRST_STATE as EXISTING_JOB
from constructs_trainers.workflows.job_name import job_name, redrive_count
from constructs_trainers.workflows.jsonata import as_asl, expression
from constructs_trainers.workflows.sizes import size_of_request
from constructs_trainers.workflows.variables import REJECTION, REQUEST, THROTTLED, VIOLATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.workflows.allowed_input import AllowedInput
    from constructs_trainers.workflows.asl import State

FIRST_STATE = "PrepareRequest"
"""The state that an execution starts in."""

CREATE_STATE = "CreateTrainingJob"
CREATE_ACTION = "createTrainingJob"
"""The action of SageMaker that creates a job, as integrations call it."""

# Quota errors last until another job ends: wait long, for some two hours in all.
_RESOURCE_LIMIT_RETRY = retry(
    both_spellings("ResourceLimitExceeded"), seconds=60, attempts=12, longest=900
)
# Throttling and failures of the service have no error names of their own
# (SageMaker.SageMakerException covers refusals for good too), so they are told by their text, and
# retried by states of ours.
_THROTTLED_TEXT = (
    "/Throttl|Rate exceeded|TooManyRequests|RequestLimitExceeded"
    "|InternalFailure|InternalError|ServiceUnavailable|Status Code: 50[0-4]/i"
)
# The request may have come through: then the name is in use, and the job is ours.
LOST_ANSWER_RETRY = retry(["SageMaker.SdkClientException"], seconds=2, attempts=6, longest=60)
CREATE_RETRIES = [_RESOURCE_LIMIT_RETRY, LOST_ANSWER_RETRY]
NAME_IN_USE = both_spellings("ResourceInUse")
_MOST_THROTTLES = 8
# A Fail state's Cause holds 32,768 bytes; what an execution gives may be of several a character.
_LONGEST_BACK_OFF = 300


def prepare_request(
    request: Mapping[str, object],
    *,
    stem: str,
    max_attempts: int,
    allowed: AllowedInput,
    counters: Mapping[str, int],
) -> State:
    """The state that holds the reviewed request as a literal and checks the execution's input.

    Args:
        request: The CreateTrainingJob request without TrainingJobName.
        stem: What job names begin with.
        max_attempts: How many jobs an execution starts at most.
        allowed: What an execution may give in place of what the request has.
        counters: What else the states to come count, from where.
    """
    return {
        "Type": "Pass",
        "Assign": {
            "request": as_asl(request),
            "stem": as_asl(stem),
            "maxAttempts": max_attempts,
            "attempt": 1,
            "throttled": 0,
            **counters,
            "violations": expression(execution_input.violations(allowed, size_of_request(request))),
        },
        "Next": "IsInputValid",
    }


def is_input_valid(next_state: str) -> State:
    """Refuse a bad input before a job is billed."""
    return choice((f"$count({VIOLATIONS}) = 0", next_state), default=INVALID_EXECUTION_INPUT)


def invalid_execution_input() -> State:
    """The end of an execution whose input is refused."""
    refused = f"'No job was created. ' & $join({VIOLATIONS}, '; ')"
    return fail(INVALID_EXECUTION_INPUT, cause(refused))


def create_arguments(stem: str, s3_data_type: str) -> str:
    """The request with what the execution overrides merged in.

    Args:
        stem: What job names begin with.
        s3_data_type: The S3DataType for datasets that an execution names.
    """
    overrides = (
        f"{{'TrainingJobName': {job_name(stem)}, "
        f"'HyperParameters': {execution_input.hyperparameters()}, "
        f"'InputDataConfig': {execution_input.input_data_config(s3_data_type)}, "
        f"'ModelPackageConfig': {execution_input.model_package_config()}}}"
    )
    return expression(f"$merge([{REQUEST}, {overrides}])")


def create_training_job(*, stem: str, s3_data_type: str) -> State:
    """The state that sends the request."""
    redrives = expression(redrive_count())
    created = expression("$split($states.result.TrainingJobArn, '/')[1]")
    named = {"jobName": expression(job_name(stem)), "redrives": redrives, "throttled": 0}
    refused = {"rejection": ERROR_OUTPUT, "throttled": expression(f"{THROTTLED} + 1")}
    return task(
        f"aws-sdk:sagemaker:{CREATE_ACTION}",
        create_arguments(stem, s3_data_type),
        Assign={"jobName": created, "redrives": redrives, "throttled": 0},
        Retry=CREATE_RETRIES,
        Catch=[
            {"ErrorEquals": NAME_IN_USE, "Assign": named, "Next": EXISTING_JOB},
            catch_all(Assign=refused, Next="IsThrottled"),
        ],
        Next="WaitForTrainingJob",
    )


def is_throttled() -> State:
    """Tell a request that came too fast from one that is refused for good."""
    # The optimized integration may tell of a limit by a name that has no Retry.
    throttled = (
        f"{THROTTLED} <= {_MOST_THROTTLES} and "
        f"($contains({REJECTION}.Error & ' ' & {REJECTION}.Cause, {_THROTTLED_TEXT}) or "
        f"({REJECTION}.Error = 'SageMaker.AmazonSageMakerException' and "
        f"$contains({REJECTION}.Cause, /ResourceLimitExceeded/)))"
    )
    return choice((throttled, "BackOff"), default=TRAINING_JOB_REJECTED)


def back_off() -> State:
    """Wait for a random time that grows with every throttled request, up to a cap."""
    ceiling = f"$min([{_LONGEST_BACK_OFF}, 5 * $power(2, {THROTTLED})])"
    return wait(expression(f"1 + $floor($random() * {ceiling})"), Next=CREATE_STATE)


def training_job_rejected() -> State:
    """The end of an execution whose request SageMaker refused."""
    refused = (
        "'SageMaker refused CreateTrainingJob, and no job was created. ' & "
        f"{REJECTION}.Error & ': ' & {REJECTION}.Cause"
    )
    return fail(TRAINING_JOB_REJECTED, cause(refused))


def submit_states(
    request: Mapping[str, object],
    *,
    stem: str,
    max_attempts: int,
    counters: Mapping[str, int],
    allowed: AllowedInput,
    create: Mapping[str, State],
    after_check: str = CREATE_STATE,
) -> dict[str, State]:
    """All states up to a job that exists.

    Args:
        request: The CreateTrainingJob request without TrainingJobName.
        stem: What job names begin with.
        max_attempts: How many jobs an execution starts at most.
        counters: What the states before the job count, from where.
        allowed: What an execution may give in place of what the request has.
        create: The states that send the request.
        after_check: The state after the input was checked.
    """
    return {
        FIRST_STATE: prepare_request(
            request, stem=stem, max_attempts=max_attempts, allowed=allowed, counters=counters
        ),
        "IsInputValid": is_input_valid(after_check),
        INVALID_EXECUTION_INPUT: invalid_execution_input(),
        **create,
        "IsThrottled": is_throttled(),
        "BackOff": back_off(),
        TRAINING_JOB_REJECTED: training_job_rejected(),
    }
