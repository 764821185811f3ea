from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import validate_definitions

CREATE = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":states:::sns:publish"]]}
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "Role"}, f"{ARN}Role"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, f"{ARN}Example"),
        ({"Fn::Sub": "arn:${AWS::Partition}:${!kept}"}, "arn:aws:${!kept}"),
        (CREATE, "arn:aws:states:::sns:publish"),
        ({"Fn::Join": ["/", ["", "x"]]}, "/x"),
        ("", "(empty)"),
        ("{% 1 +\n 2 %}", "{% 1 +  2 %}"),
        ({"a": [{"Ref": "AWS::Partition"}, 1, None, {}]}, {"a": ["aws", 1, None, {}]}),
    ],
)
def test_intrinsic_functions_become_texts(value: object, expected: object) -> None:
    assert validate_definitions.resolve(value) == expected


def check(folder: Path, state: dict[str, Any], kind: str = "Definition") -> tuple[int, str]:
    definition: Any = {"QueryLanguage": "JSONata", "StartAt": "Do", "States": {"Do": state}}
    if kind == "DefinitionString":
        definition = json.dumps(definition)
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {kind: definition}}
    (folder / "Stack.template.json").write_text(
        json.dumps({"Resources": {"Machine": machine, "Topic": {"Type": "AWS::SNS::Topic"}}}),
        encoding="utf-8",
    )
    run = subprocess.run(
        [sys.executable, validate_definitions.__file__, folder],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def test_a_valid_machine_passes(tmp_path: Path) -> None:
    message = {"Message": "{% 1 %}", "Subject": "", "Lines": "one\ntwo"}
    state = {"Type": "Task", "Resource": CREATE, "Arguments": message, "End": True}
    code, output = check(tmp_path, state)
    assert code == 0, output


@pytest.mark.parametrize("kind", ["Definition", "DefinitionString"])
def test_a_machine_with_a_dangling_transition_fails(tmp_path: Path, kind: str) -> None:
    code, output = check(tmp_path, {"Type": "Pass", "Next": "Nowhere"}, kind)
    assert code == 1
    assert "Stack.Machine" in output
    assert "Nowhere" in output


def test_an_assembly_without_machines_fails(tmp_path: Path) -> None:
    (tmp_path / "Stack.template.json").write_text("{}", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, validate_definitions.__file__, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "no state machine" in run.stderr


def test_names_and_sizes_are_held_against_their_limits(tmp_path: Path) -> None:
    inner = {"StartAt": "n" * 81, "States": {"n" * 81: {"Type": "Succeed"}}}
    states = {"Do": {"Type": "Parallel", "Branches": [inner], "End": True}}
    definition = {"Comment": "c" * 1024 * 1024, "StartAt": "Do", "States": states}
    (tmp_path / "Machine.json").write_text(json.dumps(definition), encoding="utf-8")
    report = validate_definitions.check(tmp_path)
    too_large, too_long, *_ = report.broken
    assert "bytes; allowed: 1,048,576" in too_large
    assert "more than 80 characters" in too_long
    assert report.longest_name == 81


def test_figures_stand_beside_their_limits(tmp_path: Path) -> None:
    code, output = check(tmp_path, {"Type": "Succeed"})
    assert code == 0
    assert "1 state machine definitions checked" in output
    assert "the longest state name 2 of 80 characters" in output
