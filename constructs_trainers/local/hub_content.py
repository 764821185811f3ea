"""DescribeHubContent, answered from a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_trainers.local.api_errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class HubContents:
    """Answers of DescribeHubContent by ``HubName/HubContentType/HubContentName``.

    A key may end in ``/VERSION``; one without stands for every version.
    """

    def __init__(self, answers: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._answers = dict(answers or {})

    @classmethod
    def from_file(cls, path: Path) -> HubContents:
        """Read a JSON object of such keys to whole answers."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def describe(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer DescribeHubContent.

        Raises:
            ApiError: The file has no such content.
        """
        key = "/".join(
            request[member] for member in ("HubName", "HubContentType", "HubContentName")
        )
        version = request.get("HubContentVersion")
        answer = self._answers.get(f"{key}/{version}") if version else None
        answer = answer or self._answers.get(key)
        if answer is None:
            raise ApiError("ResourceNotFound", f"Hub content {key} does not exist")
        return dict(answer)
