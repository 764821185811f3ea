"""The machine that stops what executions left behind."""

from __future__ import annotations

import copy
import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_trainers.jobs.job_retry import MOST_ATTEMPTS
from constructs_trainers.values.job_names import name_patterns, unique_stem
from constructs_trainers.workflows.job_name import job_name
from constructs_trainers.workflows.stop_jobs import stopper_definition, stopper_input
from tests.support.jsonata_states import EXECUTION, evaluate
from tests.support.reference_jsonata import IS_INSTALLED, NOT_INSTALLED, ReferenceJsonata

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "${Token[A.1]}"  # noqa: S105 - a token of the CDK
FIELDS: dict[str, Any] = {
    "executionArn": EXECUTION["Id"],
    "startDate": 1767323045678,
    "redriveCount": 2,
}


def item_states() -> dict[str, Any]:
    definition = copy.deepcopy(stopper_definition())
    states: dict[str, Any] = definition["States"]["StopEveryAttempt"]["ItemProcessor"]["States"]
    return states


def names(stem: str, attempts: int, redrives: int = 2) -> Any:  # noqa: ANN401 - JSON
    """The names that it asks for."""
    fields: dict[str, Any] = {**FIELDS, "redriveCount": redrives}
    told = {"stem": stem, "attempts": attempts}
    code = stopper_definition()["States"]["StopEveryAttempt"]["Items"]
    return evaluate(code, stopper_input("as-deployed-now", fields), told=told)


@pytest.mark.parametrize("stem", ["sft", "meta-llama-sft", "My_Stem.1", "-x-", "", "a" * 60])
def test_it_names_every_attempt_as_the_execution_did(stem: str) -> None:
    # Only a stem with a token is brought into form by the execution; literals are valid already.
    expected = [
        evaluate(
            job_name(TOKEN), stem=stem, attempt=n, execution={**EXECUTION, "RedriveCount": redrive}
        )
        for redrive in (0, 1, 2)
        for n in (1, 2, 3)
    ]
    assert names(stem, 3) == expected


@pytest.fixture(scope="module")
def node() -> Iterator[ReferenceJsonata]:
    if not IS_INSTALLED:
        pytest.skip(NOT_INSTALLED)
    with ReferenceJsonata() as running:
        yield running


@settings(max_examples=300)
@given(
    st.text("aZ9_-", max_size=70),
    st.sampled_from(["meta--llama", "Qwen2.5__7b", "m", "x" * 50]),
    st.text(max_size=20),
)
def test_it_stops_the_jobs_of_every_name_that_a_trainer_may_be_given(
    node: ReferenceJsonata, base: str, model: str, owner: str
) -> None:
    stem = unique_stem(base or None, model, "SFT", owner)
    made = [
        node.evaluate(job_name(stem), stem=stem, attempt=n, execution=EXECUTION) for n in (1, 2)
    ]
    asked = stopper_definition()["States"]["StopEveryAttempt"]["Items"][2:-2]
    fields: dict[str, Any] = {**FIELDS, "redriveCount": 0}
    told = stopper_input("as-deployed-now", fields)
    assert node.evaluate(asked, told, told={"stem": stem, "attempts": 2}) == made
    # And its permissions are for them.
    for name in made:
        assert sum(fnmatchcase(name, pattern) for pattern in name_patterns(stem)) == 1


def test_one_attempt_is_still_a_list() -> None:
    assert len(names("sft", 1, redrives=0)) == 1


def test_of_many_redrives_the_last_ten_are_looked_through() -> None:
    found = names("sft", 3, redrives=500)
    assert len(set(found)) == len(found) == 30
    last = {**EXECUTION, "RedriveCount": 500}
    assert found[-1] == evaluate(job_name("sft"), stem="sft", attempt=3, execution=last)


def test_it_goes_by_the_definition_that_the_execution_ran() -> None:
    state = stopper_definition()["States"]["ReadDefinition"]
    assigned = {"stem": "as-it-was", "maxAttempts": 2}
    ran = {"States": {"PrepareRequest": {"Type": "Pass", "Assign": assigned}}}
    told = stopper_input("as-deployed-now", FIELDS)
    read = evaluate(state["Assign"]["told"], told, result={"Definition": json.dumps(ran)})
    assert read == {"stem": "as-it-was", "attempts": 2, "isRead": True}


def test_without_that_definition_it_goes_by_the_rule_and_asks_for_all_attempts() -> None:
    state = stopper_definition()["States"]["ReadDefinition"]
    told = stopper_input("as-deployed-now", FIELDS)
    (catch,) = state["Catch"]
    stem = evaluate(catch["Assign"]["told"]["stem"], told)
    assert (stem, catch["Assign"]["told"]["attempts"]) == ("as-deployed-now", MOST_ATTEMPTS)
    old = evaluate(state["Assign"]["told"], told, result={"Definition": '{"States": {}}'})
    assert old == {"stem": "as-deployed-now", "attempts": MOST_ATTEMPTS, "isRead": True}


@pytest.mark.parametrize(
    ("events", "is_created"),
    [
        ([], False),
        ([{"Type": "PassStateEntered"}], False),
        ([{"TaskScheduledEventDetails": {"Resource": "createTrainingJob"}}], False),
        ([{"TaskFailedEventDetails": {"Resource": "createTrainingJob"}}], False),
        ([{"TaskSucceededEventDetails": {"Resource": "describeHub"}}], False),
        ([{"TaskSucceededEventDetails": {"Resource": "createTrainingJob"}}], True),
        ([{"TaskSubmittedEventDetails": {"Resource": "createTrainingJob.sync"}}], True),
    ],
)
def test_the_history_tells_whether_a_job_was_created(
    events: list[dict[str, Any]], *, is_created: bool
) -> None:
    code = stopper_definition()["States"]["ReadHistory"]["Assign"]["isCreated"]
    told = stopper_input("sft", FIELDS)
    assert evaluate(code, told, result={"Events": events}) is is_created


