"""Hubs and their contents: those that a file tells, and those that are made in a run.

The latter are made asynchronously, as by the service: who describes them sees them go on, once a
look.
"""

from __future__ import annotations

import copy
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.values.arns import last_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from constructs_trainers.local.plan import Plan
    from constructs_trainers.values.arns import Environment

_FIRST_VERSION: Final = "1.0.0"
_DESCRIBED_OF_HUBS: Final = ("HubDescription", "HubDisplayName", "HubSearchKeywords")
_DESCRIBED_OF_CONTENTS: Final = (
    "HubContentName",
    "HubContentType",
    "DocumentSchemaVersion",
    "HubContentDisplayName",
    "HubContentDescription",
    "HubContentMarkdown",
    "HubContentDocument",
    "SupportStatus",
    "HubContentSearchKeywords",
)

_PAGE: Final = 50
# What ListHubContents tells of each content.
_SUMMARY: Final = (
    "HubContentName",
    "HubContentArn",
    "HubContentVersion",
    "HubContentType",
    "DocumentSchemaVersion",
    "HubContentSearchKeywords",
    "HubContentStatus",
    "CreationTime",
)


class HubContents:
    """Answers DescribeHubContent and ListHubContents from a file.

    Args:
        file: A JSON object of ``HubName/HubContentType/HubContentName`` to whole answers of
            DescribeHubContent. A key may end in ``/VERSION``; one without stands for every
            version. Default: nothing is found.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._answers()  # a file that cannot be read is told at the start

    def _answers(self) -> Mapping[str, Mapping[str, Any]]:
        """The file is read for every call: a hub that moves is a file that is written again."""
        if self._file is None:
            return {}
        answers: Mapping[str, Mapping[str, Any]] = json.loads(
            self._file.read_text(encoding="utf-8")
        )
        return answers

    def describe(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer DescribeHubContent.

        Raises:
            ApiError: The file has no such content.
        """
        key = "/".join(
            request[member] for member in ("HubName", "HubContentType", "HubContentName")
        )
        answers = self._answers()
        version = request.get("HubContentVersion")
        answer = answers.get(f"{key}/{version}") if version else None
        answer = answer or answers.get(key)
        if answer is None:
            raise ApiError("ResourceNotFound", f"Hub content {key} does not exist")
        return dict(answer)

    def list(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer ListHubContents, one page of keys without a version.

        Raises:
            ApiError: There is no such hub, which is one without contents.
        """
        hub, kind = f"{request['HubName']}/", f"{request['HubName']}/{request['HubContentType']}/"
        answers = self._answers()
        if not any(key.startswith(hub) for key in answers):
            raise ApiError("ResourceNotFound", f"Hub {request['HubName']} does not exist")
        keys = sorted(k for k in answers if k.startswith(kind) and "/" not in k[len(kind) :])
        start = int(request.get("NextToken", "0"))
        end = start + min(request.get("MaxResults", _PAGE), _PAGE)
        summaries = [_given(answers[key], _SUMMARY) for key in keys]
        page: dict[str, Any] = {"HubContentSummaries": summaries[start:end]}
        return page | ({"NextToken": str(end)} if end < len(keys) else {})


@dataclass(kw_only=True)
class _Made:
    """A hub or a content, and how far it has come.

    Attributes:
        answer: What describing it answers, but for status, reason and times.
        status: Its status now.
        end: The status that the next look finds.
        failure_reason: Why it ends in a failure, or None.
    """

    answer: dict[str, Any]
    status: str
    end: str
    failure_reason: str | None = None
    created: float = field(default_factory=time.time)

    def look(self, status_member: str) -> dict[str, Any]:
        """What is described now; it goes on afterwards."""
        answer = copy.deepcopy(self.answer) | {
            status_member: self.status,
            "CreationTime": self.created,
            "LastModifiedTime": self.created,
        }
        if self.failure_reason is not None and self.status == self.end:
            answer["FailureReason"] = self.failure_reason
        self.status = self.end
        return answer


class PrivateHubs:
    """The hubs of all accounts and regions."""

    def __init__(self) -> None:
        self._hubs: dict[tuple[Environment, str], _Made] = {}
        self._contents: dict[tuple[Environment, str, str, str], _Made] = {}
        self._import_failure: str | None = None

    def follow(self, plan: Plan) -> None:
        """Script the imports that begin from now on."""
        self._import_failure = plan.import_failure

    def has(self, place: Environment, name_or_arn: str) -> bool:
        """Whether a hub was made here."""
        return (place, last_name(name_or_arn)) in self._hubs

    def create(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer CreateHub.

        Raises:
            ApiError: There is one of that name.
        """
        name = request["HubName"]
        if self.has(place, name):
            raise ApiError("ResourceInUse", f"Hub {name} already exists")
        arn = place.arn("sagemaker", f"hub/{name}")
        answer = {"HubName": name, "HubArn": arn} | _given(request, _DESCRIBED_OF_HUBS)
        self._hubs[place, name] = _Made(answer=answer, status="Creating", end="InService")
        return {"HubArn": arn}

    def describe(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer DescribeHub, and let the hub go on.

        Raises:
            ApiError: There is no such hub.
        """
        return self._hub(place, request["HubName"]).look("HubStatus")

    def import_content(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer ImportHubContent.

        Raises:
            ApiError: There is no such hub, it is not in service yet, or it has this content.
        """
        hub = self._hub(place, request["HubName"])
        hub_name = hub.answer["HubName"]
        if hub.status != "InService":
            raise ApiError("ValidationException", f"Hub {hub_name} is {hub.status}")
        kind, name = request["HubContentType"], request["HubContentName"]
        version = request.get("HubContentVersion", _FIRST_VERSION)
        key = (place, hub_name, kind, name)
        if key in self._contents:
            raise ApiError("ResourceInUse", f"Hub content {name} already exists")
        arn = place.arn("sagemaker", f"hub-content/{hub_name}/{kind}/{name}/{version}")
        hub_arn = hub.answer["HubArn"]
        self._contents[key] = _Made(
            answer={
                "HubName": hub_name,
                "HubArn": hub_arn,
                "HubContentArn": arn,
                "HubContentVersion": version,
                **_given(request, _DESCRIBED_OF_CONTENTS),
            },
            status="Importing",
            end="Available" if self._import_failure is None else "ImportFailed",
            failure_reason=self._import_failure,
        )
        return {"HubArn": hub_arn, "HubContentArn": arn}

    def describe_content(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer DescribeHubContent of a hub that was made here, and let the content go on.

        Raises:
            ApiError: There is no such content, or not in this version.
        """
        hub_name = self._hub(place, request["HubName"]).answer["HubName"]
        kind, name = request["HubContentType"], request["HubContentName"]
        content = self._contents.get((place, hub_name, kind, name))
        versions = {None, content.answer["HubContentVersion"]} if content else set()
        if content is None or request.get("HubContentVersion") not in versions:
            raise ApiError("ResourceNotFound", f"Hub content {hub_name}/{name} does not exist")
        return content.look("HubContentStatus")

    def _hub(self, place: Environment, name_or_arn: str) -> _Made:
        hub = self._hubs.get((place, last_name(name_or_arn)))
        if hub is None:
            raise ApiError("ResourceNotFound", f"Hub {last_name(name_or_arn)} does not exist")
        return hub


def _given(request: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    return {member: request[member] for member in members if member in request}
