"""Names of jobs: new for each attempt, and valid whatever the stem."""

from __future__ import annotations

import re

import pytest

from constructs_trainers.workflows.job_name import job_name
from tests.support.jsonata import EXECUTION, evaluate, states

# API reference, CreateTrainingJob: TrainingJobName, 63 characters at most.
VALID = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def name(code: str, attempt: int = 1, **execution: object) -> str:
    value: str = evaluate(code, states=states({}, **execution), attempt=attempt)
    return value


def test_a_name_is_stem_digits_and_attempt() -> None:
    assert re.fullmatch(r"sft-[0-9a-f]{12}-2", name(job_name("sft"), attempt=2))


def test_attempts_redrives_starts_and_executions_have_names_of_their_own() -> None:
    code = job_name("sft")
    names = {
        name(code),
        name(code, attempt=2),
        name(code, RedriveCount=1),
        name(code, StartTime="2026-01-02T03:04:05.679Z"),
        name(code, Id=EXECUTION + "2"),
    }
    assert len(names) == 5


def test_the_same_execution_and_attempt_give_the_same_name() -> None:
    assert name(job_name("sft")) == name(job_name("sft"))


def test_an_execution_that_was_never_redriven_counts_as_none() -> None:
    execution = {"Id": EXECUTION, "StartTime": "2026-01-02T03:04:05.678Z", "Input": {}}
    without = evaluate(job_name("sft"), states={"context": {"Execution": execution}}, attempt=1)
    assert without == name(job_name("sft"), RedriveCount=0)


@pytest.mark.parametrize(
    "stem",
    ["My_Job", "-lead", "trail-", "UPPER", "a" * 80, "d.o.t", "ünïcode", "_", "x" * 46 + "-y"],
)
def test_a_stem_that_is_known_at_deployment_is_made_valid(stem: str) -> None:
    code = job_name("${Token[Stem.1]}").replace("${Token[Stem.1]}", stem)
    got = name(code, attempt=99)
    assert VALID.fullmatch(got)
    assert len(got) <= 63
    assert got == got.lower()
