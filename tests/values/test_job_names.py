from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.jobs.request.check import request_problems
from constructs_trainers.values.job_names import (
    MAX_STEM,
    base_job_name_problems,
    certain_start,
    job_name_stem,
    name_patterns,
)

TOKEN = "${Token[TOKEN.12]}"  # noqa: S105  a CDK token
TEXTS = st.text() | st.text("aZ0-_. ", max_size=90)


@pytest.mark.parametrize(
    ("base", "model", "stem"),
    [
        (None, "meta-textgeneration-llama-3-2-1b-instruct", None),
        (None, "qwen2.5_7b", "qwen2-5-7b-sft"),
        ("", "m", "m-sft"),
        ("My_Job", "m", "my-job"),
        ("x" * 60, "m", "x" * 47),
        ("x" * 46 + "-y", "m", "x" * 46),
        ("--", "m", "job"),
        ("日本", "m", "job"),
        ("a\0b", "m", "a-b"),
        (TOKEN, "m", TOKEN),
        (f"Job_{TOKEN}", "m", f"Job_{TOKEN}"),
    ],
)
def test_stems(base: str | None, model: str, stem: str | None) -> None:
    assert job_name_stem(base, model, "SFT") == (stem or f"{model}-sft")


def test_47_characters_are_left_for_the_stem() -> None:
    assert MAX_STEM == 47


@given(
    base=st.none() | TEXTS,
    model=TEXTS,
    technique=st.sampled_from(["SFT", "DPO", "RLVR", "RLAIF"]) | TEXTS,
    digest=st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
    attempt=st.integers(1, 99),
)
def test_whatever_the_stem_the_name_is_valid(
    base: str | None, model: str, technique: str, digest: str, attempt: int
) -> None:
    name = f"{job_name_stem(base, model, technique)}-{digest}-{attempt}"
    assert re.fullmatch(r"[a-z0-9](-*[a-z0-9])*", name)
    assert len(name) <= 63
    assert request_problems({"TrainingJobName": name}, "DescribeTrainingJob") == []


@pytest.mark.parametrize("value", ["a", "My_job-1", "x" * 80, TOKEN, f"{TOKEN}-a", f"a_{TOKEN}"])
def test_good_base_names(value: str) -> None:
    assert base_job_name_problems("base_job_name", value) == []


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("llama.3 SFT", "write 'llama-3-sft'"),
        ("-a-", "write 'a'"),
        ("job\n", "write 'job'"),
        ("", None),
        ("--", None),
        (f"a.{TOKEN}", None),
        (3, None),
        (None, None),
    ],
)
def test_bad_base_names(value: object, fix: str | None) -> None:
    (problem,) = base_job_name_problems("base_job_name", value)
    assert (problem.path, problem.fix) == ("base_job_name", fix)


@pytest.mark.parametrize(
    ("stem", "start"),
    [
        ("chat", "chat-"),
        (TOKEN, ""),
        (f"Team_A-{TOKEN}", "team-a"),
        (f"a__b{TOKEN}c", "a--b"),
        (f"-{TOKEN}", "job"),
        ("x" * 60 + TOKEN, "x" * 47),
    ],
)
def test_the_certain_start_of_names(stem: str, start: str) -> None:
    assert certain_start(stem) == start


STEMS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,45}[a-z0-9])?", fullmatch=True)


@given(STEMS, STEMS, st.from_regex(r"[0-9a-f]{12}-[1-9][0-9]?", fullmatch=True))
def test_the_patterns_match_the_jobs_of_their_own_stem_only(
    stem: str, other: str, rest: str
) -> None:
    def matched(name: str) -> bool:
        # fnmatch knows IAM's two wildcards; a stem has none of its own.
        return any(fnmatchcase(name, pattern) for pattern in name_patterns(stem))

    assert matched(f"{stem}-{rest}")
    for another in (other, f"{stem}-{other}", f"{stem}{other}", f"{stem}-2"):
        assert another == stem or not matched(f"{another}-{rest}")
