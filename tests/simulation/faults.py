"""What may go wrong with a call, and how often in a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.simulation.interpreter import StateError

GENERIC: Final = "SageMaker.SageMakerException"
"""What errors of SageMaker are called that have no name of their own."""

OPTIMIZED: Final = "SageMaker.AmazonSageMakerException"
"""The same of the integration that waits for jobs."""

NOT_FOUND: Final = "Requested resource not found. (Service: SageMaker, Status Code: 400)"
IN_USE: Final = "SageMaker.ResourceInUseException"
NOT_THERE: Final = "SageMaker.ResourceNotFoundException"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that is an error.

    Attributes:
        error: Its name.
        cause: Its text.
        has_effect: Whether the service has done before what it was asked for.
    """

    error: str
    cause: str
    has_effect: bool = False

    def of(self, *, is_states: bool, is_waiting: bool) -> StateError:
        """The error as an integration reports it.

        Args:
            is_states: Whether Step Functions itself was called.
            is_waiting: Whether the integration waits for the job that it creates.
        """
        error = self.error
        if is_waiting and error == GENERIC:
            error = OPTIMIZED
        return StateError(error.replace("SageMaker", "Sfn") if is_states else error, self.cause)


_SERVICE = "(Service: SageMaker, Status Code: {}, Request ID: r)"
_500 = f"InternalFailure {_SERVICE.format(500)}"
_LOST = "Unable to execute HTTP request: Read timed out"

FAULTS: Final[Mapping[str, Fault]] = {
    "throttled": Fault(GENERIC, f"Rate exceeded {_SERVICE.format(400)}"),
    "limit": Fault("SageMaker.ResourceLimitExceededException", "The account's limit is 0"),
    "limit by text": Fault(OPTIMIZED, "The limit is 0 (Error Code: ResourceLimitExceeded)"),
    "denied": Fault(GENERIC, f"User is not authorized to perform this {_SERVICE.format(400)}"),
    "invalid": Fault(GENERIC, f"1 validation error detected {_SERVICE.format(400)}"),
    "lost": Fault("SageMaker.SdkClientException", _LOST),
    "lost after": Fault("SageMaker.SdkClientException", _LOST, has_effect=True),
    "500": Fault(GENERIC, _500),
    "500 after": Fault(GENERIC, _500, has_effect=True),
    "unknown": Fault("SageMaker.ConflictException", "conflict"),
    "unknown after": Fault("SageMaker.ConflictException", "conflict", has_effect=True),
    "hidden": Fault(GENERIC, NOT_FOUND),
}

FINE: Final = "fine"
OLDER: Final = "an older job of the name"
LATE: Final = "the job is seen late"
SLOW: Final = "slow"
RACE: Final = "another execution is faster"
ONCE: Final = (FINE, OLDER, LATE, SLOW, RACE)
"""What happens to one call only; the others come in bursts."""

_REGISTRY = (FINE, "throttled", "lost after", "500", "lost", "denied", "unknown", RACE)
# What is lost before its effect is seldom, and all that leads to the last retry.
_MAKE = (*_REGISTRY, "lost", "lost")
_STATES = (FINE, "throttled", "denied", "lost", "500")
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "createTrainingJob": (
        *(FINE, "throttled", "limit", "lost after", "500 after", "denied", "invalid", "lost"),
        *("500", "unknown", "unknown after", "limit by text", OLDER, SLOW, LATE),
    ),
    "describeTrainingJob": (FINE, "throttled", "lost", "500", "hidden", "denied", "unknown"),
    "stopTrainingJob": (
        *(FINE, "throttled", "lost after", "500", "lost", "hidden", "unknown", "denied"),
    ),
    "describeHub": _REGISTRY,
    "createHub": _MAKE,
    "describeHubContent": _REGISTRY,
    "importHubContent": _MAKE,
    "describeStateMachineForExecution": _STATES,
    "getExecutionHistory": _STATES,
}
"""What may happen to a call, by action."""

_FOR_EVER = 10**6
BURSTS: Final = (1, 2, 3, 6, 7, 8, 9, 10, 12, 13, 14, *[_FOR_EVER] * 4)
"""How often in a row: around what the definitions bear, and for ever."""

LEAST_RATES: Final[Mapping[str, float]] = {
    "createHub": 0.5,
    "importHubContent": 0.5,
    "describeStateMachineForExecution": 0.05,
}
"""How often something happens, at least, to calls that are seldom made."""
