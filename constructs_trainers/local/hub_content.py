"""DescribeHubContent and ListHubContents, answered from a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.local.api_errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Answers = Mapping[str, Mapping[str, Any]]

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
    """Answers by ``HubName/HubContentType/HubContentName``.

    A key may end in ``/VERSION``; one without stands for every version.
    """

    def __init__(self, answers: Answers | Callable[[], Answers] | None = None) -> None:
        self._given = answers or {}

    @classmethod
    def from_file(cls, path: Path) -> HubContents:
        """Answer from a JSON object of such keys to whole answers of DescribeHubContent.

        The file is read for every call: a hub that moves is a file that is written again.
        """

        def answers() -> Answers:
            content: Answers = json.loads(path.read_text(encoding="utf-8"))
            return content

        answers()  # a file that cannot be read is told at the start
        return cls(answers)

    def _answers(self) -> Answers:
        return self._given() if callable(self._given) else self._given

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
        summaries = [{m: answers[k][m] for m in _SUMMARY if m in answers[k]} for k in keys]
        page: dict[str, Any] = {"HubContentSummaries": summaries[start:end]}
        return page | ({"NextToken": str(end)} if end < len(keys) else {})
