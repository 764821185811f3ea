"""Groups of props as the API spells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from constructs_trainers.jobs.request.sourced import Sourced

if TYPE_CHECKING:
    from collections.abc import Collection

    from _typeshed import DataclassInstance

# Words that the API writes in capitals.
_CAPITALS = {"gb": "GB"}


def api_members(
    group: DataclassInstance, path: str, *, leave_out: Collection[str] = ()
) -> dict[str, object]:
    """The members of a group that have a value, by the API's names, each with its prop.

    Args:
        group: A dataclass whose fields are the API's members in snake case. Groups within it, and
            lists of them, are turned too; mappings are the API's own.
        path: The prop that holds the group.
        leave_out: Fields that the API does not have.
    """
    names = [field.name for field in fields(group) if field.name not in leave_out]
    return {
        api_name(name): api_value(getattr(group, name), f"{path}.{name}")
        for name in names
        if getattr(group, name) is not None
    }


def api_value(value: object, path: str) -> Sourced:
    """A value, a group, or a list of groups as the API has it."""
    if is_dataclass(value) and not isinstance(value, type):
        to_api = getattr(value, "to_api", None)
        return Sourced(path, api_members(value, path) if to_api is None else to_api(path))
    if isinstance(value, Mapping):
        return Sourced(path, dict(value))
    if isinstance(value, (list, tuple)):
        items = [api_value(item, f"{path}[{index}]") for index, item in enumerate(value)]
        return Sourced(path, items)
    return Sourced(path, value)


def api_name(name: str) -> str:
    """A member's name in the API: ``VolumeSizeInGB`` for ``volume_size_in_gb``."""
    return "".join(_CAPITALS.get(word) or word.capitalize() for word in name.split("_"))
