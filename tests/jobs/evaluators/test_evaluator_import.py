from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.jobs.evaluators.evaluator_import import (
    EvaluatorImport,
    evaluator_import,
    evaluator_name,
    evaluator_name_code,
    hub_display_name_code,
    hub_name,
    hub_name_code,
    registry_arns,
)
from constructs_trainers.jobs.request.check import request_problems
from constructs_trainers.jobs.request.service_model import shape
from constructs_trainers.values.arns import Environment
from constructs_trainers.values.expressions import Expression
from constructs_trainers.values.resource_names import evaluator_arn_problems
from tests.support.jsonata_states import evaluate

EXPECTED = Path(__file__).parents[4] / "shared" / "oracle" / "expected"
TOKEN = "${Token[TOKEN.12]}"  # noqa: S105  a CDK token
ARN = "arn:aws:lambda:us-west-2:123456789012:function:rf"
ACCOUNT = "123456789012"
REGIONS = st.from_regex(r"[a-z]{2}-[a-z]{4,9}-[1-9]", fullmatch=True)
ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)
HUB = hub_name("us-west-2", ACCOUNT)


def environment(account: str) -> Environment:
    return Environment(partition="aws", region="us-west-2", account=account)


def registered(lambda_arn: str = ARN, account: str = ACCOUNT) -> EvaluatorImport:
    return evaluator_import(lambda_arn, environment(account))


def deployed(value: object, token: str) -> Any:  # noqa: ANN401
    """What a value is once the deployment has put something in the place of the token."""
    if isinstance(value, Expression):
        return evaluate(value.code.replace(TOKEN, token))
    if isinstance(value, dict):
        return {key: deployed(item, token) for key, item in value.items()}
    return value.replace(TOKEN, token) if isinstance(value, str) else value


def test_the_requests_of_a_function() -> None:
    done = registered()
    name = evaluator_name(ARN)
    assert done.evaluator_arn == (
        f"arn:aws:sagemaker:us-west-2:{ACCOUNT}:hub-content/{HUB}/JsonDoc/{name}/1.0.0"
    )
    assert evaluator_arn_problems("EvaluatorArn", done.evaluator_arn) == []
    document = json.loads(done.import_request["HubContentDocument"])
    assert document["SubType"] == "AWS/Evaluator"
    assert json.loads(document["JsonContent"]) == {
        "Reference": ARN,
        "EvaluatorType": "RewardFunction",
    }
    assert done.describe_request.items() <= done.import_request.items()
    assert done.create_hub_request == {
        "HubName": HUB,
        "HubDisplayName": f"AiRegistry-us-west-2-{ACCOUNT}",
        "HubDescription": "AI Registry Hub",
    }


@pytest.mark.parametrize("lambda_arn", [ARN, f"{ARN}:live", TOKEN])
@pytest.mark.parametrize("account", [ACCOUNT, TOKEN])
def test_the_api_takes_every_request(lambda_arn: str, account: str) -> None:
    done = registered(lambda_arn, account)
    for operation, request in {
        "ImportHubContent": done.import_request,
        "DescribeHubContent": done.describe_request,
        "CreateHub": done.create_hub_request,
        "DescribeHub": done.describe_hub_request,
    }.items():
        assert request_problems(request, operation) == []


@pytest.mark.skipif(not EXPECTED.is_dir(), reason="no recorded requests")
def test_the_request_is_the_sdks_but_for_the_name() -> None:
    recorded = json.loads((EXPECTED / "rlvr_lambda_serverless.json").read_text())["requests"]
    expected = recorded["ImportHubContent"] | {"HubContentName": evaluator_name(ARN)}
    assert registered().import_request == expected
    sent = recorded["CreateTrainingJob"]["ServerlessJobConfig"]["EvaluatorArn"]
    # The recording answers another version than the one that was imported.
    ours = str(registered().evaluator_arn)
    assert ours.rpartition("/JsonDoc/")[0] == sent.rpartition("/JsonDoc/")[0]


def test_a_functions_token_gives_the_same_requests_at_run_time() -> None:
    done, known = registered(TOKEN), registered()
    assert isinstance(done.evaluator_arn, Expression)
    assert deployed(done.evaluator_arn, ARN) == known.evaluator_arn
    assert deployed(done.import_request, ARN) == known.import_request
    assert done.create_hub_request == known.create_hub_request


def test_an_accounts_token_gives_the_same_requests_at_run_time() -> None:
    done, known = registered(account=TOKEN), registered()
    assert deployed(done.evaluator_arn, ACCOUNT) == known.evaluator_arn
    assert deployed(done.import_request, ACCOUNT) == known.import_request
    assert deployed(done.create_hub_request, ACCOUNT) == known.create_hub_request
    assert deployed(done.describe_hub_request, ACCOUNT) == known.describe_hub_request


def test_policies_name_what_is_known() -> None:
    start = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}"
    assert registry_arns(ARN, environment(ACCOUNT)) == (
        f"{start}:hub/{HUB}",
        f"{start}:hub-content/{HUB}/JsonDoc/{evaluator_name(ARN)}/*",
    )


def test_policies_hold_wildcards_for_what_the_run_computes() -> None:
    start = f"arn:aws:sagemaker:us-west-2:{TOKEN}"
    assert registry_arns(TOKEN, environment(TOKEN)) == (
        f"{start}:hub/*",
        f"{start}:hub-content/*/JsonDoc/rlvr-reward-*/*",
    )


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


@pytest.mark.skipif(not EXPECTED.is_dir(), reason="no recorded requests")
def test_the_hub_is_the_recorded_one() -> None:
    recorded = json.loads((EXPECTED / "rlvr_lambda_serverless.json").read_text())
    sent = recorded["requests"]["ImportHubContent"]
    assert hub_name("us-west-2", "123456789012") == sent["HubName"]
