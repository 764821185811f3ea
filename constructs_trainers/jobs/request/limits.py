"""What the service refuses in a CreateTrainingJob request although the API's model allows it.

Sources: the text of the API reference for CreateTrainingJob, StoppingCondition, ResourceConfig,
InstancePreference and Tag. Members of the wrong type are left to the check against the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.tags import tag_problems
from constructs_trainers.jobs.stopping_condition import DEFAULT_RUNTIME, LONGEST_RUNTIME
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COUNTED_HERE = frozenset({"Tags"})
"""Paths of lists whose length is checked here, so that it need not be said twice."""

_RULED_OUT_BY_PREFERENCES = ("InstanceType", "InstanceGroups", "InstancePlacementConfig")


def training_job_problems(
    request: Mapping[str, object], *, reserved_tags: int = 0
) -> Iterator[Problem]:
    """What the service would refuse in a request that fits the API's model.

    Args:
        request: A CreateTrainingJob request.
        reserved_tags: How many tags whoever sends the request adds to it.

    Yields:
        One problem for each rule that is broken.
    """
    yield from tag_problems(request.get("Tags"), reserved_tags)
    yield from _times(request)
    yield from _instances(request)


def _times(request: Mapping[str, object]) -> Iterator[Problem]:
    condition = request.get("StoppingCondition", {})
    if not isinstance(condition, Mapping):
        return
    runtime = _seconds(condition.get("MaxRuntimeInSeconds", DEFAULT_RUNTIME))
    wait = _seconds(condition.get("MaxWaitTimeInSeconds"))
    if runtime is not None and runtime > LONGEST_RUNTIME:
        yield Problem(
            path="StoppingCondition.MaxRuntimeInSeconds",
            message="is longer than 28 days",
            got=f"{short_repr(runtime)} seconds",
            allowed=f"at most {LONGEST_RUNTIME} seconds",
        )
    if runtime is not None and wait is not None and wait < runtime:
        given = "MaxRuntimeInSeconds" in condition
        yield Problem(
            path="StoppingCondition.MaxWaitTimeInSeconds",
            message="is shorter than MaxRuntimeInSeconds" + ("" if given else ", by default 1 day"),
            got=f"{short_repr(wait)} seconds",
            allowed=f"at least {short_repr(runtime)} seconds",
        )
    if request.get("EnableManagedSpotTraining") is True and "MaxWaitTimeInSeconds" not in condition:
        yield Problem(
            path="StoppingCondition.MaxWaitTimeInSeconds",
            message="is required with managed spot training and is missing",
            allowed="a whole number of seconds, at least MaxRuntimeInSeconds",
        )


def _seconds(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _instances(request: Mapping[str, object]) -> Iterator[Problem]:
    resources = request.get("ResourceConfig")
    if not isinstance(resources, Mapping) or "InstancePreferences" not in resources:
        return
    for name in _RULED_OUT_BY_PREFERENCES:
        if name in resources:
            yield _ruled_out(f"ResourceConfig.{name}", resources[name])
    if request.get("EnableManagedSpotTraining") is True:
        yield _ruled_out("EnableManagedSpotTraining", value=True)
    preferences = resources["InstancePreferences"]
    if isinstance(preferences, (list, tuple)):
        entries = [entry for entry in preferences if isinstance(entry, Mapping)]
        if entries and len(entries) == len(preferences):
            yield from _preferences(entries, resources)


def _ruled_out(path: str, value: object) -> Problem:
    return Problem(
        path=path,
        message="cannot be given together with InstancePreferences",
        got=short_repr(value),
        allowed="InstancePreferences, or "
        f"{', '.join((*_RULED_OUT_BY_PREFERENCES, 'EnableManagedSpotTraining'))}",
        fix="leave out one of the two",
    )


def _preferences(
    entries: Sequence[Mapping[object, object]], resources: Mapping[object, object]
) -> Iterator[Problem]:
    path = "ResourceConfig.InstancePreferences"
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        name = entry.get("InstanceType")
        if isinstance(name, str) and not is_token(name) and seen.setdefault(name, index) != index:
            yield Problem(
                path=f"{path}[{index}].InstanceType",
                message=f"is the same instance type as that of {path}[{seen[name]}]",
                got=short_repr(name),
                allowed="each instance type once",
            )
    counts = sum("InstanceCount" in entry for entry in entries)
    expected = 0 if "InstanceCount" in resources else len(entries)
    if counts != expected:
        beside = "beside" if "InstanceCount" in resources else "without"
        yield Problem(
            path=path,
            message="has InstanceCount in the wrong place",
            got=f"in {counts} of {len(entries)} entries, {beside} one in ResourceConfig",
            allowed="InstanceCount in every entry, or once in ResourceConfig",
        )
