"""States as Step Functions documents them, where ministack does otherwise.

- A child of ``startExecution.sync:2`` that does not succeed is ``States.TaskFailed``, with its
  DescribeExecution as Cause. It is stopped when its parent is stopped, its task times out, or a
  branch beside it fails.
- A failed branch of a Parallel or Map state stops the others; those that have not begun do not.
- ``Output`` and ``Assign`` of a Parallel state in JSONata count, and so does ``Assign`` in a Catch
  of a JSONata state in a JSONPath machine.
- ``ItemSelector``, ``Output`` and ``Assign`` of a Distributed Map are JSONata, and ``ResultWriter``
  writes to S3 (developer guide, "ResultWriter (Map)": in manifest.json the files with the results;
  here one, of those that succeeded).
- In JSONPath ``$name.member`` is a member of a variable, where ``$.member`` is one of the state's
  input (developer guide, "Passing data between states with variables"). ministack keeps variables
  in the context object, where a path beginning with ``$$.`` finds them.

Like :mod:`hooks` this reaches into ministack's private names, which a test holds against the pinned
version.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from ministack.services import s3, stepfunctions

from constructs_trainers.local.execution_hooks import CURRENT, Scope, stop_if_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_Json = dict[str, Any]
_StateRun = Callable[[_Json, Any, _Json, _Json], tuple[Any, Any]]

_POLL_SECONDS: Final = 0.01
_SELECTED_AND_WRITTEN: Final = ("ItemReader", "ItemSelector", "ResultWriter", "Output", "Assign")
_VARIABLE: Final = re.compile(r"\$(?=[A-Za-z_])")

_ministack_timeout = stepfunctions._invoke_resource_with_timeout
_ministack_sub_machine = stepfunctions._run_sub_machine
_ministack_catcher = stepfunctions._apply_catcher
_ministack_distributed = stepfunctions._run_distributed_map
_ministack_path = stepfunctions._resolve_path_or_ctx
_ministack_parameters = stepfunctions._resolve_params_obj
_ministack_argument = stepfunctions._eval_intrinsic_arg


# The failures of a state's branches, in their order: the first one stops the others.
_branches: ContextVar[list[Exception] | None] = ContextVar("branches", default=None)


def _run_child(resource: str, arguments: _Json) -> _Json:
    """Start an execution and wait for it; when nobody waits any more, stop it."""
    request = stepfunctions._nested_start_execution_request(arguments)
    status, _, body = stepfunctions._start_execution(request)
    answer = json.loads(body)
    if status >= 400:  # noqa: PLR2004 - HTTP's errors
        name = f"StepFunctions.{answer['__type'].removesuffix('Exception')}Exception"
        raise stepfunctions._ExecutionError(name, answer["message"])
    child = {"executionArn": answer["executionArn"]}
    try:
        while (described := _describe(child))["Status"] == "RUNNING":
            stop_if_over()
            time.sleep(_POLL_SECONDS)
    except SystemExit:
        stepfunctions._stop_execution({**child, "cause": "The parent was stopped"})
        raise
    if described["Status"] != "SUCCEEDED":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(described))
    output = described["Output"]
    return described | {"Output": json.loads(output) if resource.endswith(":2") else output}


def _describe(child: _Json) -> _Json:
    """DescribeExecution in the spelling of states, without what there is not."""
    _, _, body = stepfunctions._describe_execution(child)
    described = {k[0].upper() + k[1:]: v for k, v in json.loads(body).items() if v is not None}
    if described["Status"] != "SUCCEEDED":
        # ministack repeats the error of a failed execution as its output; AWS gives none.
        described.pop("Output", None)
        described.pop("OutputDetails", None)
    return described


@contextmanager
def _inside(scope: Scope) -> Iterator[None]:
    around = CURRENT.set(scope)
    try:
        yield
    finally:
        CURRENT.reset(around)


def _invoke_with_timeout(resource: str, arguments: _Json, timeout: float) -> object:
    timed_out = threading.Event()
    with _inside(Scope(timed_out.is_set, CURRENT.get())):
        try:
            return _ministack_timeout(resource, arguments, timeout)
        finally:
            timed_out.set()


def _with_branches(run: _StateRun) -> _StateRun:
    """The failure that came first is the state's, and not that of the first branch."""

    def execute(state: _Json, given: Any, execution: _Json, context: _Json) -> tuple[Any, Any]:  # noqa: ANN401 - JSON
        if state.get("ToleratedFailurePercentage"):
            return run(state, given, execution, context)
        failures: list[Exception] = []
        around = _branches.set(failures)
        try:
            with _inside(Scope(lambda: bool(failures), CURRENT.get())):
                return run(state, given, execution, context)
        except stepfunctions._ExecutionError as error:
            # A Map Run has an error of its own: that too many of its executions failed.
            is_map_run = error.error == "States.ExceedToleratedFailureThreshold"
            raise error if is_map_run or not failures else failures[0] from None
        finally:
            _branches.reset(around)

    return execute


def _run_branch(*arguments: Any) -> Any:  # noqa: ANN401 - as ministack has them
    branches = _branches.get()
    stop_if_over()
    try:
        return _ministack_sub_machine(*arguments)
    except stepfunctions._ExecutionError as error:
        if branches is not None:
            branches.append(error)
        raise


