"""A few wrong props and inputs of a fixed seed; ``python -m tests.fuzz`` has as many as wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from tests.fuzz import wrong_inputs, wrong_props
from tests.fuzz.api_rules import broken_rules
from tests.fuzz.wrong_inputs import Guarded
from tests.support.reference_jsonata import IS_INSTALLED, NOT_INSTALLED, ReferenceJsonata

if TYPE_CHECKING:
    from pathlib import Path

SEED = 5


def test_wrong_props_are_told_or_right(tmp_path: Path) -> None:
    verdicts = [wrong_props.judge(f"{SEED}/{index}", tmp_path) for index in range(120)]
    assert [verdict.wrong for verdict in verdicts if verdict.wrong] == []
    refused = sum(verdict.is_refused for verdict in verdicts)
    assert 0 < refused < len(verdicts)


@pytest.mark.skipif(not IS_INSTALLED, reason=NOT_INSTALLED)
def test_a_machine_that_refuses_nothing_is_seen() -> None:
    request = REQUEST
    careless = Guarded(
        request=request,
        violations="{% [] %}",
        arguments="{% $merge([$request, {'RoleArn': $states.input.TrainingDataset}]) %}",
    )
    with ReferenceJsonata() as reference:
        verdicts = [
            wrong_inputs.judge(f"{SEED}/{index}", careless, reference) for index in range(40)
        ]
    assert any(verdict.wrong for verdict in verdicts)


REQUEST: dict[str, Any] = {
    "RoleArn": "arn:aws:iam::123456789012:role/job",
    "OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/out"},
}


@pytest.mark.parametrize(
    ("members", "broken"),
    [
        ({}, []),
        ({"RoleArn": "role"}, [".RoleArn: 4 is below 20"]),
        ({"Nope": 1}, [".Nope: unknown"]),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, ["is below 1"]),
        ({"RoleArn": cdk.Aws.REGION}, []),
    ],
)
def test_the_rules_are_those_of_the_api(members: dict[str, Any], broken: list[str]) -> None:
    found = broken_rules(REQUEST | members)
    assert len(found) >= len(broken)
    assert all(any(text in one for one in found) for text in broken)
    assert bool(found) is bool(broken)
