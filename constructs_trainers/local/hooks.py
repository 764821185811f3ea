"""What plugs into ministack, whose names here are private to it.

The version is pinned for that reason, and a test holds each of these names against it. Everything
here runs in the engine's own process.
"""

from __future__ import annotations

import contextlib
import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import SERVICE_PATTERNS
from ministack.services import stepfunctions
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

from constructs_trainers.local import bucket_hooks, deletion_hooks, execution_hooks, state_hooks
from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.execution_hooks import StoppedError, stop_if_over
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_trainers.local.service import SageMaker

ASGI_APP: Final[Any] = app.app
"""What a server has to serve."""

_SDK_TASK: Final = "arn:aws:states:::aws-sdk:sagemaker:"
_OPTIMIZED_TASK: Final = "arn:aws:states:::sagemaker:createTrainingJob"
_POLL_SECONDS: Final = 0.02
_GROUP_TYPE: Final = "AWS::SageMaker::ModelPackageGroup"

REPLACED: Final = (deletion_hooks.REPLACED, execution_hooks.REPLACED, state_hooks.REPLACED)
"""By name, what takes the place of ministack's functions of Step Functions, each once."""


def replace_functions() -> None:
    """Let ministack run state machines and delete buckets as AWS documents it."""
    for table in REPLACED:
        for name, function in table.items():
            setattr(stepfunctions, name, function)
    app.SERVICE_HANDLERS["states"] = execution_hooks.handle
    deletion_hooks.replace_resource()
    bucket_hooks.replace_resources()


def add_sagemaker(sagemaker: SageMaker) -> None:
    """Let ministack serve SageMaker over HTTP, to state machines and to CloudFormation."""
    add_json_service(
        "sagemaker", "SageMaker", lambda operation, data: sagemaker.call(operation, _place(), data)
    )
    stepfunctions._SERVICE_DISPATCH[_SDK_TASK] = partial(_run_sdk_task, sagemaker)
    stepfunctions._SERVICE_DISPATCH[_OPTIMIZED_TASK] = partial(_run_optimized_task, sagemaker)
    _RESOURCE_HANDLERS[_GROUP_TYPE] = _group_resource(sagemaker)
    sagemaker.silent_deletions = deletion_hooks.SILENT


def add_json_service(
    name: str, target_prefix: str, operation: Callable[[str, dict[str, Any]], dict[str, Any]]
) -> None:
    """Serve one more API over AWS's JSON protocol.

    Args:
        name: What ministack calls the service.
        target_prefix: What comes before the operation in the header ``X-Amz-Target``.
        operation: Answers an operation, given its name and its request.
    """

    async def handle(
        _method: str,
        _path: str,
        headers: Mapping[str, str],
        body: bytes | str | None,
        _query: Mapping[str, Any],
    ) -> tuple[int, dict[str, str], bytes]:
        try:
            result: Mapping[str, Any] = operation(
                headers.get("x-amz-target", "").rpartition(".")[2], json.loads(body or "{}")
            )
            status = 200
        except ApiError as error:
            result, status = error.wire(), error.http_status
        content = {"Content-Type": "application/x-amz-json-1.1"}
        return status, content, json.dumps(result).encode()

    app.SERVICE_HANDLERS[name] = handle
    SERVICE_PATTERNS[name] = {
        "target_prefixes": [f"{target_prefix}."],
        "credential_scope": name,
    }


def _place() -> Environment:
    return Environment(partition="aws", region=get_region(), account=get_account_id())


def _run_sdk_task(sagemaker: SageMaker, resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """``arn:aws:states:::aws-sdk:sagemaker:*``: one call, in the SDK's spelling; times are text."""
    service = {"target_prefix": "SageMaker", "protocol": "json"}
    action = resource.removeprefix(_SDK_TASK)
    operation = action[:1].upper() + action[1:]
    request = stepfunctions._sdk_json_params(service, "sagemaker", operation, arguments)
    answer = _answer(sagemaker, operation, request, generic="SageMakerException")
    result: dict[str, Any] = stepfunctions._sdk_json_result("sagemaker", operation, answer)
    return result


def _run_optimized_task(
    sagemaker: SageMaker, resource: str, request: dict[str, Any]
) -> dict[str, Any]:
    """``arn:aws:states:::sagemaker:createTrainingJob``, and with ``.sync``."""
    operation, generic = "CreateTrainingJob", "AmazonSageMakerException"
    answer = _answer(sagemaker, operation, request, generic=generic)
    return _ended(sagemaker, request) if resource.endswith(".sync") else answer


def _answer(
    sagemaker: SageMaker, operation: str, request: Mapping[str, Any], *, generic: str
) -> dict[str, Any]:
    """Call for a state, which knows an error of the API by its name in Step Functions."""
    sagemaker.holds.wait(operation)
    try:
        return sagemaker.call(operation, _place(), request)
    except ApiError as error:
        name = error.state_error(generic=generic)
        raise stepfunctions._ExecutionError(name, error.cause) from error


def _ended(sagemaker: SageMaker, request: Mapping[str, Any]) -> dict[str, Any]:
    """Wait until the job has ended, and stop it when what waits for it is stopped."""
    name = request["TrainingJobName"]
    try:
        while True:
            job = sagemaker.look_at_job(_place(), name)
            if job["TrainingJobStatus"] not in {"InProgress", "Stopping"}:
                break
            stop_if_over()
            time.sleep(_POLL_SECONDS)
    except StoppedError:
        # Step Functions tries once, and says nothing when it may not.
        with contextlib.suppress(ApiError):
            sagemaker.call("StopTrainingJob", _place(), {"TrainingJobName": name})
        raise
    described: dict[str, Any] = stepfunctions._sdk_json_result(
        "sagemaker", "DescribeTrainingJob", job
    )
    if job["TrainingJobStatus"] == "Failed":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(described))
    return described


def _group_resource(sagemaker: SageMaker) -> dict[str, Callable[..., Any]]:
    """The CloudFormation resource type; Ref and the physical id are the group's ARN."""

    def create(
        _logical_id: str, properties: Mapping[str, Any], _stack: str
    ) -> tuple[str, dict[str, Any]]:
        try:
            arn = sagemaker.groups.create(_place(), properties)
        except ApiError as error:
            raise ValueError(f"{_GROUP_TYPE}: {error.message}") from error
        group = sagemaker.groups.describe(_place(), {"ModelPackageGroupName": arn})
        attributes = ("ModelPackageGroupArn", "ModelPackageGroupStatus", "CreationTime")
        return arn, {name: group[name] for name in attributes}

    def delete(physical_id: str, _properties: Mapping[str, Any] | None = None, *_: object) -> None:
        sagemaker.groups.delete(_place(), physical_id)

    return {"create": create, "delete": delete}
