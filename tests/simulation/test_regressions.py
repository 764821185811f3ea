"""The smallest schedules that showed faults, each with the fault put back, and without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import pytest

from tests.simulation.definitions import Trainer, trainers
from tests.simulation.interpreter import MOST_EVENTS
from tests.simulation.machine import Machine
from tests.simulation.schedule import Schedule
from tests.simulation.values import Json, Values
from tests.simulation.world import simulate

TRAINERS: Final = trainers()


@dataclass(frozen=True, kw_only=True)
class Regression:
    """A fault that there was.

    Attributes:
        trainer: The trainer that had it.
        schedule: The smallest schedule that shows it.
        shows: The kind of violation.
        put_back: Changes the states of the trainer and of the stopper back.
    """

    trainer: str
    schedule: list[int]
    shows: str
    put_back: Callable[[Json, Json], object]

    def faulty(self) -> Trainer:
        """The trainer with the fault."""
        trainer = TRAINERS[self.trainer]
        machine, stopper = (
            json.loads(json.dumps(machine.definition))
            for machine in (trainer.machine, trainer.stopper)
        )
        before = json.dumps([machine, stopper])
        self.put_back(machine["States"], stopper["States"])
        assert json.dumps([machine, stopper]) != before
        return replace(
            trainer, machine=Machine("trainer", machine), stopper=Machine("stopper", stopper)
        )


def goes_by_the_rule(_: Json, stopper: Json) -> None:
    stopper["ReadDefinition"]["Assign"] = stopper["ReadDefinition"]["Catch"][0]["Assign"]
    stopper["ReadHistory"]["Assign"] = {"isCreated": False, "mayBeCreated": False}


def takes_a_later_redrives_job_for_its_own(_: Json, stopper: Json) -> None:
    assigned = stopper["ReadHistory"]["Assign"]
    assigned["isCreated"] = assigned["isCreated"].partition(" and $count(")[0] + " %}"


def is_sure_of_what_it_could_not_read(_: Json, stopper: Json) -> None:
    for state in ("ReadDefinition", "ReadHistory"):
        stopper[state]["Retry"][0]["MaxAttempts"] = 3
    stopper["IsNoneLeft"]["Choices"][1]["Condition"] = "{% $isCreated and $not($isFound) %}"


def joins_hyphens(_: Json, stopper: Json) -> None:
    state = stopper["StopEveryAttempt"]
    state["Items"] = state["Items"].replace("[^a-z0-9-]", "[^a-z0-9]+")


def names_one_job(_: Json, stopper: Json) -> None:
    state = stopper["CouldNotStop"]
    state["Cause"] = state["Cause"].replace("$join($running.Name, ', ')", "$running[0].Name")


def counts_on_after_a_job(states: Json, _: Json) -> None:
    del states["CreateTrainingJob"]["Assign"]["throttled"]


def bears_no_lost_answer(states: Json, _: Json) -> None:
    del states["DescribeRegistry"]["Retry"][0]


def waits_for_ever(states: Json, _: Json) -> None:
    for choice in states["IsRegistryReady"]["Choices"]:
        choice["Condition"] = choice["Condition"].replace(" and $waits < 120", "")


def believes_one_look(states: Json, _: Json) -> None:
    choice = states["IsTrainingJobThere"]["Choices"][0]
    choice["Condition"] = choice["Condition"].partition(" and $not(")[0] + " %}"


def looks_too_often(states: Json, _: Json) -> None:
    states["WaitForTrainingJob"]["Seconds"] = 30


def decisions(made: dict[int, int]) -> list[int]:
    """A schedule by its decisions that are not benign."""
    return [made.get(place, 0) for place in range(max(made) + 1)]


REGRESSIONS: Final = {
    "after a deployment the stopper looks for other names": Regression(
        trainer="serverless",
        schedule=[1, 0, 0, 2],
        shows="a job is left",
        put_back=goes_by_the_rule,
    ),
    "it looks for the job of a redrive that came since": Regression(
        trainer="serverless",
        schedule=[0, 0, 0, 1, 0, 0, 0, 0, 2],
        shows="the stopper finds no job",
        put_back=takes_a_later_redrives_job_for_its_own,
    ),
    "after a deployment neither definition nor history can be read": Regression(
        trainer="serverless",
        schedule=[1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0, 1, 3],
        shows="a job is left",
        put_back=is_sure_of_what_it_could_not_read,
    ),
    "after a deployment the definition cannot be read while a job is created": Regression(
        trainer="serverless",
        schedule=[1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 3],
        shows="a job is left",
        put_back=is_sure_of_what_it_could_not_read,
    ),
    "two hyphens in a row are one to the stopper": Regression(
        trainer="serverless",
        schedule=[0, 0, 0, 1, 0, 1],
        shows="a job is left",
        put_back=joins_hyphens,
    ),
    "the stopper names one of the jobs that may run": Regression(
        trainer="serverless",
        schedule=decisions({3: 1, 8: 3, 14: 1, 25: 1, 26: 11, 50: 4, 65: 1, 66: 9}),
        shows="the stopper names other jobs than the one that runs",
        put_back=names_one_job,
    ),
    "throttles of before the last job count": Regression(
        trainer="serverless",
        schedule=decisions({3: 7, 6: 11, 14: 4, 15: 4, 27: 2, 28: 3, 40: 1, 42: 4, 46: 11, 47: 7}),
        shows="TrainingJobRejected without reason",
        put_back=counts_on_after_a_job,
    ),
    "one lost answer ends the registration": Regression(
        trainer="rlvr",
        schedule=[0, 0, 0, 0, 0, 0, 2],
        shows="RewardFunctionRejected without reason",
        put_back=bears_no_lost_answer,
    ),
    "a registry that is never ready is waited for until the history is full": Regression(
        trainer="rlvr", schedule=[0, 5], shows="the history is full", put_back=waits_for_ever
    ),
    "a job that is seen late is taken for one that never was": Regression(
        trainer="run-job",
        schedule=[0, 0, 0, 0, 0, 1, 1, 0, 4],
        shows="TrainingJobRejected without reason",
        put_back=believes_one_look,
    ),
    "the longest jobs do not fit the history": Regression(
        trainer="own-instances",
        schedule=[0, 0, 0, 0, 0, 0, 4, 1],
        shows="the history is full",
        put_back=looks_too_often,
    ),
}


def test_an_answer_that_comes_after_an_abort_is_not_counted(values: Values) -> None:
    # Limited once, then a lost answer whose job the aborted execution never hears of; redriven,
    # eight failures are nine in a row.
    schedule = decisions({3: 5, 5: 1, 6: 11, 9: 3, 10: 1, 16: 3, 47: 8, 48: 6})
    world = simulate(TRAINERS["serverless"], Schedule(schedule), values)
    assert world.run.error is not None
    assert world.violations == []


@pytest.fixture(scope="module")
def values() -> Values:
    return Values()


@pytest.mark.parametrize("name", REGRESSIONS)
def test_the_schedule_shows_the_fault_and_none_without_it(name: str, values: Values) -> None:
    regression = REGRESSIONS[name]
    faulty = simulate(regression.faulty(), Schedule(regression.schedule), values)
    assert regression.shows in {violation.kind for violation in faulty.violations}
    mended = simulate(TRAINERS[regression.trainer], Schedule(regression.schedule), values)
    assert mended.violations == []


class Longest:
    """All jobs fail as late as they may, by what deserves another attempt."""

    rate = 0.0

    def decide(self, most: int, label: str, rate: float) -> int:
        assert rate >= self.rate
        if label.startswith("length of the job"):
            return most - 1
        return 1 if label.startswith(("length to the limit", "ends")) else 0


@pytest.mark.parametrize("name", ["serverless", "own-instances", "rlvr"])
def test_jobs_of_all_attempts_that_take_as_long_as_they_may_fit_the_history(
    name: str, values: Values
) -> None:
    world = simulate(TRAINERS[name], Schedule(source=Longest()), values)
    assert world.run.execution.variables["attempt"] == 3
    assert MOST_EVENTS / 2 < world.run.execution.events < MOST_EVENTS
    assert world.violations == []
