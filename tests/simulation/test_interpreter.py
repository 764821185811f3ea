"""The interpreter alone, against what the States Language says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.simulation.clock import Clock, Process
from tests.simulation.interpreter import MOST_EVENTS, Call, Execution, StateError
from tests.simulation.machine import Machine
from tests.simulation.schedule import Schedule
from tests.simulation.values import Json, Values

PROBLEM = StateError("Odd.Exception", "odd")


class Ran:
    """An execution of some states, to its end; calls are answered one after the other."""

    def __init__(
        self, states: Mapping[str, Any], *answers: Json, given: Json = None, start: str = "A"
    ) -> None:
        self.reached: set[tuple[str, str]] = set()
        self.calls: list[Call] = []
        self.result: Json = None
        self.error: StateError | None = None
        self.machine = Machine("m", {"StartAt": start, "States": states})
        self.clock, self._answers = Clock(), list(answers)
        self.execution = Execution(self.machine, Values(), given, {"Name": "x"}, self.reached)
        self.go_on()

    def go_on(self) -> None:
        """Run it to its end; after an end, redrive it."""
        self.result, self.error = None, None
        steps = self.execution.run()
        Process(self.clock, Schedule(), steps, self._ended, call=self._call).go_on()
        assert self.clock.run(100_000)

    def _call(self, process: Process, call: Call) -> None:
        self.calls.append(call)
        answer = self._answers.pop(0)
        if isinstance(answer, StateError):
            self.clock.after(1, lambda: process.go_on(error=answer))
        else:
            self.clock.after(1, lambda: process.go_on(answer))

    def _ended(self, result: Json, error: StateError | None) -> None:
        self.result, self.error = result, error

    @property
    def places(self) -> set[str]:
        return {place for _, place in self.reached}


def end(output: Json = "{% $states.input %}", **members: Json) -> dict[str, Json]:
    return {"Type": "Pass", "Output": output, "End": True, **members}


def call(**members: Json) -> dict[str, Json]:
    return {"Type": "Task", "Resource": "arn:aws:states:::x:y", "Arguments": {}, **members}


def test_assign_and_output_see_the_variables_as_they_were() -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"n": 1}, "Next": "B"},
        "B": end("{% $n %}", Assign={"n": "{% $n + 1 %}"}),
    }
    ran = Ran(states)
    assert (ran.result, ran.execution.variables) == (1, {"n": 2})


def test_a_task_gives_its_answer_on() -> None:
    states = {"A": call(Arguments={"K": "{% $states.input.k %}"}, Next="B"), "B": end()}
    ran = Ran(states, {"a": [1]}, given={"k": "v"})
    assert (ran.result, ran.calls[0].arguments) == ({"a": [1]}, {"K": "v"})
    # Both states are entered and left, and the call is scheduled, started and done.
    assert ran.execution.events == 1 + 2 * 2 + 3


def test_the_first_condition_that_holds_decides() -> None:
    choices = [
        {"Condition": "{% $states.input < 1 %}", "Next": "B"},
        {"Condition": "{% $states.input < 2 %}", "Next": "C", "Assign": {"seen": True}},
    ]
    states = {
        "A": {"Type": "Choice", "Choices": choices, "Default": "D"},
        **{name: end(name) for name in "BCD"},
    }
    runs = [Ran(states, given=n) for n in (0, 1, 2)]
    assert [ran.result for ran in runs] == ["B", "C", "D"]
    assert runs[1].execution.variables == {"seen": True}
    assert runs[2].places == {"A", "A default", "D"}


@pytest.mark.parametrize("condition", ["{% $states.input.nothing %}", "{% 'yes' %}", "{% $nope %}"])
def test_a_condition_that_is_neither_true_nor_false_is_an_error(condition: str) -> None:
    choices = [{"Condition": condition, "Next": "B"}]
    ran = Ran({"A": {"Type": "Choice", "Choices": choices, "Default": "B"}, "B": end()}, given={})
    assert ran.error is not None
    assert ran.error.error == "States.QueryEvaluationError"
    assert len(ran.execution.query_errors) == 1


def test_retries_wait_longer_each_time_and_end_in_a_catch() -> None:
    retry = {
        "ErrorEquals": ["Odd.Exception"],
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxDelaySeconds": 5,
        "MaxAttempts": 3,
        "JitterStrategy": "FULL",
    }
    catch = {
        "ErrorEquals": ["States.ALL"],
        "Output": "{% $states.errorOutput.Error %}",
        "Next": "B",
    }
    ran = Ran({"A": call(Retry=[retry], Catch=[catch], Next="B"), "B": end()}, *[PROBLEM] * 4)
    assert ran.result == "Odd.Exception"
    # Four calls, and half of 2, 4 and 5 seconds between them.
    assert ran.clock.now == 4 + 1 + 2 + 2.5
    assert ran.places == {"A", "A retry 0", "A retry 0 exhausted", "A catch 0", "B"}


def test_some_errors_are_caught_by_their_names_only() -> None:
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    runtime = StateError("States.Runtime", "x")
    assert Ran({"A": call(Catch=catch, Next="B"), "B": end()}, runtime).error is runtime


def test_a_map_gives_the_results_in_order_and_keeps_variables_apart() -> None:
    item = {"I": {"Type": "Pass", "Assign": {"n": "{% $n + $states.input %}"}, "Next": "J"}}
    states = {
        "A": {"Type": "Pass", "Assign": {"n": 10}, "Next": "M"},
        "M": {
            "Type": "Map",
            "Items": "{% $states.input %}",
            "ItemProcessor": {"StartAt": "I", "States": {**item, "J": end("{% $n %}")}},
            "Output": {"all": "{% $states.result %}", "n": "{% $n %}"},
            "End": True,
        },
    }
    assert Ran(states, given=[1, 2, 3]).result == {"all": [11, 12, 13], "n": 10}
    assert Ran(states, given=[]).result == {"all": [], "n": 10}


def test_the_first_branch_that_fails_ends_the_others() -> None:
    slow = {
        "StartAt": "S",
        "States": {"S": {"Type": "Wait", "Seconds": 60, "Next": "T"}, "T": end()},
    }
    fails = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "c"}}}
    ran = Ran({"A": {"Type": "Parallel", "Branches": [slow, fails], "End": True}})
    assert ran.error is not None
    assert ran.error.output == {"Error": "E", "Cause": "c"}
    assert "T" not in ran.places


def test_a_redrive_goes_on_with_the_iterations_that_are_not_done() -> None:
    item = {
        "I": {"Type": "Pass", "Assign": {"n": "{% $states.input * 2 %}"}, "Next": "J"},
        "J": call(
            Arguments={"N": "{% $n %}", "At": "{% $states.context.Map.Item.Index %}"}, End=True
        ),
    }
    states = {
        "M": {
            "Type": "Map",
            "Items": "{% $states.input %}",
            "MaxConcurrency": 1,
            "ItemProcessor": {"StartAt": "I", "States": item},
            "End": True,
        }
    }
    ran = Ran(states, "first", PROBLEM, "second", "third", given=[1, 2, 3], start="M")
    assert ran.error is PROBLEM
    # One after the other: the third had not begun.
    assert [call.place for call in ran.calls] == ["J 0", "J 1"]
    ran.go_on()
    assert ran.result == ["first", "second", "third"]
    assert [call.arguments for call in ran.calls[2:]] == [{"N": 4, "At": 1}, {"N": 6, "At": 2}]


def test_another_try_begins_with_all_branches() -> None:
    inner = {"StartAt": "I", "States": {"I": call(End=True)}}
    retry = {"ErrorEquals": ["States.ALL"]}
    states = {"P": {"Type": "Parallel", "Branches": [inner, inner], "Retry": [retry], "End": True}}
    ran = Ran(states, 1, PROBLEM, 2, 3, start="P")
    assert ran.result == [2, 3]


def test_a_history_that_is_full_ends_the_execution_whatever_it_catches() -> None:
    states = {
        "A": {"Type": "Wait", "Seconds": 1, "Next": "B"},
        "B": {"Type": "Pass", "Next": "A"},
    }
    ran = Ran(states)
    assert ran.error is not None
    assert ran.error.error == "States.Runtime"
    assert ran.execution.events > MOST_EVENTS


def test_a_part_that_it_does_not_know_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="A: HeartbeatSeconds"):
        Machine("m", {"StartAt": "A", "States": {"A": call(HeartbeatSeconds=5, End=True)}})


def test_all_places_of_a_definition_are_known() -> None:
    inner = {"StartAt": "I", "States": {"I": call(Retry=[{}], Catch=[{}], End=True)}}
    states = {"A": {"Type": "Map", "Items": [], "ItemProcessor": inner, "End": True}}
    machine = Machine("m", {"StartAt": "A", "States": states})
    expected = ["A", "I", "I retry 0", "I retry 0 exhausted", "I catch 0"]
    assert machine.places == {("m", place) for place in expected}
