"""The errors that SageMaker answers with, on the wire and inside Step Functions."""

from __future__ import annotations

from typing import Final

MODELLED_CODES: Final = frozenset(
    {"ConflictException", "ResourceInUse", "ResourceLimitExceeded", "ResourceNotFound"}
)
"""The codes that SageMaker's API model names: Step Functions gives each a name of its own."""

UNMODELLED_CODES: Final = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "InternalFailure",
        "ServiceUnavailable",
        "ThrottlingException",
        "UnknownOperationException",
        "ValidationException",
    }
)
"""The codes common to all AWS services: Step Functions gives them all one generic name."""

KNOWN_CODES: Final = MODELLED_CODES | UNMODELLED_CODES

DEFAULT_MESSAGES: Final = {
    "AccessDeniedException": "User is not authorized to perform: sagemaker:CreateTrainingJob",
    "ResourceInUse": "Training job names must be unique within an AWS account and region",
    "ResourceLimitExceeded": (
        "The account-level service limit 'Number of training jobs' is 0 Instances, with current "
        "utilization of 0 Instances and a request delta of 1 Instances"
    ),
    "ThrottlingException": "Rate exceeded",
}
"""What the service says with a code, where its words are known."""

_HTTP_STATUS: Final = {"InternalFailure": 500, "ServiceUnavailable": 503}


class ApiError(Exception):
    """An error answer of the service.

    Attributes:
        code: The error code, such as ``ResourceLimitExceeded``.
        message: What the service says about it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def http_status(self) -> int:
        """The HTTP status of the answer."""
        return _HTTP_STATUS.get(self.code, 400)

    def wire(self) -> dict[str, str]:
        """The body of the answer in the JSON protocol."""
        return {"__type": self.code, "message": self.message}

    @property
    def cause(self) -> str:
        """What Step Functions gives as the Cause.

        Retriers cannot look into it, people must: it holds the code that a generic name hides.
        """
        return (
            f"{self.code}: {self.message} (Service: SageMaker, Status Code: {self.http_status}, "
            f"Error Code: {self.code})"
        )

    def state_error(self, *, generic: str) -> str:
        """The error name that Step Functions raises in a state.

        Args:
            generic: The name for a code that the API does not model: ``SageMakerException`` in
                the AWS SDK integration, ``AmazonSageMakerException`` in the optimized one.
        """
        if self.code not in MODELLED_CODES:
            return f"SageMaker.{generic}"
        suffix = "" if self.code.endswith("Exception") else "Exception"
        return f"SageMaker.{self.code}{suffix}"
