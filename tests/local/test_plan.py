from __future__ import annotations

import json
import threading

import pytest

from constructs_trainers.local.environment import MisuseError
from constructs_trainers.local.plan import Holds, Outcome, Plan, Rejection


@pytest.mark.parametrize(
    ("text", "status", "secondary", "reason"),
    [
        ("Completed", "Completed", "Completed", None),
        ("Failed:ClientError: bad data", "Failed", "Failed", "ClientError: bad data"),
        ("Stopped", "Stopped", "Stopped", None),
        ("Stopped:MaxRuntimeExceeded", "Stopped", "MaxRuntimeExceeded", None),
    ],
)
def test_an_outcome_is_written_as_status_and_detail(
    text: str, status: str, secondary: str, reason: str | None
) -> None:
    outcome = Outcome.parse(text)
    assert (outcome.status, outcome.secondary_status, outcome.failure_reason) == (
        status,
        secondary,
        reason,
    )


def test_a_failed_job_always_has_a_reason() -> None:
    assert Outcome.parse("Failed").failure_reason


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Complete", "Completed"),
        ("Completed:really", "Completed"),
        ("Stopped:MaxRuntimeExceded", "MaxRuntimeExceeded"),
        ("", None),
    ],
)
def test_a_mistyped_outcome_is_refused_with_what_was_meant(text: str, hint: str | None) -> None:
    with pytest.raises(MisuseError) as refused:
        Outcome.parse(text)
    (problem,) = refused.value.problems
    assert hint is None or hint in (problem.fix or "")


@pytest.mark.parametrize(
    ("text", "code", "count"),
    [
        ("ResourceLimitExceeded", "ResourceLimitExceeded", None),
        ("ThrottlingException:2", "ThrottlingException", 2),
    ],
)
def test_a_rejection_is_written_as_code_and_count(text: str, code: str, count: int | None) -> None:
    assert Rejection.parse(text) == Rejection(code=code, count=count)


@pytest.mark.parametrize("text", ["ResourceLimitExceded", "ThrottlingException:0", "a:b", ""])
def test_a_rejection_that_sagemaker_cannot_answer_is_refused(text: str) -> None:
    with pytest.raises(MisuseError):
        Rejection.parse(text)


def test_a_plan_survives_its_way_to_the_engine() -> None:
    plan = Plan(
        outcomes=(Outcome.parse("Failed:CapacityError: none left"), Outcome()),
        rejections=(
            Rejection(code="ThrottlingException", count=1, job_created=True),
            Rejection(code="ResourceInUse", operation="CreateHub"),
        ),
        import_failure="the document is no evaluator",
    )
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


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
