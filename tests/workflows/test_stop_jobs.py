"""The machine that stops what executions left behind."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_trainers.values.job_names import job_name_stem
from constructs_trainers.workflows.job_name import job_name
from constructs_trainers.workflows.stop_jobs import stopper_definition, stopper_input
from tests.support.jsonata_states import EXECUTION, evaluate

FIELDS: dict[str, Any] = {
    "executionArn": EXECUTION["Id"],
    "startDate": 1767323045678,
    "redriveCount": 2,
}


def item_states() -> dict[str, Any]:
    definition = copy.deepcopy(stopper_definition())
    states: dict[str, Any] = definition["States"]["StopEveryAttempt"]["ItemProcessor"]["States"]
    return states


@pytest.mark.parametrize("stem", ["sft", "meta-llama-sft", "My_Stem.1", "-x-", "", "a" * 60])
def test_it_names_every_attempt_as_the_execution_did(stem: str) -> None:
    told = stopper_input(stem, 3, FIELDS)
    code = stopper_definition()["States"]["StopEveryAttempt"]["Items"]
    found = evaluate(code, told)
    # Only a stem with a token is brought into form by the execution; literals are valid already.
    token = "${Token[A.1]}"  # noqa: S105 - a token of the CDK
    expected = [
        evaluate(
            job_name(token).replace(token, stem),
            attempt=n,
            execution={**EXECUTION, "RedriveCount": redrive},
        )
        for redrive in (0, 1, 2)
        for n in (1, 2, 3)
    ]
    assert found == expected


@settings(max_examples=60)
@given(st.text("aZ9_-", max_size=70), st.sampled_from(["meta--llama", "Qwen2.5__7b", "m"]))
def test_it_stops_the_jobs_of_every_name_that_a_trainer_may_be_given(base: str, model: str) -> None:
    stem = job_name_stem(base or None, model, "SFT")
    fields: dict[str, Any] = {**FIELDS, "redriveCount": 0}
    told = stopper_input(stem, 2, fields)
    found = evaluate(stopper_definition()["States"]["StopEveryAttempt"]["Items"], told)
    without = {**EXECUTION, "RedriveCount": 0}
    assert found == [evaluate(job_name(stem), attempt=n, execution=without) for n in (1, 2)]


def test_one_attempt_is_still_a_list() -> None:
    code = stopper_definition()["States"]["StopEveryAttempt"]["Items"]
    fields: dict[str, Any] = {**FIELDS, "redriveCount": 0}
    told = stopper_input("sft", 1, fields)
    assert len(evaluate(code, told)) == 1


def test_of_many_redrives_the_last_ten_are_looked_through() -> None:
    code = stopper_definition()["States"]["StopEveryAttempt"]["Items"]
    fields: dict[str, Any] = {**FIELDS, "redriveCount": 500}
    told = stopper_input("sft", 3, fields)
    names = evaluate(code, told)
    assert len(set(names)) == len(names) == 30
    token = "${Token[A.1]}"  # noqa: S105 - a token of the CDK
    last = job_name(token).replace(token, "sft")
    assert names[-1] == evaluate(last, attempt=3, execution={**EXECUTION, "RedriveCount": 500})


@pytest.mark.parametrize(
    ("error", "cause", "state"),
    [
        ("SageMaker.ResourceNotFoundException", "Requested resource not found.", "NothingToStop"),
        (
            "SageMaker.SageMakerException",
            "The request was rejected because the training job is in status Completed.",
            "NothingToStop",
        ),
        ("SageMaker.SageMakerException", "Requested resource not found.", "NothingToStop"),
        ("SageMaker.SageMakerException", "Rate exceeded", "CouldNotStop"),
        ("SageMaker.SageMakerException", "not authorized to StopTrainingJob", "CouldNotStop"),
    ],
)
def test_nothing_to_stop_is_success(error: str, cause: str, state: str) -> None:
    assert after(error, cause, looks=7) == state


@pytest.mark.parametrize(
    "error", ["SageMaker.ResourceNotFoundException", "SageMaker.SageMakerException"]
)
def test_a_job_that_is_not_seen_yet_is_waited_for(error: str) -> None:
    wait = item_states()["WaitUntilSeen"]["Seconds"]
    waits: list[int] = []
    while after(error, "Requested resource not found.", looks=len(waits) + 1) == "WaitUntilSeen":
        waits.append(evaluate(wait, looks=len(waits) + 1))
    assert 60 < sum(waits) < 180
    assert all(isinstance(seconds, int) for seconds in waits)


def after(error: str, cause: str, *, looks: int) -> str:
    """The state that follows a refusal."""
    branch = item_states()["IsNothingToStop"]
    problem = {"Error": error, "Cause": cause}
    for choice in branch["Choices"]:
        if evaluate(choice["Condition"], problem=problem, looks=looks):
            return str(choice["Next"])
    return str(branch["Default"])
