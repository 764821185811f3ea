"""All that reaches into ministack, whose names here are private to it.

The version is pinned for that reason, and a test holds each of these names against it. Everything
here runs in the engine's own process.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import SERVICE_PATTERNS
from ministack.services import stepfunctions
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS
from ministack.services.stepfunctions import (
    _SERVICE_DISPATCH,
    _ExecutionError,
    _sdk_json_params,
    _sdk_json_result,
)

from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.arns import Place
from constructs_trainers.local.branches import CURRENT, BranchAbortedError, Branches

if TYPE_CHECKING:
    from constructs_trainers.local.service import SageMaker

Headers = Mapping[str, str]
Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, Headers, "bytes | str | None", Mapping[str, Any]], Awaitable[Answer]]
Task = Callable[[str, dict[str, Any]], dict[str, Any]]
JsonOperation = Callable[[str, dict[str, Any]], dict[str, Any]]

ASGI_APP: Final[Any] = app.app
"""What a server has to serve."""

_SDK_TASK: Final = "arn:aws:states:::aws-sdk:sagemaker:"
_OPTIMIZED_TASK: Final = "arn:aws:states:::sagemaker:createTrainingJob"
_GROUP_TYPE: Final = "AWS::SageMaker::ModelPackageGroup"
_POLL_SECONDS: Final = 0.05


def add_sagemaker(sagemaker: SageMaker) -> None:
    """Let ministack serve SageMaker over HTTP, to state machines and to CloudFormation."""
    add_json_service(
        "sagemaker", "SageMaker", lambda operation, data: sagemaker.call(operation, _place(), data)
    )
    _SERVICE_DISPATCH[_SDK_TASK] = _sdk_task(sagemaker)
    _SERVICE_DISPATCH[_OPTIMIZED_TASK] = _optimized_task(sagemaker)
    _RESOURCE_HANDLERS[_GROUP_TYPE] = _group_resource(sagemaker)


def add_json_service(name: str, target_prefix: str, operation: JsonOperation) -> None:
    """Serve one more API over AWS's JSON protocol.

    Args:
        name: What ministack calls the service.
        target_prefix: What comes before the operation in the header ``X-Amz-Target``.
        operation: Answers an operation, given its name and its request.
    """

    async def handle(
        _method: str,
        _path: str,
        headers: Headers,
        body: bytes | str | None,
        _query: Mapping[str, Any],
    ) -> Answer:
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


def _place() -> Place:
    return Place(get_account_id(), get_region())


def _sdk_task(sagemaker: SageMaker) -> Task:
    """``arn:aws:states:::aws-sdk:sagemaker:*``: one call, members in the SDK's spelling."""
    service = {"target_prefix": "SageMaker", "protocol": "json"}

    def run(resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
        action = resource.removeprefix(_SDK_TASK)
        operation = action[:1].upper() + action[1:]
        request = _sdk_json_params(service, "sagemaker", operation, arguments)
        try:
            answer = sagemaker.call(operation, _place(), request)
        except ApiError as error:
            name = error.state_error(generic="SageMakerException")
            raise _ExecutionError(name, error.cause) from error
        return _as_sdk_result(operation, answer)

    return run


def _optimized_task(sagemaker: SageMaker) -> Task:
    """``arn:aws:states:::sagemaker:createTrainingJob``, and with ``.sync``."""

    def run(resource: str, request: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = sagemaker.call("CreateTrainingJob", _place(), request)
        except ApiError as error:
            name = error.state_error(generic="AmazonSageMakerException")
            raise _ExecutionError(name, error.cause) from error
        return _ended(sagemaker, request) if resource.endswith(".sync") else answer

    return run


def _ended(sagemaker: SageMaker, request: Mapping[str, Any]) -> dict[str, Any]:
    """Go on until the job has ended. Each look at a job brings it further, so no wait is needed."""
    name = {"TrainingJobName": request["TrainingJobName"]}
    while True:
        job = sagemaker.call("DescribeTrainingJob", _place(), name)
        if job["TrainingJobStatus"] not in {"InProgress", "Stopping"}:
            break
    described = _as_sdk_result("DescribeTrainingJob", job)
    if job["TrainingJobStatus"] == "Failed":
        raise _ExecutionError("States.TaskFailed", json.dumps(described))
    return described


def _as_sdk_result(operation: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as a state gets it, with times as text."""
    result: dict[str, Any] = _sdk_json_result("sagemaker", operation, answer)
    return result


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


def imitate_nested_workflows() -> None:
    """Let ``startExecution.sync:2``, Parallel and Map do what Step Functions documents.

    - A child that does not succeed is ``States.TaskFailed``, with its DescribeExecution as Cause.
    - It is stopped when its parent is stopped, or a branch beside it fails; branches that have not
      begun do not begin.
    - ``Output`` and ``Assign`` of a Parallel state in JSONata count.
    """
    stepfunctions._invoke_nested_start_execution_sync = _run_child
    stepfunctions._run_execution = _run_in_scope(stepfunctions._run_execution)
    stepfunctions._fail_execution = _unless_stopped(stepfunctions._fail_execution)
    stepfunctions._run_sub_machine = _branch(stepfunctions._run_sub_machine)
    stepfunctions._run_map_items = _with_branches(stepfunctions._run_map_items)
    stepfunctions._run_parallel_branches = _with_jsonata(
        _with_branches(stepfunctions._run_parallel_branches)
    )


def _run_child(_resource: str, arguments: dict[str, Any]) -> dict[str, Any]:
    started = stepfunctions._invoke_nested_start_execution(_resource, arguments)
    name = {"executionArn": started["ExecutionArn"]}
    while (child := _described(name))["Status"] == "RUNNING":
        branches = CURRENT.get()
        if branches is not None and branches.aborted:
            stepfunctions._stop_execution(name)
            raise BranchAbortedError
        time.sleep(_POLL_SECONDS)
    if child["Status"] != "SUCCEEDED":
        raise _ExecutionError("States.TaskFailed", json.dumps(child))
    return {**child, "Output": json.loads(child["Output"])}


def _described(name: Mapping[str, Any]) -> dict[str, Any]:
    """DescribeExecution in the spelling of states, without what there is not."""
    _, _, body = stepfunctions._describe_execution(name)
    described = {k[0].upper() + k[1:]: v for k, v in json.loads(body).items() if v is not None}
    if described["Status"] not in {"RUNNING", "SUCCEEDED"}:
        # The engine repeats the error of a failed execution as its output; AWS gives none.
        described.pop("Output", None)
        described.pop("OutputDetails", None)
    return described


StateRun = Callable[[dict[str, Any], Any, dict[str, Any], dict[str, Any]], Any]


def _run_in_scope(run: Callable[[str], None]) -> Callable[[str], None]:
    """An execution has branches of its own, whoever started it."""

    def execute(arn: str) -> None:
        CURRENT.set(Branches(lambda: bool(stepfunctions._executions[arn]["status"] == "RUNNING")))
        run(arn)

    return execute


def _unless_stopped(fail: Callable[..., None]) -> Callable[..., None]:
    """What was stopped stays so."""

    def execute(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    return execute


def _with_branches(run: StateRun) -> StateRun:
    """The failure that came first is the state's, and not that of the first branch."""

    def execute(state: dict[str, Any], given: Any, execution: dict[str, Any], ctx: Any) -> Any:  # noqa: ANN401 - JSON
        branches = Branches(lambda: bool(execution["status"] == "RUNNING"), CURRENT.get())
        around = CURRENT.set(branches)
        try:
            return run(state, given, execution, ctx)
        except _ExecutionError:
            if branches.failure is not None:
                raise branches.failure from None
            raise
        finally:
            CURRENT.reset(around)

    return execute


def _branch(run: Callable[..., Any]) -> Callable[..., Any]:
    def execute(*arguments: Any) -> Any:  # noqa: ANN401 - as they are
        branches = CURRENT.get()
        try:
            if branches is not None and branches.aborted:
                raise BranchAbortedError
            return run(*arguments)
        except _ExecutionError as error:
            if branches is not None:
                branches.fail(error)
            raise

    return execute


def _with_jsonata(run: StateRun) -> StateRun:
    def execute(state: dict[str, Any], given: Any, execution: dict[str, Any], ctx: Any) -> Any:  # noqa: ANN401 - JSON
        output, following = run(state, given, execution, ctx)
        if stepfunctions._state_query_language(state, ctx) == "JSONata":
            result = output
            output = stepfunctions._apply_jsonata_output(
                state, given, ctx, result=result, default=result
            )
            stepfunctions._apply_state_assign(state, given, ctx, result=result)
        return output, following

    return execute
