"""Holding a request against the API before anything is deployed."""

from __future__ import annotations

from collections.abc import Mapping

from constructs_trainers.errors import Problem, RequestError, did_you_mean
from constructs_trainers.jobs.request import limits
from constructs_trainers.jobs.request.service_model import input_shape, operation_names, shape
from constructs_trainers.jobs.request.shapes import ShapeCheck
from constructs_trainers.values.short_repr import short_repr

_CREATE = "CreateTrainingJob"


def request_problems(
    request: Mapping[str, object],
    operation: str = _CREATE,
    *,
    allow_missing: frozenset[str] = frozenset(),
    reserved_tags: int = 0,
) -> list[Problem]:
    """Everything that SageMaker would refuse in a request.

    The request is held against botocore's model of the API and, for CreateTrainingJob, against
    the limits that the model does not know. CDK tokens and run-time expressions are skipped.

    Args:
        request: The request with the API's own member names.
        operation: The API's operation.
        allow_missing: Required members of the request that may be absent all the same, such as
            ``TrainingJobName`` where the state machine computes it.
        reserved_tags: How many tags whoever sends the request adds to it: 1 with the ``.sync``
            integration of Step Functions, which tags the job ``MANAGED_BY_AWS``.

    Returns:
        All problems, with paths such as ``InputDataConfig[0].DataSource.S3DataSource.S3Uri``.
    """
    if operation not in operation_names():
        return [
            Problem(
                path="operation",
                message="SageMaker's API has no such operation",
                got=short_repr(operation),
                fix=did_you_mean(operation, operation_names()),
            )
        ]
    own = operation == _CREATE
    check = ShapeCheck(
        allow_missing=allow_missing,
        own_counts=limits.COUNTED_HERE if own else frozenset(),
    )
    problems = list(check.problems(input_shape(operation), request))
    if own and isinstance(request, Mapping):
        problems += limits.training_job_problems(request, reserved_tags=reserved_tags)
    return problems


def shape_problems(path: str, value: object, name: str) -> list[Problem]:
    """What SageMaker would refuse in a part of a request.

    Args:
        path: Where it was given.
        value: The part.
        name: The shape that the API gives it, such as ``HyperParameters``.
    """
    return list(ShapeCheck().problems(shape(name), value, path))


def check_request(
    request: Mapping[str, object],
    operation: str = _CREATE,
    *,
    allow_missing: frozenset[str] = frozenset(),
    reserved_tags: int = 0,
) -> None:
    """Refuses a request that SageMaker would refuse.

    Args:
        request: The request with the API's own member names.
        operation: The API's operation.
        allow_missing: As in :func:`request_problems`.
        reserved_tags: As in :func:`request_problems`.

    Raises:
        RequestError: With all problems at once, when there are any.
    """
    problems = request_problems(
        request, operation, allow_missing=allow_missing, reserved_tags=reserved_tags
    )
    if problems:
        raise RequestError(operation, problems)