def test_a_job_that_a_later_redrive_created_is_for_that_redrives_own_end() -> None:
    code = stopper_definition()["States"]["ReadHistory"]["Assign"]["isCreated"]
    fields: dict[str, Any] = {**FIELDS, "redriveCount": 0}
    created = {"TaskSucceededEventDetails": {"Resource": "createTrainingJob"}}
    for redrives in (0, 1):
        events = [*[{"Type": "ExecutionRedriven"}] * redrives, created]
        found = evaluate(code, stopper_input("sft", fields), result={"Events": events})
        assert found is (redrives == 0)


STOPPED, OVER, ABSENT = ({"Name": n, "Found": n} for n in ("Stopped", "Over", "NotThere"))
RUNNING = [{"Name": f"sft-{n}", "Found": "Running", "Problem": f"no {n}"} for n in (1, 2)]


@pytest.mark.parametrize(
    ("results", "is_created", "state"),
    [
        ([STOPPED], True, "NoneIsLeft"),
        ([OVER, ABSENT], True, "NoneIsLeft"),
        ([ABSENT], False, "NoneIsLeft"),
        ([ABSENT, ABSENT], True, "JobNotFound"),
        ([STOPPED, *RUNNING[:1]], True, "CouldNotStop"),
        ([ABSENT, *RUNNING], False, "CouldNotStop"),
    ],
)
def test_it_fails_when_a_job_may_still_run(
    results: list[dict[str, str]], state: str, *, is_created: bool
) -> None:
    known = after_all(results)
    branch = stopper_definition()["States"]["IsNoneLeft"]
    following = [
        choice["Next"]
        for choice in branch["Choices"]
        if evaluate(
            choice["Condition"],
            isCreated=is_created,
            mayBeCreated=True,
            told={"isRead": True},
            **known,
        )
    ]
    assert next(iter([*following, branch["Default"]])) == state


@pytest.mark.parametrize(("may_be", "state"), [(True, "JobNotFound"), (False, None)])
def test_who_could_not_read_the_definition_is_sure_of_nothing(
    state: str | None, *, may_be: bool
) -> None:
    branch = stopper_definition()["States"]["IsNoneLeft"]
    following = [
        choice["Next"]
        for choice in branch["Choices"]
        if evaluate(
            choice["Condition"],
            isCreated=False,
            mayBeCreated=may_be,
            told={"isRead": False},
            **after_all([ABSENT]),
        )
    ]
    assert following == ([] if state is None else [state])


def test_it_names_every_job_that_may_still_run() -> None:
    cause = cause_of("CouldNotStop", [STOPPED, *RUNNING])
    assert "sft-1, sft-2" in cause
    assert "no 1" in cause
    assert str(EXECUTION["Id"]) in cause


def test_it_tells_which_names_it_asked_for_when_none_is_there() -> None:
    cause = cause_of("JobNotFound", [{"Name": "sft-1", "Found": "NotThere"}])
    assert "none of these was found: sft-1." in cause


def after_all(results: list[dict[str, str]]) -> dict[str, Any]:
    assigned = stopper_definition()["States"]["StopEveryAttempt"]["Assign"]
    return {name: evaluate(code, result=results) for name, code in assigned.items()}


def cause_of(state: str, results: list[dict[str, str]]) -> str:
    code = stopper_definition()["States"][state]["Cause"]
    known = after_all(results)
    return str(evaluate(code, stopper_input("sft", FIELDS), isCreated=True, **known))


@pytest.mark.parametrize(
    ("error", "cause", "state"),
    [
        ("SageMaker.ResourceNotFoundException", "Requested resource not found.", "JobIsNotThere"),
        (
            "SageMaker.SageMakerException",
            "The request was rejected because the training job is in status Completed.",
            "JobIsOver",
        ),
        ("SageMaker.SageMakerException", "Requested resource not found.", "JobIsNotThere"),
        ("SageMaker.SageMakerException", "Rate exceeded", "WaitForAnotherLook"),
        ("SageMaker.SageMakerException", "not authorized", "WaitForAnotherLook"),
    ],
)
def test_what_there_is_to_stop(error: str, cause: str, state: str) -> None:
    assert after(error, cause, looks=7) == state


@pytest.mark.parametrize(
    ("error", "cause", "least", "most"),
    [
        ("SageMaker.ResourceNotFoundException", "Requested resource not found.", 60, 180),
        ("SageMaker.SageMakerException", "Requested resource not found.", 60, 180),
        ("SageMaker.SageMakerException", "Rate exceeded", 300, 1200),
    ],
)
def test_it_looks_again_for_a_while(error: str, cause: str, least: int, most: int) -> None:
    wait = item_states()["WaitForAnotherLook"]["Seconds"]
    waits: list[int] = []
    while after(error, cause, looks=len(waits) + 1) == "WaitForAnotherLook":
        waits.append(evaluate(wait, looks=len(waits) + 1))
    assert least < sum(waits) < most
    assert all(isinstance(seconds, int) for seconds in waits)


def after(error: str, cause: str, *, looks: int) -> str:
    """The state that follows a refusal."""
    branch = item_states()["IsNothingToStop"]
    problem = {"Error": error, "Cause": cause}
    for choice in branch["Choices"]:
        if evaluate(choice["Condition"], problem=problem, looks=looks):
            return str(choice["Next"])
    return str(branch["Default"])
