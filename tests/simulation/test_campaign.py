"""Every trainer under the schedules of a fixed seed: nothing is wrong, and nothing left out."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.simulation.__main__ import main
from tests.simulation.campaign import Campaign
from tests.simulation.definitions import trainers
from tests.simulation.values import Values

SEEDS = {"serverless": 2, "own-instances": 1, "run-job": 2, "rlvr": 2, "retry-off": 1}
SCHEDULES = 1_000


@pytest.fixture(scope="module")
def values() -> Values:
    return Values()


@pytest.mark.parametrize("name", SEEDS)
def test_nothing_is_wrong_and_everything_is_reached(name: str, values: Values) -> None:
    campaign = Campaign([trainers()[name]], SEEDS[name], values)
    campaign.run(SCHEDULES)
    (found,) = campaign.found
    assert not found.violations, "\n".join(campaign.report())
    assert found.missed == []


def test_the_command_ends_with_one_line_of_figures_and_fails_for_what_it_missed() -> None:
    arguments = ["--schedules", "20", "--seed", "5", "--of", "retry-off"]
    ran = CliRunner().invoke(main, arguments)
    *_, last = ran.stdout.splitlines()
    assert last.startswith("simulate: 20 schedules, 0 violations, ")
    assert last.endswith(" covered, seed 5")
    assert "never reached" in ran.stdout
    assert "20 schedules, " in ran.stderr
    assert ran.exit_code == 1
