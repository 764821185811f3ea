"""EventBridge's matching, as far as this project's patterns use it.

EventBridge user guide, "Comparison operators in event patterns". The embedded engine's matcher,
which is someone else's work, is asked the same questions in tests/local.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Any


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event has all fields of a pattern, each with one of its values."""
    return all(key in event and _field(wanted, event[key]) for key, wanted in pattern.items())


def _field(wanted: object, found: object) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and matches(wanted, found)
    assert isinstance(wanted, list)
    values = found if isinstance(found, list) else [found]
    return any(_value(condition, value) for condition in wanted for value in values)


def _value(condition: object, value: object) -> bool:
    if not isinstance(condition, Mapping):
        return condition == value
    ((operator, operand),) = condition.items()
    if operator == "prefix":
        return isinstance(value, str) and value.startswith(operand)
    if operator == "wildcard":
        assert not set(operand) & set("?[")
        return isinstance(value, str) and fnmatch.fnmatchcase(value, operand)
    assert operator == "anything-but", operator
    return not _value(operand, value)


def job_event(
    name: str, *, status: str = "Completed", role: str, **detail: object
) -> dict[str, Any]:
    """An event about a training job, in the form that SageMaker's developer guide shows."""
    arn = f"arn:aws:sagemaker:us-west-2:123456789012:training-job/{name}"
    return {
        "version": "0",
        "id": "844e2571-85d4-695f-b930-0153b71dcb42",
        "detail-type": "SageMaker Training Job State Change",
        "source": "aws.sagemaker",
        "account": "123456789012",
        "time": "2026-10-06T12:26:13Z",
        "region": "us-west-2",
        "resources": [arn],
        "detail": {
            "TrainingJobName": name,
            "TrainingJobArn": arn,
            "TrainingJobStatus": status,
            "SecondaryStatus": status,
            "HyperParameters": {"learning_rate": "0.0001"},
            "RoleArn": role,
            "OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/output"},
            "VpcConfig": {},
            "CreationTime": "1583831889050",
            "SecondaryStatusTransitions": [],
            "Tags": {},
            **detail,
        },
    }
