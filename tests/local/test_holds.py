from __future__ import annotations

import threading

from constructs_trainers.local.holds import Holds
from constructs_trainers.local.plan import Plan


def test_a_held_call_goes_on_when_a_plan_without_it_is_followed() -> None:
    holds = Holds()
    holds.follow(Plan(held=["StopTrainingJob"]))
    holds.wait("CreateTrainingJob")
    passed = threading.Event()

    def call() -> None:
        holds.wait("StopTrainingJob")
        passed.set()

    caller = threading.Thread(target=call, daemon=True)
    caller.start()
    holds.follow(Plan(held=["StopTrainingJob", "DescribeTrainingJob"]))
    assert not passed.is_set()
    holds.follow(Plan())
    caller.join(timeout=30)
    assert passed.is_set()
