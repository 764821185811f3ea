"""Which events are about a trainer's jobs, and what is said of them."""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.loaders
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from constructs_trainers.jobs.job_events import (
    JOB_STATUSES,
    MESSAGE_PATHS,
    job_event_pattern,
    message_template,
    name_prefix_problems,
)
from constructs_trainers.values.job_names import certain_start, job_name_stem
from constructs_trainers.workflows.job_name import job_name
from tests.support.event_patterns import job_event, matches
from tests.support.jsonata_states import evaluate

OWN = "arn:aws:iam::123456789012:role/chat"
OTHER = "arn:aws:iam::123456789012:role/other"
JOBS = "arn:aws:sagemaker:us-west-2:123456789012:training-job/"
TOKEN = "${Token[TOKEN.12]}"  # noqa: S105 - a token of the CDK
HEX = "0123456789ab"

STEMS = st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?\Z")
DIGITS = st.from_regex(r"\A[0-9a-f]{12}\Z")
ATTEMPTS = st.integers(1, 99)


def pattern_of(stem: str = "chat", **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as the function takes them
    return job_event_pattern(
        **{
            "statuses": ["Completed"],
            "stem": stem,
            "role_arn": OWN,
            "job_arn_start": JOBS,
            **arguments,
        }
    )


def test_the_states_are_those_of_the_api() -> None:
    model = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    assert set(JOB_STATUSES) == set(model["shapes"]["TrainingJobStatus"]["enum"])


@given(STEMS, DIGITS, ATTEMPTS)
def test_a_trainers_own_jobs_match(stem: str, digits: str, attempt: int) -> None:
    event = job_event(f"{stem}-{digits}-{attempt}", role=OWN)
    assert matches(pattern_of(stem), event)


@given(STEMS, STEMS, DIGITS, ATTEMPTS)
def test_jobs_of_another_stem_never_match(stem: str, other: str, digits: str, attempt: int) -> None:
    assume(stem != other)
    for longer in (other, f"{stem}-{other}"):
        # Even where both trainers were given the same role.
        assert not matches(pattern_of(stem), job_event(f"{longer}-{digits}-{attempt}", role=OWN))


@pytest.mark.parametrize(
    "event",
    [
        job_event(f"chat-{HEX}-1", role=OTHER),
        job_event(f"chat-{HEX}-1", role=OWN, status="InProgress"),
        job_event(f"chat-large-{HEX}-1", role=OWN),
        job_event(f"chat--{HEX}-1-1", role=OWN),
        job_event(f"chat2-{HEX}-1", role=OWN),
        job_event("chat", role=OWN),
        job_event(f"chat-{HEX}-1", role=OWN) | {"source": "mine"},
        job_event(f"chat-{HEX}-1", role=OWN) | {"detail-type": "SageMaker Endpoint State Change"},
    ],
)
def test_other_events_do_not_match(event: dict[str, Any]) -> None:
    assert not matches(pattern_of(), event)


def test_a_prefix_that_is_only_known_at_deployment_narrows_beside_the_stem() -> None:
    pattern = pattern_of(name_prefix=TOKEN)
    event = job_event(f"chat-{HEX}-1", role=OWN)
    for prefix, narrowed in (("chat-0", True), ("chat", True), ("team-", False)):
        deployed = json.loads(json.dumps(pattern).replace(TOKEN, prefix))
        assert matches(deployed, event) is narrowed
        assert not matches(deployed, job_event(f"chat-large-{HEX}-1", role=OWN))


def test_a_prefix_that_all_names_have_changes_nothing() -> None:
    assert pattern_of(name_prefix="ch") == pattern_of(name_prefix="") == pattern_of()


@settings(max_examples=40)
@given(st.from_regex(r"\A[a-zA-Z0-9_-]{0,50}\Z"), st.from_regex(r"\A[a-zA-Z0-9_-]{0,20}\Z"))
def test_names_that_the_machine_makes_of_a_token_begin_as_was_certain(
    head: str, deployed: str
) -> None:
    name = str(evaluate(job_name(head + TOKEN), stem=head + deployed, attempt=1))
    start = certain_start(head + TOKEN)
    assert name.startswith(start)
    assert matches(pattern_of(head + TOKEN), job_event(name, role=OWN))


def test_a_stem_of_a_token_leaves_the_role_to_decide() -> None:
    pattern = pattern_of(f"Team_A-{TOKEN}")
    assert matches(pattern, job_event(f"team-a-x-y-z-{HEX}-1", role=OWN))
    assert not matches(pattern, job_event(f"team-a-x-y-z-{HEX}-1", role=OTHER))
    assert not matches(pattern, job_event(f"team-b-{HEX}-1", role=OWN))
    assert "TrainingJobName" not in pattern_of(TOKEN)["detail"]


@pytest.mark.parametrize(
    ("prefix", "stem"),
    [
        ("", "chat"),
        ("ch", "chat"),
        ("chat-", "chat"),
        (TOKEN, "chat"),
        (f"chat{TOKEN}", "chat"),
        ("anything", TOKEN),
        ("team-", f"team{TOKEN}"),
        ("te", f"team{TOKEN}"),
        (TOKEN, TOKEN),
    ],
)
def test_a_prefix_that_may_fit_is_taken(prefix: str, stem: str) -> None:
    assert name_prefix_problems("p", prefix, stem) == []


@pytest.mark.parametrize(
    ("prefix", "stem", "said"),
    [
        ("my-team-", "chat", "chat-<12 hex digits>-<attempt>"),
        ("chat-0", "chat", "leave it out"),
        ("Chat", "chat", "write 'chat'"),
        ("other", f"team{TOKEN}", "team..."),
    ],
)
def test_a_prefix_that_fits_no_name_is_refused(prefix: str, stem: str, said: str) -> None:
    (problem,) = name_prefix_problems("notifications.job_name_prefix", prefix, stem)
    assert problem.path == "notifications.job_name_prefix"
    assert problem.got == repr(prefix)
    assert said in str(problem)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-west-2", "console.aws.amazon.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        (TOKEN, "console.aws.amazon.com"),
    ],
)
def test_a_message_has_the_keys_of_the_sdk(region: str, host: str) -> None:
    template = message_template(region)
    message = json.loads(template)
    assert list(message) == [
        "Job",
        "Status",
        "Time",
        "Region",
        "Account",
        "Failure Reason",
        "Console",
    ]
    assert f"https://<region>.{host}/sagemaker/" in message["Console"]
    assert set(re.findall("<([a-z_]+)>", template)) == set(MESSAGE_PATHS)


def test_a_stem_that_names_a_model_is_matched_as_it_is_named() -> None:
    stem = job_name_stem(None, "meta-textgeneration-llama-3-2-1b-instruct", "SFT")
    assert matches(pattern_of(stem), job_event(f"{stem}-{HEX}-3", role=OWN))
