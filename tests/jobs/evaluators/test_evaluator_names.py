from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.jobs.evaluators.evaluator_import import (
    evaluator_name,
    evaluator_name_code,
    hub_display_name_code,
    hub_name,
    hub_name_code,
)
from constructs_trainers.jobs.request.service_model import shape
from tests.support.jsonata_states import evaluate

ARN = "arn:aws:lambda:us-west-2:123456789012:function:rf"
REGIONS = st.from_regex(r"[a-z]{2}-[a-z]{4,9}-[1-9]", fullmatch=True)
ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)


def test_the_same_function_has_the_same_name() -> None:
    assert evaluator_name(ARN) == evaluator_name(ARN) == "rlvr-reward-3403dca511be"
    assert evaluator_name(ARN) != evaluator_name(f"{ARN}:1")


def test_the_hub_is_the_sdks() -> None:
    expected = "9IVHFNP5DC9J8QGIQ193ESR91NUC4JAR4I5AJ4H7K80LM5BEHKM0"
    assert hub_name("us-west-2", "123456789012") == expected


@given(arn=st.text(min_size=1))
def test_the_name_of_an_evaluator_is_the_same_at_run_time(arn: str) -> None:
    name = evaluator_name(arn)
    assert evaluate(evaluator_name_code("$arn"), arn=arn) == name
    pattern = shape("HubContentName").pattern
    assert pattern is not None
    assert pattern.fullmatch(name)


@given(region=REGIONS, account=ACCOUNTS)
def test_the_name_of_the_hub_is_the_same_at_run_time(region: str, account: str) -> None:
    code = hub_name_code(json.dumps(region), "$account")
    assert evaluate(code, account=account) == hub_name(region, account)
    assert re.fullmatch(r"[0-9A-V]{52}", hub_name(region, account))


def test_the_account_can_come_from_the_execution() -> None:
    account = "$split($states.context.Execution.Id, ':')[4]"
    region = "$split($states.context.Execution.Id, ':')[3]"
    assert evaluate(hub_name_code(region, account)) == hub_name("us-west-2", "123456789012")
    assert evaluate(hub_display_name_code(region, account)) == "AiRegistry-us-west-2-123456789012"


EXPECTED = Path(__file__).parents[4] / "shared" / "oracle" / "expected"


@pytest.mark.skipif(not EXPECTED.is_dir(), reason="no recorded requests")
def test_the_hub_is_the_recorded_one() -> None:
    recorded = json.loads((EXPECTED / "rlvr_lambda_serverless.json").read_text())
    sent = recorded["requests"]["ImportHubContent"]
    assert hub_name("us-west-2", "123456789012") == sent["HubName"]
