"""A company's own trainer: its defaults, and what a caller gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_trainers import StoppingCondition
from tests.support.company_trainer import CompanySft
from tests.trainers.conftest import ROOT

LLAMA = "meta-textgeneration-llama-3-2-1b-instruct"


@pytest.fixture
def request_of(stack: cdk.Stack, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    """Makes the company's trainer with some more props, and gives its request."""
    monkeypatch.chdir(Path(ROOT))

    def made(**props: Any) -> dict[str, Any]:  # noqa: ANN401
        data = "s3://amzn-s3-demo-bucket/train.jsonl"
        given: dict[str, Any] = {"model": LLAMA, "training_dataset": data, "accept_eula": True}
        return CompanySft(stack, "Sft", team="nlp", **{**given, **props}).training_job_request

    return made


def test_the_companys_defaults_are_used(request_of: Any) -> None:  # noqa: ANN401
    assert request_of()["StoppingCondition"] == {"MaxRuntimeInSeconds": 6 * 3600}


def test_what_a_caller_gives_wins(request_of: Any) -> None:  # noqa: ANN401
    given = StoppingCondition(max_runtime_in_seconds=3600)
    request = request_of(stopping_condition=given)
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600}


def test_an_unknown_prop_is_named_with_the_companys_class(request_of: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match=r"^CompanySft: unknown prop 'teams'; did you mean 'team'"):
        request_of(teams="nlp")
