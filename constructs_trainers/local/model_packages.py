"""Model package groups, and the versions that training jobs add to them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from constructs_trainers.local.api_errors import ApiError
from constructs_trainers.values.arns import is_arn, last_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.values.environment import Environment


class ModelPackageGroups:
    """The model package groups of all accounts and regions."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Environment, str], dict[str, Any]] = {}
        self._versions: dict[str, int] = {}

    def create(self, place: Environment, request: Mapping[str, Any]) -> str:
        """Create a group and give its ARN.

        Raises:
            ApiError: There is one of that name.
        """
        name = request["ModelPackageGroupName"]
        if (place, name) in self._groups:
            raise ApiError("ValidationException", f"Model Package Group already exists: {name}")
        arn = place.arn("sagemaker", f"model-package-group/{name}")
        self._groups[place, name] = {
            "ModelPackageGroupName": name,
            "ModelPackageGroupArn": arn,
            "CreationTime": time.time(),
            "CreatedBy": {},
            "ModelPackageGroupStatus": "Completed",
        }
        if description := request.get("ModelPackageGroupDescription"):
            self._groups[place, name]["ModelPackageGroupDescription"] = description
        return arn

    def delete(self, place: Environment, name_or_arn: str) -> None:
        """Delete a group; one that does not exist is no error."""
        self._groups.pop((place, last_name(name_or_arn)), None)

    def describe(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer DescribeModelPackageGroup.

        Raises:
            ApiError: There is no such group.
        """
        name = request["ModelPackageGroupName"]
        group = self._groups.get((place, last_name(name)))
        if group is None:
            raise ApiError("ValidationException", f"ModelPackageGroup {name} does not exist.")
        return dict(group)

    def list(self, place: Environment, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer ListModelPackageGroups; of the filters, ``NameContains``."""
        wanted = request.get("NameContains", "")
        left_out = {"CreatedBy"}
        summaries = [
            {member: value for member, value in group.items() if member not in left_out}
            for (owner, name), group in self._groups.items()
            if owner == place and wanted in name
        ]
        return {"ModelPackageGroupSummaryList": summaries}

    def add_version(self, place: Environment, group: str) -> str:
        """Register a new model package in a group, given by name or ARN, and give its ARN.

        The group need not be known here: an app may use one that another app made.
        """
        key = group if is_arn(group) else place.arn("sagemaker", f"model-package-group/{group}")
        self._versions[key] = self._versions.get(key, 0) + 1
        return place.arn("sagemaker", f"model-package/{last_name(group)}/{self._versions[key]}")
