"""The states that register a reward function as an evaluator, before the first job.

Each is asked for first and made only when it is not there, so that later executions pass through
with two look-ups: the account's registry, a hub, and in it the evaluator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from constructs_trainers.workflows.cause import TRAINING_JOB_REJECTED, cause
from constructs_trainers.workflows.jsonata import as_asl, constant, expression
from constructs_trainers.workflows.submit import LOST_ANSWER_RETRY
from constructs_trainers.workflows.variables import REJECTION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_trainers.jobs.evaluators.evaluator_import import EvaluatorImport
    from constructs_trainers.workflows.asl import State

FIRST_STATE = "DescribeRegistry"
COUNTERS = {"waits": 0}
"""The variables that count in these states, as the execution begins with them."""
_REJECTED = "RewardFunctionRejected"
# Covers throttling, which has no name of its own, and refusals for good: some two minutes. What was
# made although its answer was lost is in use then, and taken up.
_RETRY = [
    LOST_ANSWER_RETRY,
    retry(["SageMaker.SageMakerException"], seconds=3, attempts=8, longest=60),
]
# Both take a minute at most; after ten of them a person must look at it.
_SECONDS = 5
_MOST_WAITS = 120


def registration_states(registration: EvaluatorImport, *, next_state: str) -> dict[str, State]:
    """All states from the look-up of the registry to an evaluator that can be used."""
    hub, content = "Registry", "RewardFunction"
    return {
        f"Describe{hub}": _describe(
            "describeHub",
            registration.describe_hub_request,
            "HubStatus",
            hub,
            absent=f"Create{hub}",
        ),
        f"Is{hub}Ready": _is_ready(
            hub, ["InService"], ["Creating", "Updating"], f"Describe{content}"
        ),
        f"Create{hub}": _make("createHub", registration.create_hub_request, hub),
        f"WaitFor{hub}": _wait(f"Describe{hub}"),
        f"Describe{content}": _describe(
            "describeHubContent",
            registration.describe_request,
            "HubContentStatus",
            content,
            absent=f"Import{content}",
        ),
        f"Is{content}Ready": _is_ready(
            content, ["Available"], ["Importing", "PendingImport"], next_state
        ),
        f"Import{content}": _make("importHubContent", registration.import_request, content),
        f"WaitFor{content}": _wait(f"Describe{content}"),
        _REJECTED: fail(
            TRAINING_JOB_REJECTED,
            cause(
                "'The reward function could not be registered as an evaluator, and no job was "
                f"created. ' & {REJECTION}.Error & ': ' & {REJECTION}.Cause"
            ),
        ),
    }


def _describe(
    action: str, request: Mapping[str, Any], status: str, name: str, *, absent: str
) -> State:
    not_there = {"ErrorEquals": both_spellings("ResourceNotFound"), "Next": absent}
    return task(
        f"aws-sdk:sagemaker:{action}",
        as_asl(request),
        Retry=_RETRY,
        Catch=[not_there, _rejected()],
        Assign={
            "registered": expression(f"$states.result.{status}"),
            # What is told if this is a status to give up at.
            "rejection": {
                "Error": f"{name}NotUsable",
                "Cause": expression(
                    f"'its status is ' & $states.result.{status} & "
                    "($exists($states.result.FailureReason) "
                    "? ': ' & $states.result.FailureReason : '')"
                ),
            },
        },
        Next=f"Is{name}Ready",
    )


def _is_ready(name: str, ready: Sequence[str], not_yet: Sequence[str], next_state: str) -> State:
    # Whatever else it says is for good: a person must look at it.
    return choice(
        (f"$registered in {constant(list(ready))}", next_state),
        (
            f"$registered in {constant(list(not_yet))} and $waits < {_MOST_WAITS}",
            f"WaitFor{name}",
        ),
        default=_REJECTED,
    )


def _wait(next_state: str) -> State:
    return wait(_SECONDS, Assign={"waits": expression("$waits + 1")}, Next=next_state)


def _make(action: str, request: Mapping[str, Any], name: str) -> State:
    # Another execution was faster.
    in_use = {"ErrorEquals": both_spellings("ResourceInUse"), "Next": f"WaitFor{name}"}
    return task(
        f"aws-sdk:sagemaker:{action}",
        as_asl(request),
        Retry=_RETRY,
        Catch=[in_use, _rejected()],
        Next=f"WaitFor{name}",
    )


def _rejected() -> State:
    return catch_all(Assign={"rejection": ERROR_OUTPUT}, Next=_REJECTED)
