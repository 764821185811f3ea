"""Workflows that run trainers under schedules of fixed seeds, and with faults put into them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.simulation.campaign import Campaign, Found
from tests.simulation.machine import Machine
from tests.simulation.values import Json, Values
from tests.simulation.workflows import Workflow, workflows

SEED = 3
SCHEDULES = 400


@pytest.fixture(scope="module")
def values() -> Values:
    return Values()


def found_in(workflow: Workflow, values: Values, schedules: int) -> Found:
    campaign = Campaign([workflow], SEED, values)
    campaign.run(schedules)
    return campaign.found[0]


@pytest.mark.parametrize("name", workflows())
def test_nothing_is_wrong_and_everything_is_reached(name: str, values: Values) -> None:
    found = found_in(workflows()[name], values, SCHEDULES)
    assert not found.violations
    assert found.missed == []


def stops_nothing(states: Json) -> None:
    inner = states["Bounded"]["Branches"][0]["States"]
    inner["Bounded Run"]["Catch"][0]["Next"] = "Bounded TimedOut"
    del inner["Bounded Stop"]


def forgets_the_model(states: Json) -> None:
    text = json.dumps(states["Second"]["Arguments"]["Input"])
    states["Second"]["Arguments"]["Input"] = json.loads(text.replace("First", "Second"))


def puts_out_the_wrong_stage(states: Json) -> None:
    states["First"]["Assign"] = {"outputs": {"First": {"TrainingJobName": "another"}}}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("bounded", stops_nothing),
        ("sequence", forgets_the_model),
        ("sequence", puts_out_the_wrong_stage),
    ],
)
def test_a_fault_is_seen(name: str, change: Callable[[Json], object], values: Values) -> None:
    workflow = workflows()[name]
    definition = json.loads(json.dumps(workflow.machine.definition))
    change(definition["States"])
    faulty = replace(workflow, machine=Machine("workflow", definition))
    assert found_in(faulty, values, 100).violations
