"""Groups of props as the API spells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

# Words that the API writes in capitals.
_CAPITALS = {"gb": "GB"}


def api_members(group: object, *, leave_out: Collection[str] = ()) -> dict[str, object]:
    """The members of a group that have a value, by the API's names.

    Args:
        group: A dataclass whose fields are the API's members in snake case. Groups within it, and
            lists of them, are turned too; mappings are the API's own.
        leave_out: Fields that the API does not have.
    """
    names = [field.name for field in fields(_dataclass(group)) if field.name not in leave_out]
    values = {name: getattr(group, name) for name in names}
    return {api_name(name): _plain(value) for name, value in values.items() if value is not None}


def api_name(name: str) -> str:
    """A member's name in the API: ``VolumeSizeInGB`` for ``volume_size_in_gb``."""
    return "".join(_CAPITALS.get(word) or word.capitalize() for word in name.split("_"))


def _plain(value: object) -> object:
    if is_dataclass(value):
        return api_members(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _dataclass(group: object) -> type:
    if not is_dataclass(group) or isinstance(group, type):
        raise TypeError(group)
    return type(group)
