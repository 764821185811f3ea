"""Where an execution is: what a redrive goes on from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.simulation.values import Json


@dataclass(slots=True)
class Place:
    """Where an execution, or a branch of one, is.

    Attributes:
        state: The state that it is in.
        given: The input of that state.
        variables: Workflow variables by name.
        context: What the context object has for this branch alone.
        branches: Where the branches of the state are.
        is_done: Whether it came to its end.
        output: What it ended with.
    """

    state: str
    given: Json
    variables: dict[str, Json]
    context: dict[str, Json] = field(default_factory=dict)
    branches: list[Place] = field(default_factory=list)
    is_done: bool = False
    output: Json = None

    @property
    def name(self) -> str:
        """The state, with the number of the item of a Map."""
        number = self.context.get("Map", {}).get("Item", {}).get("Index")
        return self.state if number is None else f"{self.state} {number}"

    def go_on(self, state: str, given: Json, variables: dict[str, Json]) -> None:
        """Leave the state for the next one."""
        self.state, self.given, self.variables = state, given, variables
        self.branches = []

    def end(self, output: Json, variables: dict[str, Json]) -> None:
        """Come to its end."""
        self.is_done, self.output, self.variables = True, output, variables

    def branch(self, starts: Sequence[str]) -> None:
        """Begin branches of a Parallel state, by the states that they start at."""
        self.branches = [
            Place(start, self.given, dict(self.variables), self.context) for start in starts
        ]

    def iterate(self, start: str, items: Sequence[Json]) -> None:
        """Begin an iteration of a Map state for each item."""
        self.branches = [
            Place(
                start,
                item,
                dict(self.variables),
                {"Map": {"Item": {"Index": number, "Value": item}}},
            )
            for number, item in enumerate(items)
        ]


def tried(context: Mapping[str, Json], times: int) -> dict[str, Json]:
    """The context object of a state that is tried again."""
    return {**context, "State": {**context.get("State", {}), "RetryCount": times}}
