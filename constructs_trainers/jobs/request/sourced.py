"""Values of a request with the prop that each comes from, as a recipe's values have an origin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_trainers.errors import Problem


@dataclass(frozen=True)
class Sourced:
    """A value, and the prop that it comes from.

    Attributes:
        prop: The path of the prop, such as ``compute.instance_type``.
        value: Plain data, in which values may have props of their own.
    """

    prop: str
    value: object


def sourced(prop: str, value: object | None) -> Sourced | None:
    """A value with its prop; None for none."""
    return None if value is None else Sourced(prop, value)


@dataclass(frozen=True)
class SourcedRequest:
    """A request, and where its members come from.

    Attributes:
        members: The members of the request, in which values are sourced.
    """

    members: Mapping[str, object]

    @cached_property
    def request(self) -> dict[str, Any]:
        """The request, plain. A block that has nothing in it is left out."""
        blocks = {name: _plain(value) for name, value in self.members.items()}
        # Without hyperparameters or tags the API takes an empty value as well as none.
        return {name: block for name, block in blocks.items() if block not in ({}, [])}

    @cached_property
    def props(self) -> Mapping[str, str]:
        """The path of a prop for the path of each member that has one."""
        return dict(_props(self.members, ""))

    def in_words_of_props(self, problem: Problem) -> Problem:
        """The problem with the prop's path in place of the request's.

        What comes from no prop keeps the API's path.
        """
        path = problem.path
        while path not in self.props:
            shorter = max(path.rfind("."), path.rfind("["))
            if shorter < 0:
                return problem
            path = path[:shorter]
        rest = problem.path[len(path) :]
        if not self._has(problem.path):
            # A member that is missing has the name that the group of props would have it under.
            rest = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", rest).lower()
        return replace(problem, path=self.props[path] + rest)

    def _has(self, path: str) -> bool:
        value: Any = self.request
        for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
            if isinstance(value, Mapping) and name in value:
                value = value[name]
            elif isinstance(value, list) and index and int(index) < len(value):
                value = value[int(index)]
            else:
                return False
        return True


def _plain(value: object) -> Any:  # noqa: ANN401 - plain data
    """Data without the props that it comes from."""
    if isinstance(value, Sourced):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _props(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Sourced):
        yield path, value.prop
        yield from _props(value.value, path)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _props(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _props(item, f"{path}[{index}]")
