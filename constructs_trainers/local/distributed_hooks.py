"""Distributed Map in JSONata as Step Functions documents it, where ministack does otherwise.

``ItemSelector``, ``Output`` and ``Assign`` are JSONata, and ``ResultWriter`` writes to S3
(developer guide, "ResultWriter (Map)": in manifest.json the files with the results; here one, of
those that succeeded). Like :mod:`hooks` this reaches into ministack's private names, which a test
holds against the pinned version.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ministack.services import s3, stepfunctions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Json = dict[str, Any]

_OURS: Final = ("ItemReader", "ItemSelector", "ResultWriter", "Output", "Assign")

_ministack_run = stepfunctions._run_distributed_map


def _run(state: _Json, given: Any, *arguments: Any) -> tuple[Any, Any]:  # noqa: ANN401 - JSON
    _, processor, execution, context = arguments
    if stepfunctions._state_query_language(state, context) != "JSONata":
        output, following = _ministack_run(state, given, *arguments)
        return output, following
    items = [
        _selected(state, given, context, index, item)
        for index, item in enumerate(_items(state, given, context))
    ]
    plain = {name: value for name, value in state.items() if name not in _OURS}
    result, following = _ministack_run(plain, given, items, processor, execution, context)
    if "ResultWriter" in state:
        result = _written(state["ResultWriter"]["Arguments"], execution, result)
    output = stepfunctions._apply_jsonata_output(
        state, given, context, result=result, default=result
    )
    stepfunctions._apply_state_assign(state, given, context, result=result)
    return output, following


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


REPLACED: Final[Mapping[str, Callable[..., Any]]] = {"_run_distributed_map": _run}
"""ministack's functions of Step Functions by name, with what takes their place."""
