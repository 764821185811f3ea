"""Schedules: random ones, and what is left of them when they are shrunk."""

from __future__ import annotations

from tests.simulation.definitions import trainers
from tests.simulation.schedule import Faults, Schedule
from tests.simulation.shrink import shrink, trimmed
from tests.simulation.values import Values
from tests.simulation.world import simulate


def test_what_is_missing_is_benign() -> None:
    schedule = Schedule([7, 1])
    assert [schedule.draw(n, "fault") for n in (5, 2, 9)] == [2, 1, 0]
    assert schedule.told() == ["[0] 2: fault", "[1] 1: fault"]


def test_a_seed_gives_the_same_schedule_and_its_numbers_the_same_simulation() -> None:
    trainer, values = trainers()["rlvr"], Values()
    for seed in range(40):
        first = simulate(trainer, Schedule(source=Faults(f"again/{seed}")), values)
        second = simulate(trainer, Schedule(source=Faults(f"again/{seed}")), values)
        third = simulate(trainer, Schedule(trimmed(first.schedule.taken)), values)
        assert first.entries == second.entries == third.entries


def test_without_faults_a_job_completes() -> None:
    for trainer in trainers().values():
        world = simulate(trainer, Schedule(), Values())
        assert [entry.what for entry in world.entries] == ["created", "SUCCEEDED"]
        assert world.violations == []


def test_what_is_left_shows_the_same_with_less() -> None:
    def shows(numbers: list[int]) -> bool:
        return sum(numbers) >= 5 and 3 in numbers

    left = shrink([0, 4, 9, 0, 3, 1, 0, 7, 2, 2, 0, 0], shows)
    assert shows(left)
    assert sorted(left) == [2, 3]


def test_shrinking_ends_when_nothing_smaller_shows_it() -> None:
    assert shrink([1, 2, 0], lambda numbers: numbers == [1, 2]) == [1, 2]
    assert shrink([5, 0], lambda _: True) == []
