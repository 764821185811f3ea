"""The part of Amazon States Language that the library's definitions use, step by step.

An execution is a generator: it yields what it waits for (:class:`Call`, :class:`Sleep`,
:class:`Branches`, :class:`Draw`) and is sent what comes of it. So time, services and chance are
whoever's drives it, and the same answers always lead to the same end.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple, TypeAlias

from tests.simulation.machine import Machine
from tests.simulation.place import Place, tried
from tests.simulation.values import Json, QueryError, Values

MOST_EVENTS = 25_000
"""What a history holds; an execution that needs more fails."""

_REMEMBERED_EVENTS = 200
_QUERY_ERROR = "States.QueryEvaluationError"
_CAUGHT_BY_NAME_ONLY = ("States.Runtime", "States.DataLimitExceeded")
_CHANCES = (0.5, 0.0, 0.999)


class Call(NamedTuple):
    """A service is called; answered with its answer or a :class:`StateError`.

    Attributes:
        resource: What is called.
        arguments: Its request.
        timeout: The seconds after which the state waits no more; None for no bound.
        place: The state that calls, with the number of its item in a Map.
    """

    resource: str
    arguments: Json
    timeout: float | None = None
    place: str = ""


class Sleep(NamedTuple):
    """Time passes."""

    seconds: float


class Branches(NamedTuple):
    """Branches run, so many at once; answered when all are done, or with the first error."""

    branches: list[Steps]
    at_once: int


class Draw(NamedTuple):
    """Chance decides; answered with a number below ``most``."""

    most: int
    label: str


Request: TypeAlias = Call | Sleep | Branches | Draw
Steps: TypeAlias = Generator[Request, Any, Json]


class StateError(Exception):
    """An error that states retry, catch or fail with."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(error, cause)
        self.error, self.cause = error, cause
        self.output = {"Error": error, "Cause": cause}


class HistoryFullError(StateError):
    """The history is full; nothing catches it."""


def matches(handler: Mapping[str, Json], error: str) -> bool:
    """Whether a retrier or catcher is for an error."""
    names = handler["ErrorEquals"]
    if error in names:
        return True
    if error in _CAUGHT_BY_NAME_ONLY:
        return False
    return "States.ALL" in names or ("States.TaskFailed" in names and error != "States.Timeout")


