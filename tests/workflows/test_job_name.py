"""The names of training jobs."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_trainers.values.job_names import job_name_stem
from constructs_trainers.workflows.job_name import job_name
from tests.support.jsonata_states import EXECUTION, evaluate

# API reference, CreateTrainingJob, TrainingJobName.
API_PATTERN = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", re.ASCII)
TOKEN = "${Token[Stem.1]}"  # noqa: S105 - a token of the CDK


def name_for(stem: str, attempt: int = 1, **execution: object) -> str:
    code = job_name(stem)
    return str(evaluate(code, stem=stem, attempt=attempt, execution={**EXECUTION, **execution}))


def name_at_deployment(value: str, attempt: int = 1) -> str:
    """The name where a token in the stem turned out to be this text."""
    return str(evaluate(job_name(TOKEN), stem=value, attempt=attempt))


@settings(max_examples=40)
@given(st.text(max_size=70), st.integers(1, 99))
def test_a_name_is_valid_whatever_the_stem(base: str, attempt: int) -> None:
    name = name_for(job_name_stem(base or None, "meta-llama", "SFT"), attempt)
    assert API_PATTERN.fullmatch(name)
    assert len(name) <= 63
    assert name.endswith(f"-{attempt}")


@settings(max_examples=40)
@given(st.text("aZ9-_ .é😀", max_size=70), st.integers(1, 99))
def test_a_name_is_valid_whatever_a_token_turns_out_to_be(value: str, attempt: int) -> None:
    name = name_at_deployment(value, attempt)
    assert API_PATTERN.fullmatch(name)
    assert name == name.lower()


@pytest.mark.parametrize(
    ("value", "stem"),
    [
        ("My_Stack.Sft", "my-stack-sft"),
        ("", "job"),
        ("---", "job"),
        ("-a-", "job-a"),
        ("é", "job"),
        ("x" * 99, "x" * 47),
        ("x" * 46 + "--y", "x" * 46),
    ],
)
def test_a_stem_from_a_token_is_brought_into_form(value: str, stem: str) -> None:
    assert name_at_deployment(value).rsplit("-", 2)[0] == stem


def test_a_name_tells_executions_starts_redrives_and_attempts_apart() -> None:
    names = [
        name_for("sft"),
        name_for("sft", 2),
        name_for("sft", RedriveCount=1),
        name_for("sft", Id="arn:aws:states:us-west-2:123456789012:execution:Sft:run-2"),
        name_for("sft", StartTime="2026-01-02T03:04:05.679Z"),
    ]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"sft-[0-9a-f]{12}-[12]", name) for name in names)


def test_who_knows_the_execution_can_compute_the_name() -> None:
    identity = f"{EXECUTION['Id']}/1767323045678/0/1"
    digits = hashlib.sha256(identity.encode()).hexdigest()[:12]
    assert name_for("sft") == f"sft-{digits}-1"
    without = {key: value for key, value in EXECUTION.items() if key != "RedriveCount"}
    found = evaluate(job_name("sft"), stem="sft", attempt=1, execution=without)
    assert found == name_for("sft")