_run_branches_in_parallel = _with_branches(stepfunctions._run_parallel_branches)


def _run_parallel(state: _Json, given: Any, execution: _Json, context: _Json) -> tuple[Any, Any]:  # noqa: ANN401 - JSON
    output, following = _run_branches_in_parallel(state, given, execution, context)
    if stepfunctions._state_query_language(state, context) == "JSONata":
        output = _put_out(state, given, context, output)
    return output, following


def _put_out(state: _Json, given: object, context: _Json, result: object) -> object:
    """Give what a state in JSONata puts out, and assign its variables."""
    output: object = stepfunctions._apply_jsonata_output(
        state, given, context, result=result, default=result
    )
    stepfunctions._apply_state_assign(state, given, context, result=result)
    return output


def _apply_catcher(
    catcher: _Json,
    given: Any,  # noqa: ANN401 - JSON
    context: _Json,
    language: str,
    error: _Json,
) -> Any:  # noqa: ANN401 - JSON
    """A Catch speaks the language of its state."""
    return _ministack_catcher(
        {**catcher, "QueryLanguage": language}, given, context, language, error
    )


def _run_distributed_map(state: _Json, given: Any, *arguments: Any) -> tuple[Any, Any]:  # noqa: ANN401 - JSON
    _, processor, execution, context = arguments
    if stepfunctions._state_query_language(state, context) != "JSONata":
        output, following = _ministack_distributed(state, given, *arguments)
        return output, following
    items = [
        _selected(state, given, context, index, item)
        for index, item in enumerate(_items(state, given, context))
    ]
    plain = {name: value for name, value in state.items() if name not in _SELECTED_AND_WRITTEN}
    result, following = _ministack_distributed(plain, given, items, processor, execution, context)
    if "ResultWriter" in state:
        result = _written(state["ResultWriter"]["Arguments"], execution, result)
    return _put_out(state, given, context, result), following


def _items(state: _Json, given: object, context: _Json) -> list[Any]:
    if "ItemReader" in state:
        read: list[Any] = stepfunctions._read_map_items(state["ItemReader"], given, context)
        return read
    items: list[Any] = stepfunctions._jsonata_state_field(state, "Items", "array", given, context)
    return items


def _selected(state: _Json, given: object, context: _Json, index: int, item: object) -> object:
    if "ItemSelector" not in state:
        return item
    inside = {**context, "Map": {"Item": {"Index": index, "Value": item}}}
    selected: object = stepfunctions._apply_jsonata_template(state["ItemSelector"], given, inside)
    return selected


def _written(writer: _Json, execution: _Json, results: list[Any]) -> _Json:
    """Write the results, and give what the state gives in their place."""
    bucket = writer["Bucket"]
    folder = f"{writer['Prefix']}/{execution['name']}"
    succeeded = [{"Output": json.dumps(r), "Status": "SUCCEEDED"} for r in results if r is not None]
    key = f"{folder}/SUCCEEDED_0.json"
    body = json.dumps(succeeded).encode()
    files = {"SUCCEEDED": [{"Key": key, "Size": len(body)}], "FAILED": [], "PENDING": []}
    manifest = {"DestinationBucket": bucket, "ResultFiles": files}
    s3._put_object(bucket, key, body, {})
    s3._put_object(bucket, f"{folder}/manifest.json", json.dumps(manifest).encode(), {})
    return {"ResultWriterDetails": {"Bucket": bucket, "Key": f"{folder}/manifest.json"}}


def _in_context(path: object) -> Any:  # noqa: ANN401 - what is no path stays as it is
    """A path as ministack finds it."""
    if isinstance(path, str) and _VARIABLE.match(path):
        return f"$$.variables.{path[1:]}"
    return path


def _resolve_path(path: str, data: Any, context: _Json) -> Any:  # noqa: ANN401 - JSON
    return _ministack_path(_in_context(path), data, context)


def _resolve_parameters(template: Any, data: Any, context: _Json | None = None) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(template, dict):
        return template
    found = {
        name: _in_context(value) if name.endswith(".$") else value
        for name, value in template.items()
    }
    # What is below it comes by here again.
    return _ministack_parameters(found, data, context)


def _evaluate_argument(argument: tuple[Any, ...], data: Any, context: _Json) -> Any:  # noqa: ANN401 - JSON
    kind, *rest = argument
    if kind == "path":
        rest = [_in_context(rest[0])]
    return _ministack_argument((kind, *rest), data, context)


REPLACED: Final[Mapping[str, Callable[..., Any]]] = {
    "_invoke_nested_start_execution_sync": _run_child,
    "_invoke_resource_with_timeout": _invoke_with_timeout,
    "_run_sub_machine": _run_branch,
    "_apply_catcher": _apply_catcher,
    "_run_map_items": _with_branches(stepfunctions._run_map_items),
    "_run_parallel_branches": _run_parallel,
    "_run_distributed_map": _run_distributed_map,
    "_resolve_path_or_ctx": _resolve_path,
    "_resolve_params_obj": _resolve_parameters,
    "_eval_intrinsic_arg": _evaluate_argument,
}
"""ministack's functions of Step Functions by name, with what takes their place."""
