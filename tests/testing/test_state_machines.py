"""What a trainer's machine holds, for users' own tests."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers import testing


def machine(assigned: dict[str, Any] | None = None) -> dict[str, Any]:
    states = {"PrepareRequest": {"Type": "Pass", "Assign": assigned}} if assigned else {}
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"Definition": {"StartAt": "PrepareRequest", "States": states}},
    }


TEMPLATE = {
    "Resources": {
        "SftStateMachine40E91E38": machine({"request": {"RoleArn": {"Ref": "Role"}}}),
        "OuterSftStateMachineABCDEF01": machine({"request": {"RoleArn": "outer"}}),
        "OtherMachine12345678": machine(),
    }
}


def test_a_definition_is_found_by_construct_id_path_and_logical_id() -> None:
    by_id = testing.definition(TEMPLATE, "Sft")
    assert by_id == testing.definition(TEMPLATE, "SftStateMachine40E91E38")
    assert testing.request(TEMPLATE, "Outer/Sft") == {"RoleArn": "outer"}


def test_what_is_not_there_is_answered_with_what_is() -> None:
    with pytest.raises(LookupError, match="OtherMachine12345678"):
        testing.definition(TEMPLATE, "Dpo")


def test_a_machine_that_is_no_trainer_has_no_request() -> None:
    with pytest.raises(LookupError, match="not a trainer's"):
        testing.request(TEMPLATE, "OtherMachine")


def test_a_request_reads_as_data_and_not_as_jsonata() -> None:
    template = {"Resources": {"A00000000": machine({"request": {"x": '{% "{% y %}" %}'}})}}
    assert testing.request(template, "A") == {"x": "{% y %}"}


def test_a_changed_definition_does_not_change_the_template() -> None:
    testing.definition(TEMPLATE, "Sft")["States"].clear()
    assert testing.definition(TEMPLATE, "Sft")["States"]
