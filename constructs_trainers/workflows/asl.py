"""The building blocks of definitions: data in, dict out.

Members have the names that Amazon States Language gives them, and stay in the order in which they
are given. States name integrations without the partition, which is put in once, at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.workflows.jsonata import expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

State = dict[str, object]

ERROR_OUTPUT: Final = expression("$states.errorOutput")
"""What a Catch learns of the error."""

_UNFINISHED: Final = "arn:<partition>:states:::"


def integration(name: str) -> str:
    """The ARN of a service integration, before :func:`with_partition`.

    Args:
        name: Such as ``aws-sdk:sagemaker:createTrainingJob``.
    """
    return f"{_UNFINISHED}{name}"


def with_partition(part: Mapping[str, Any], partition: str) -> State:
    """A definition, or a state, with the partition in the ARNs of its integrations.

    Only the members that name an integration are looked at: what a state sends or holds is the
    user's, whatever it looks like.

    Args:
        part: The definition or state. It stays as it is.
        partition: The AWS partition, or a token.
    """
    return {member: _finished(member, value, partition) for member, value in part.items()}


def _finished(member: str, value: object, partition: str) -> object:
    match member, value:
        case "Resource", str() if value.startswith(_UNFINISHED):
            return f"arn:{partition}:states:::{value.removeprefix(_UNFINISHED)}"
        case "States", dict():
            return {name: with_partition(state, partition) for name, state in value.items()}
        case "Branches", list():
            return [with_partition(branch, partition) for branch in value]
        case (("ItemProcessor" | "ItemReader" | "ResultWriter"), dict()):
            return with_partition(value, partition)
        case _:
            return value


def task(name: str, arguments: object, **members: object) -> State:
    """A state that calls an integration."""
    return {"Type": "Task", "Resource": integration(name), "Arguments": arguments, **members}


def wait(seconds: int | str, **members: object) -> State:
    """A state that lets time pass."""
    return {"Type": "Wait", "Seconds": seconds, **members}


def choice(*branches: tuple[str, str], default: str) -> State:
    """A state that goes on with the first of some states whose condition holds."""
    choices = [{"Condition": expression(code), "Next": state} for code, state in branches]
    return {"Type": "Choice", "Choices": choices, "Default": default}


def fail(error: str, cause: str) -> State:
    """A state that ends an execution as failed."""
    return {"Type": "Fail", "Error": error, "Cause": cause}


def catch_all(**members: object) -> State:
    """What a state does on any error that no other Catch before it takes."""
    return {"ErrorEquals": ["States.ALL"], **members}


def both_spellings(error: str) -> list[str]:
    """An error of SageMaker; which spelling an integration reports is not documented."""
    return [f"SageMaker.{error}Exception", f"SageMaker.{error}"]


def retry(
    errors: Sequence[str], *, seconds: int, attempts: int, longest: int | None = None
) -> State:
    """A Retry that waits twice as long each time, and less at random (jitter).

    So executions that failed together do not come back together.

    Args:
        errors: The errors that it is for.
        seconds: The wait before the first attempt.
        attempts: How many there are at most.
        longest: What a wait grows to, in seconds; None for no bound.
    """
    bound = {} if longest is None else {"MaxDelaySeconds": longest}
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": seconds,
        "BackoffRate": 2,
        **bound,
        "MaxAttempts": attempts,
        "JitterStrategy": "FULL",
    }
