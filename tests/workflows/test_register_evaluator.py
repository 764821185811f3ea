from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.jobs.evaluators.evaluator_import import EvaluatorImport
from constructs_trainers.workflows.register_evaluator import registration_states
from tests.support.jsonata_states import evaluate

REGISTRATION = EvaluatorImport(
    evaluator_arn="",
    describe_hub_request={"HubName": "registry"},
    create_hub_request={"HubName": "registry", "HubDescription": "AI Registry Hub"},
    describe_request={"HubName": "registry", "HubContentName": "score"},
    import_request={"HubName": "registry", "HubContentName": "score"},
)


@pytest.fixture
def states() -> dict[str, Any]:
    return dict(registration_states(REGISTRATION, next_state="Create"))


def followers(state: dict[str, Any]) -> set[str]:
    branches = [*state.get("Catch", []), *state.get("Choices", [])]
    following = [state.get("Next"), state.get("Default"), *(branch["Next"] for branch in branches)]
    return {name for name in following if name is not None}


def test_every_state_leads_to_another_and_all_are_reached(states: dict[str, Any]) -> None:
    reached = {name for state in states.values() for name in followers(state)}
    assert reached == {*states, "Create"}


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"HubContentStatus": "DeleteFailed"}, "its status is DeleteFailed"),
        (
            {"HubContentStatus": "ImportFailed", "FailureReason": "no evaluator"},
            "its status is ImportFailed: no evaluator",
        ),
    ],
)
def test_an_evaluator_that_cannot_be_used_says_why(
    states: dict[str, Any], answer: dict[str, str], cause: str
) -> None:
    assigned = states["DescribeRewardFunction"]["Assign"]
    assert evaluate(assigned["registered"], result=answer) == answer["HubContentStatus"]
    assert evaluate(assigned["rejection"]["Cause"], result=answer) == cause
    rejection = {**assigned["rejection"], "Cause": cause}
    told = evaluate(states["RewardFunctionRejected"]["Cause"], rejection=rejection)
    assert told.endswith(f"no job was created. RewardFunctionNotUsable: {cause}")