class Execution:
    """One execution of a machine.

    Attributes:
        place: Where it is.
        events: How many events its history has.
        history: The first of them that tell of tasks and states, as GetExecutionHistory does.
        query_errors: What expressions failed with, and where: by design there is none.

    Args:
        machine: What it runs.
        values: What evaluates its expressions.
        given: Its input.
        context: The context object, which whoever drives it may change.
        reached: Where states and branches are put that it gets to.
    """

    def __init__(
        self,
        machine: Machine,
        values: Values,
        given: Json,
        context: dict[str, Json],
        reached: set[tuple[str, str]],
    ) -> None:
        self.machine, self.context = machine, context
        self.place = Place(machine.definition["StartAt"], given, {})
        self.events = 1
        self.history: list[Json] = [{"Type": "ExecutionStarted"}]
        self.query_errors: list[str] = []
        self._values, self._reached = values, reached

    @property
    def state(self) -> str:
        """The state that it is in."""
        return self.place.state

    @property
    def variables(self) -> dict[str, Json]:
        """Workflow variables by name."""
        return self.place.variables

    def run(self) -> Steps:
        """From where it is: after a redrive, what did not succeed, in branches too."""
        return self._run(self.machine.definition["States"], self.place)

    def record(self, kind: str, resource: str | None = None, events: int = 1) -> None:
        """Add events to the history."""
        self.events += events
        if self.events <= _REMEMBERED_EVENTS:
            details = {} if resource is None else {f"{kind}EventDetails": {"Resource": resource}}
            self.history.append({"Type": kind, **details})

    def _run(self, states: Mapping[str, Json], place: Place) -> Steps:
        while True:
            name, variables = place.state, place.variables
            state = states[name]
            kind = state["Type"]
            self._enter(name, kind)
            context = {**self.context, **place.context} if place.context else self.context
            known = {"context": context, "input": place.given}
            rule, output = state, place.given
            if kind == "Fail":
                cause = self._value(name, state["Cause"], variables, known)
                raise StateError(state["Error"], cause)
            if kind == "Choice":
                rule = self._choose(name, state, variables, known)
            elif kind == "Wait":
                yield from self._wait(name, state["Seconds"], variables, known)
            elif kind not in ("Pass", "Succeed"):
                rule, learned = yield from self._work(state, place, known)
                known |= learned
                (output,) = learned.values()
            variables, output = self._leave(name, rule, output, variables, known)
            if "Next" not in rule:
                place.end(output, variables)
                return output
            place.go_on(rule["Next"], output, variables)

    def _enter(self, name: str, kind: str) -> None:
        self._reached.add((self.machine.name, name))
        self.record(f"{kind}StateEntered", events=2)
        if self.events > MOST_EVENTS:
            raise HistoryFullError("States.Runtime", "the history is full")

    def _leave(
        self, name: str, rule: Json, output: Json, variables: dict[str, Json], known: Json
    ) -> tuple[dict[str, Json], Json]:
        """What the next state knows, and is given."""
        assigned = variables
        if "Assign" in rule:
            assigned = variables | self._value(name, rule["Assign"], variables, known)
        # It still sees the variables as they were.
        if "Output" in rule:
            output = self._value(name, rule["Output"], variables, known)
        return assigned, output

    def _value(
        self,
        name: str,
        template: Json,
        variables: dict[str, Json],
        known: Json,
        random: float = 0.0,
    ) -> Json:
        try:
            return self._values.value(template, variables, known, random)
        except QueryError as error:
            raise self._query_error(name, str(error)) from None

    def _query_error(self, name: str, problem: str) -> StateError:
        self.query_errors.append(f"{self.machine.name}.{name}: {problem}")
        return StateError(_QUERY_ERROR, problem)

    def _choose(self, name: str, state: Json, variables: dict[str, Json], known: Json) -> Json:
        try:
            number = self._values.first(state["Choices"], variables, known)
        except QueryError as error:
            raise self._query_error(name, str(error)) from None
        place = f"{name} choice {number}" if number >= 0 else f"{name} default"
        self._reached.add((self.machine.name, place))
        return state["Choices"][number] if number >= 0 else {"Next": state["Default"]}

    def _wait(self, name: str, seconds: Json, variables: dict[str, Json], known: Json) -> Steps:
        chance = 0.0
        if isinstance(seconds, str) and "$random" in seconds:
            chance = _CHANCES[(yield Draw(len(_CHANCES), "$random()"))]
        value = self._value(name, seconds, variables, known, chance)
        is_number = value.__class__ in (int, float) and value == int(value)
        if not is_number or not 0 <= value <= 99_999_999:
            raise self._query_error(name, f"waits for {value!r} seconds")
        yield Sleep(value)

    def _work(self, state: Json, place: Place, known: Json) -> Steps:
        """What a state that calls or branches goes on with: a rule, and what that learns."""
        name, tries = place.state, dict[int, int]()
        while True:
            try:
                result = yield from self._attempt(state, place, known)
            except HistoryFullError:
                raise
            except StateError as error:
                failed = error
            else:
                return state, {"result": result}
            pause = yield from self._pause(name, state, failed, tries)
            if pause is None:
                break
            yield Sleep(pause)
            # Unlike a redrive, another try begins with all branches.
            place.branches = []
            known["context"] = tried(known["context"], sum(tries.values()))
        for number, catcher in enumerate(state.get("Catch", ())):
            if matches(catcher, failed.error):
                self._reached.add((self.machine.name, f"{name} catch {number}"))
                return catcher, {"errorOutput": failed.output}
        raise failed

    def _attempt(self, state: Json, place: Place, known: Json) -> Steps:
        if state["Type"] != "Task":
            return (yield from self._branch(state, place, known))
        arguments = self._value(place.state, state["Arguments"], place.variables, known)
        resource = state["Resource"].rpartition(":")[2]
        # It is scheduled and started.
        self.record("TaskScheduled", resource, events=2)
        timeout = state.get("TimeoutSeconds")
        try:
            result = yield Call(state["Resource"], arguments, timeout, place.name)
        except StateError:
            self.record("TaskFailed", resource)
            raise
        self.record("TaskSucceeded", resource)
        return result

    def _branch(self, state: Json, place: Place, known: Json) -> Steps:
        is_map = state["Type"] == "Map"
        # A redrive goes on with the branches that it finds.
        if not place.branches and is_map:
            items = self._value(place.state, state["Items"], place.variables, known)
            place.iterate(state["ItemProcessor"]["StartAt"], items)
        elif not place.branches:
            place.branch([part["StartAt"] for part in state["Branches"]])
        inner = place.branches
        parts = [state["ItemProcessor"]] * len(inner) if is_map else state["Branches"]
        # Each branch is told of when it begins and ends, as is the whole.
        self.record(f"{state['Type']}StateStarted", events=2 + 2 * len(inner))
        steps = [
            self._run(part["States"], branch)
            for part, branch in zip(parts, inner, strict=True)
            if not branch.is_done
        ]
        yield Branches(steps, state.get("MaxConcurrency") or len(steps))
        return [branch.output for branch in inner]

    def _pause(self, name: str, state: Json, failed: StateError, tries: dict[int, int]) -> Steps:
        """The seconds before another try, or None."""
        for number, retrier in enumerate(state.get("Retry", ())):
            if not matches(retrier, failed.error):
                continue
            tried = tries.get(number, 0)
            if tried >= retrier.get("MaxAttempts", 3):
                self._reached.add((self.machine.name, f"{name} retry {number} exhausted"))
                return None
            self._reached.add((self.machine.name, f"{name} retry {number}"))
            tries[number] = tried + 1
            pause = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2) ** tried
            pause = min(pause, retrier.get("MaxDelaySeconds", pause))
            if retrier.get("JitterStrategy") == "FULL":
                pause *= _CHANCES[(yield Draw(len(_CHANCES), "jitter"))]
            return pause
        return None
