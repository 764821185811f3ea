"""The channel between a run and its engine: two operations on the engine's own port."""

from __future__ import annotations

import dataclasses
import json
import urllib.request
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.local.plan import Plan
from constructs_trainers.local.service import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.local.service import SageMaker

SERVICE: Final = "constructs-trainers"
TARGET_PREFIX: Final = "ConstructsTrainers"
_TIMEOUT_SECONDS: Final = 30


def answer(sagemaker: SageMaker, operation: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The engine's side: answer ``FollowPlan`` or ``ListCalls``.

    Raises:
        ApiError: It is another operation.
    """
    if operation == "FollowPlan":
        sagemaker.follow(Plan.from_json(data))
        return {}
    if operation == "ListCalls":
        calls = sagemaker.recorder.calls(since=data["Since"])
        return {"Calls": [dataclasses.asdict(call) for call in calls]}
    raise ApiError("UnknownOperationException", operation)


class EngineControl:
    """The run's side.

    Args:
        endpoint: The engine's address, such as ``http://127.0.0.1:4566``.
    """

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        # The engine is on this machine: a proxy that the environment names must not be asked.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def follow(self, plan: Plan) -> None:
        """Script the jobs that are submitted from now on."""
        self._call("FollowPlan", plan.to_json())

    def calls(self, *, since: int = 0) -> list[Call]:
        """Every call that SageMaker received, but the first ``since`` (default: none left out)."""
        return [Call(**call) for call in self._call("ListCalls", {"Since": since})["Calls"]]

    def _call(self, operation: str, data: Mapping[str, object]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - always http, on the loopback interface
            self._endpoint,
            data=json.dumps(data).encode(),
            headers={"X-Amz-Target": f"{TARGET_PREFIX}.{operation}"},
        )
        with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
            answer: dict[str, Any] = json.load(response)
        return answer
