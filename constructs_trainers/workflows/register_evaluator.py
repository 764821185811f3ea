"""The states that register a reward function as an evaluator, before the first job.

Each is asked for first and made only when it is not there, so that later executions pass through
with two look-ups: the account's registry, a hub, and in it the evaluator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_trainers.workflows.cause import TRAINING_JOB_REJECTED, cause
from constructs_trainers.workflows.jsonata import as_asl, constant, expression
from constructs_trainers.workflows.variables import REJECTION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

State = dict[str, object]

FIRST_STATE = "DescribeRegistry"
_REJECTED = "RewardFunctionRejected"
# Both spellings: which one the service integration reports is not documented.
_NOT_FOUND = ["SageMaker.ResourceNotFoundException", "SageMaker.ResourceNotFound"]
_IN_USE = ["SageMaker.ResourceInUseException", "SageMaker.ResourceInUse"]
# Covers throttling, which has no name of its own, and refusals for good: few attempts.
_RETRY: State = {
    "ErrorEquals": ["SageMaker.SageMakerException"],
    "IntervalSeconds": 3,
    "BackoffRate": 2,
    "MaxAttempts": 4,
    "JitterStrategy": "FULL",
}


@dataclass(frozen=True, kw_only=True)
class Registration:
    """The requests that register a reward function.

    Attributes:
        describe_hub: DescribeHub of the registry.
        create_hub: CreateHub for an account without one.
        describe_content: DescribeHubContent of the evaluator.
        import_content: ImportHubContent of the evaluator.
    """

    describe_hub: Mapping[str, Any]
    create_hub: Mapping[str, Any]
    describe_content: Mapping[str, Any]
    import_content: Mapping[str, Any]


def registration_states(
    registration: Registration, *, next_state: str, partition: str
) -> dict[str, State]:
    """All states from the look-up of the registry to an evaluator that can be used.

    Args:
        registration: The requests.
        next_state: What comes then.
        partition: The AWS partition, for the integrations' ARNs.
    """
    hub, content = "Registry", "RewardFunction"
    call = f"arn:{partition}:states:::aws-sdk:sagemaker:"
    return {
        f"Describe{hub}": _describe(
            f"{call}describeHub", registration.describe_hub, "HubStatus", hub, absent=f"Create{hub}"
        ),
        f"Is{hub}Ready": _is_ready(
            hub, ["InService"], ["Creating", "Updating"], f"Describe{content}"
        ),
        f"Create{hub}": _make(f"{call}createHub", registration.create_hub, hub),
        f"WaitFor{hub}": _wait(hub),
        f"Describe{content}": _describe(
            f"{call}describeHubContent",
            registration.describe_content,
            "HubContentStatus",
            content,
            absent=f"Import{content}",
        ),
        f"Is{content}Ready": _is_ready(
            content, ["Available"], ["Importing", "PendingImport"], next_state
        ),
        f"Import{content}": _make(f"{call}importHubContent", registration.import_content, content),
        f"WaitFor{content}": _wait(content),
        _REJECTED: {
            "Type": "Fail",
            "Error": TRAINING_JOB_REJECTED,
            "Cause": cause(
                "'The reward function could not be registered as an evaluator, and no job was "
                f"created. ' & {REJECTION}.Error & ': ' & {REJECTION}.Cause"
            ),
        },
    }


def _describe(
    resource: str, request: Mapping[str, Any], status: str, name: str, *, absent: str
) -> State:
    return {
        "Type": "Task",
        "Resource": resource,
        "Arguments": as_asl(request),
        "Retry": [_RETRY],
        "Catch": [{"ErrorEquals": _NOT_FOUND, "Next": absent}, _rejected()],
        "Assign": {
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
        "Next": f"Is{name}Ready",
    }


def _is_ready(name: str, ready: Sequence[str], wait: Sequence[str], next_state: str) -> State:
    # Whatever else it says is for good: a person must look at it.
    return {
        "Type": "Choice",
        "Choices": [
            {
                "Condition": expression(f"$registered in {constant(list(ready))}"),
                "Next": next_state,
            },
            {
                "Condition": expression(f"$registered in {constant(list(wait))}"),
                "Next": f"WaitFor{name}",
            },
        ],
        "Default": _REJECTED,
    }


def _make(resource: str, request: Mapping[str, Any], name: str) -> State:
    return {
        "Type": "Task",
        "Resource": resource,
        "Arguments": as_asl(request),
        "Retry": [_RETRY],
        # Another execution was faster.
        "Catch": [{"ErrorEquals": _IN_USE, "Next": f"WaitFor{name}"}, _rejected()],
        "Next": f"WaitFor{name}",
    }


def _wait(name: str) -> State:
    return {"Type": "Wait", "Seconds": 5, "Next": f"Describe{name}"}


def _rejected() -> State:
    return {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"rejection": expression("$states.errorOutput")},
        "Next": _REJECTED,
    }
