"""The state machine definition of a trainer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.workflows.attempts import attempt_states, state_after_failure
from constructs_trainers.workflows.existing_job import existing_job_states
from constructs_trainers.workflows.observe import (
    describe_training_job,
    observe_states,
    poll_interval,
)
from constructs_trainers.workflows.outcome import outcome_states
from constructs_trainers.workflows.register_evaluator import COUNTERS, registration_states
from constructs_trainers.workflows.register_evaluator import FIRST_STATE as REGISTRATION
from constructs_trainers.workflows.run_job import run_job_states
from constructs_trainers.workflows.submit import (
    CREATE_STATE,
    FIRST_STATE,
    create_training_job,
    submit_states,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.jobs.evaluators.evaluator_import import EvaluatorImport
    from constructs_trainers.jobs.job_retry import JobRetry
    from constructs_trainers.workflows.allowed_input import AllowedInput
    from constructs_trainers.workflows.asl import State


def training_definition(
    request: Mapping[str, object],
    *,
    stem: str,
    allowed: AllowedInput,
    s3_data_type: str,
    registration: EvaluatorImport | None = None,
    max_runtime_in_seconds: float | None,
    max_pending_time_in_seconds: float | None = None,
    max_wait_time_in_seconds: float | None = None,
    retry: JobRetry,
    run_job: bool = False,
) -> dict[str, object]:
    """The definition that runs a training job: create, wait, describe, decide, try again.

    Args:
        request: The CreateTrainingJob request without TrainingJobName.
        stem: What job names begin with.
        allowed: What an execution may give in place of what the request has.
        s3_data_type: The S3DataType for datasets that an execution names.
        registration: What registers a reward function before the job; None for nothing.
        max_runtime_in_seconds: The job's MaxRuntimeInSeconds; None for the service's default.
        max_pending_time_in_seconds: The job's MaxPendingTimeInSeconds; None for the service's.
        max_wait_time_in_seconds: The job's MaxWaitTimeInSeconds; None for no spot instances.
        retry: When a failed job is run again.
        run_job: Whether Step Functions waits for the job (``.sync``), in place of looking at it
            again and again.

    Returns:
        Amazon States Language as a dict, before ``with_partition``. Its QueryLanguage is JSONata.
    """
    registering: dict[str, State] = {}
    counters: dict[str, int] = {}
    if registration is not None:
        counters = COUNTERS
        registering = registration_states(registration, next_state=CREATE_STATE)
    names = {"stem": stem, "s3_data_type": s3_data_type}
    create = run_job_states(**names) if run_job else {CREATE_STATE: create_training_job(**names)}
    interval = poll_interval(
        max_runtime_in_seconds,
        max_pending_time_in_seconds,
        max_wait_time_in_seconds,
        attempts=retry.max_attempts,
    )
    return {
        "Comment": "Runs one SageMaker training job and ends with its outcome.",
        "QueryLanguage": "JSONata",
        "StartAt": FIRST_STATE,
        "States": {
            **submit_states(
                request,
                stem=stem,
                max_attempts=retry.max_attempts,
                counters=counters,
                allowed=allowed,
                create=create,
                after_check=REGISTRATION if registering else CREATE_STATE,
            ),
            **registering,
            **existing_job_states(describe_training_job(), next_state="IsTrainingJobDone"),
            **observe_states(interval=interval, failed=state_after_failure(retry)),
            **attempt_states(retry, next_state=CREATE_STATE),
            **outcome_states(),
        },
    }
