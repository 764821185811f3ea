"""Workflows that run trainers under schedules of fixed seeds, and with faults put into them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.simulation.campaign import Campaign
from tests.simulation.machine import Machine
from tests.simulation.parent_world import ParentWorld
from tests.simulation.schedule import Schedule
from tests.simulation.values import Json, Values
from tests.simulation.workflows import Workflow, workflows

SEED = 5
SCHEDULES = 300


@pytest.fixture(scope="module")
def values() -> Values:
    return Values()


@pytest.fixture(scope="module", params=workflows())
def campaign(request: pytest.FixtureRequest, values: Values) -> Campaign:
    return campaign_of(workflows()[request.param], values, SCHEDULES)


def campaign_of(workflow: Workflow, values: Values, schedules: int) -> Campaign:
    campaign = Campaign([workflow], SEED, values)
    campaign.run(schedules)
    return campaign


def test_everything_is_reached(campaign: Campaign) -> None:
    assert campaign.found[0].missed == []


def test_nothing_is_wrong(campaign: Campaign) -> None:
    assert not campaign.violations, "\n".join(campaign.report())


def test_a_stop_under_way_is_borne_when_another_branch_fails(values: Values) -> None:
    # The first stage's job fails, 0.1 s before stopExecution of the second one has its effect.
    numbers = [0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 6, 0, 0, 0, 0, 0, 4, 0, 1, 1]
    world = ParentWorld(workflows()["pair"], Schedule(numbers), values, set())
    world.settle()
    assert [child.is_late for child in world.run.children] == [False, True]
    assert world.violations == []


def stops_nothing(states: Json) -> None:
    inner = states["Bounded"]["Branches"][0]["States"]
    inner["Bounded Run"]["Catch"][0]["Next"] = "Bounded TimedOut"
    del inner["Bounded Stop"]


def names_in_a_state_before(states: Json) -> None:
    branch = states["Bounded"]["Branches"][0]
    run = branch["States"]["Bounded Run"]
    (name,) = run["Catch"][0]["Assign"]
    made = {name: run["Arguments"]["Name"]}
    branch["States"]["Bounded Name"] = {"Type": "Pass", "Assign": made, "Next": "Bounded Run"}
    branch["StartAt"] = "Bounded Name"
    run["Arguments"]["Name"] = f"{{% ${name} %}}"
    del run["Catch"][0]["Assign"]


def forgets_the_model(states: Json) -> None:
    text = json.dumps(states["Second"]["Arguments"]["Input"])
    states["Second"]["Arguments"]["Input"] = json.loads(text.replace("First", "Second"))


def puts_out_the_wrong_stage(states: Json) -> None:
    states["First"]["Assign"] = {"outputs": {"First": {"TrainingJobName": "another"}}}


def puts_out_one_run_of_all(states: Json) -> None:
    outputs = states["Runs"]["Assign"]["outputs"]
    first = "[$map($states.result, function($v) { $states.result[0] })]"
    states["Runs"]["Assign"]["outputs"] = outputs.replace("[$states.result]", first)


def names_items_alike(states: Json) -> None:
    names_alike(states["Runs"]["ItemProcessor"]["States"]["Run"], "Map.Item.Index")


def names_redrives_alike(states: Json) -> None:
    names_alike(states["First"], "Execution.RedriveCount")


def names_tries_alike(states: Json) -> None:
    names_alike(states["Train"], "State.RetryCount")


def names_alike(state: Json, member: str) -> None:
    name = state["Arguments"]["Name"]
    state["Arguments"]["Name"] = name.replace(member, "Execution.Name")


@pytest.mark.parametrize(
    ("name", "change", "kind"),
    [
        ("bounded", stops_nothing, "a child runs on beside a workflow that ended"),
        ("bounded", names_in_a_state_before, "the workflow fails without reason"),
        ("sequence", forgets_the_model, "a stage goes on from another model"),
        ("sequence", puts_out_the_wrong_stage, "the workflow puts out what no stage did"),
        ("sequence", names_redrives_alike, "the workflow fails without reason"),
        ("train-again", names_tries_alike, "the workflow fails without reason"),
        ("sweep", names_items_alike, "the workflow fails without reason"),
        ("sweep", puts_out_one_run_of_all, "the workflow puts out what no stage did"),
    ],
)
def test_a_fault_is_seen(
    name: str, change: Callable[[Json], object], kind: str, values: Values
) -> None:
    workflow = workflows()[name]
    definition = json.loads(json.dumps(workflow.machine.definition))
    change(definition["States"])
    assert definition != workflow.machine.definition
    faulty = replace(workflow, machine=Machine("workflow", definition))
    assert kind in campaign_of(faulty, values, 100).found[0].violations
