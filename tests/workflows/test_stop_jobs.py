"""The machine that stops what executions left behind."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from constructs_trainers.workflows.job_name import job_name
from constructs_trainers.workflows.stop_jobs import stopper_definition, stopper_input
from tests.support.jsonata_states import EXECUTION, evaluate

FIELDS = {"executionArn": EXECUTION["Id"], "startDate": 1767323045678, "redriveCount": 2}


def item_states() -> dict[str, Any]:
    definition = copy.deepcopy(stopper_definition("aws"))
    states: dict[str, Any] = definition["States"]["StopEveryAttempt"]["ItemProcessor"]["States"]
    return states


@pytest.mark.parametrize("stem", ["sft", "meta-llama-sft", "My_Stem.1", "-x-", "", "a" * 60])
def test_it_names_every_attempt_as_the_execution_did(stem: str) -> None:
    told = stopper_input(stem, 3, FIELDS)  # type: ignore[arg-type]
    code = stopper_definition("aws")["States"]["StopEveryAttempt"]["Items"]
    found = evaluate(code, told)
    execution = {**EXECUTION, "RedriveCount": 2}
    # Only a stem with a token is brought into form by the execution; literals are valid already.
    token = "${Token[A.1]}"  # noqa: S105 - a token of the CDK
    expected = [
        evaluate(job_name(token).replace(token, stem), attempt=n, execution=execution)
        for n in (1, 2, 3)
    ]
    assert found == expected


def test_one_attempt_is_still_a_list() -> None:
    code = stopper_definition("aws")["States"]["StopEveryAttempt"]["Items"]
    assert len(evaluate(code, stopper_input("sft", 1, FIELDS))) == 1  # type: ignore[arg-type]


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
    branch = item_states()["IsNothingToStop"]
    (choice,) = branch["Choices"]
    nothing = evaluate(choice["Condition"], problem={"Error": error, "Cause": cause})
    assert (choice["Next"] if nothing else branch["Default"]) == state


def test_a_job_that_is_not_seen_yet_is_waited_for() -> None:
    (retry,) = item_states()["StopTrainingJob"]["Retry"]
    assert {"SageMaker.ResourceNotFoundException", "SageMaker.ResourceNotFound"} == set(
        retry["ErrorEquals"]
    )
    waits = [
        min(retry["MaxDelaySeconds"], retry["IntervalSeconds"] * retry["BackoffRate"] ** n)
        for n in range(retry["MaxAttempts"])
    ]
    assert 60 < sum(waits) < 180
