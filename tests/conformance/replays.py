"""Recorded executions, run again: the same calls are asked, and they end the same.

Whoever records an execution on another interpreter of Amazon States Language, with the calls that
it made and what they were answered with, has it held against this one.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.conformance.moto_parts import TaskError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.conformance.moto_engine import Ended, Engine


NO_INPUT: Final[Mapping[str, Any]] = {}


class Call(NamedTuple):
    """A call and its answer.

    Attributes:
        action: Such as ``createTrainingJob``, or ``createTrainingJob.sync``.
        arguments: What it was sent.
        answer: What it gave, where it gave something.
        error: The error's name and Cause, where it failed.
    """

    action: str
    arguments: Mapping[str, Any]
    answer: Any = None
    error: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Recording:
    """An execution that ended by itself and was not redriven.

    Attributes:
        name: What it is called.
        definition: Amazon States Language.
        calls: Its calls in their order.
        status: ``SUCCEEDED`` or ``FAILED``.
        error: Its error.
        cause: Its Cause.
        output: Its output.
        given: Its input.
        execution: The context's Execution, as far as it is not this engine's own: ``Id``,
            ``StartTime``, ``RedriveCount``.
    """

    name: str
    definition: Mapping[str, Any]
    calls: Sequence[Call]
    status: str
    error: str | None = None
    cause: str | None = None
    output: Any = None
    given: Any = field(default_factory=dict)
    execution: Mapping[str, Any] = field(default_factory=dict)


def replay(
    engine: Engine,
    definition: Mapping[str, Any],
    calls: Iterable[Sequence[Any]],
    given: object = NO_INPUT,
    execution: Mapping[str, Any] = NO_INPUT,
) -> tuple[Ended, list[str]]:
    """Run a definition, its calls answered as they were recorded.

    Gives how it ended, and what of its calls was not recorded, or was and did not come.

    Args:
        engine: The engine.
        definition: Amazon States Language.
        calls: The calls, as ``Call`` has them.
        given: The execution's input.
        execution: What the context's Execution has in place of the engine's own.
    """
    recorded = [Call(*call) for call in calls]
    answers: dict[str, deque[Call]] = defaultdict(deque)
    for call in recorded:
        answers[_key(call.action, call.arguments)].append(call)
    problems: list[str] = []
    lock = threading.Lock()

    def answer(action: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        key = _key(action, arguments)
        with lock:
            if not answers[key]:
                problems.append(f"was not recorded: {key}")
                raise TaskError("NotRecorded", key)
            call = answers[key].popleft()
        if call.error is not None:
            raise TaskError(*call.error)
        return call.answer

    ended = engine.run(definition, given, answer, execution)
    problems += [f"did not come: {key}" for key, left in answers.items() for _ in left]
    # Branches that run at once have no order among each other.
    if not problems and not _has_branches(definition):
        came = [_key(*call) for call in ended.calls]
        if came != [_key(call.action, call.arguments) for call in recorded]:
            problems.append(f"came in another order: {came}")
    return ended, problems


def differences(engine: Engine, recording: Recording) -> Iterator[str]:
    """What is not as it was recorded."""
    ended, problems = replay(
        engine, recording.definition, recording.calls, recording.given, recording.execution
    )
    yield from problems
    for member in ("status", "error", "cause", "output"):
        here, there = getattr(ended, member), getattr(recording, member)
        if here != there:
            yield f"the {member} is {here!r} here, and was recorded as {there!r}"


def read_recordings(file: Path) -> list[Recording]:
    """The recordings of a file.

    It is JSON: ``definitions``, by name; and ``recordings``, objects with the members of
    ``Recording``, whose ``definition`` is one of these names, and whose calls are arrays.
    """
    document = json.loads(file.read_text(encoding="utf-8"))
    return [
        Recording(
            **{
                **entry,
                "definition": document["definitions"][entry["definition"]],
                "calls": [Call(*call) for call in entry["calls"]],
            }
        )
        for entry in document["recordings"]
    ]


def _key(action: str, arguments: Mapping[str, Any]) -> str:
    return f"{action} {json.dumps(arguments, sort_keys=True)}"


def _has_branches(definition: Mapping[str, Any]) -> bool:
    return any(state["Type"] in {"Map", "Parallel"} for state in definition["States"].values())
