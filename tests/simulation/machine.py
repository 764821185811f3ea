"""A definition, held against what the interpreter knows, and all places in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.simulation.values import Json

_ANY: Final = {"Type", "Comment", "QueryLanguage", "Next", "End", "Assign", "Output"}
_CALLS: Final = {"Retry", "Catch"}
_KNOWN: Final[Mapping[str, set[str]]] = {
    "Pass": _ANY,
    "Succeed": _ANY,
    "Fail": _ANY | {"Error", "Cause"},
    "Choice": _ANY | {"Choices", "Default"},
    "Wait": _ANY | {"Seconds"},
    "Task": _ANY | _CALLS | {"Resource", "Arguments", "TimeoutSeconds"},
    "Map": _ANY | _CALLS | {"Items", "ItemProcessor", "MaxConcurrency"},
    "Parallel": _ANY | _CALLS | {"Branches"},
}


class Machine:
    """A definition under a name.

    Attributes:
        places: Its states and their branches: each choice and default, each retrier used and
            exhausted, each catcher.

    Args:
        name: What its places are told by.
        definition: The definition, which must stay as it is.

    Raises:
        NotImplementedError: The interpreter would pass over a part of it.
    """

    def __init__(self, name: str, definition: Mapping[str, Json]) -> None:
        self.name, self.definition = name, definition
        self.places: set[tuple[str, str]] = set()
        self._add(definition["States"])

    def _add(self, states: Mapping[str, Json]) -> None:
        for name, state in states.items():
            unknown = set(state) - _KNOWN.get(state["Type"], set())
            if unknown:
                raise NotImplementedError(f"{name}: {', '.join(sorted(unknown))}")
            self.places |= {(self.name, place) for place in _places_of(name, state)}
            for part in [*state.get("Branches", []), state.get("ItemProcessor")]:
                if part is not None:
                    self._add(part["States"])


def _places_of(name: str, state: Json) -> list[str]:
    choices = [f"{name} choice {number}" for number, _ in enumerate(state.get("Choices", ()))]
    retries = [f"{name} retry {number}" for number, _ in enumerate(state.get("Retry", ()))]
    return [
        name,
        *choices,
        *([f"{name} default"] if "Default" in state else []),
        *retries,
        *(f"{retry} exhausted" for retry in retries),
        *(f"{name} catch {number}" for number, _ in enumerate(state.get("Catch", ()))),
    ]
