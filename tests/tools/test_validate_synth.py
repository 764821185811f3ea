from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools import validate_synth

APP = """
import aws_cdk as cdk

app = cdk.App()
stack = cdk.Stack(app, "Wrong")
cdk.CfnResource(stack, "Bucket", type="AWS::S3::Bucket", properties={"BucketNme": "data"})
cdk.CfnResource(stack, "Key", type="AWS::KMS::Key", properties={"KeySpec": "RSA_1"})
app.synth()
"""


def assembly_with(folder: Path, *violations: dict[str, Any]) -> Path:
    reports = [{"pluginName": "CloudFormation Validate", "violations": list(violations)}]
    report = {"version": "55.0.0", "pluginReports": reports if violations else []}
    (folder / validate_synth.REPORT_NAME).write_text(json.dumps(report), encoding="utf-8")
    return folder


def test_an_empty_report_has_no_problems(tmp_path: Path) -> None:
    assert validate_synth.problems(assembly_with(tmp_path)) == []


def test_a_warning_is_a_problem(tmp_path: Path) -> None:
    warning = {
        "ruleName": "W3030",
        "severity": "warning",
        "description": "KeySpec: 'RSA_1' is not one of [...]",
        "violatingConstructs": [{"constructPath": "Stack/Key"}],
    }
    assert validate_synth.problems(assembly_with(tmp_path, warning)) == [
        "warning W3030 at Stack/Key: KeySpec: 'RSA_1' is not one of [...]"
    ]


def test_a_missing_report_is_a_problem(tmp_path: Path) -> None:
    [problem] = validate_synth.problems(tmp_path)
    assert problem.endswith("is missing: template validation did not run")


def test_a_nested_stack_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "Child.nested.template.json").touch()
    [problem] = validate_synth.problems(assembly_with(tmp_path))
    assert problem.startswith("Child.nested.template.json is a nested stack")


def test_the_cdk_reports_wrong_properties_and_wrong_enum_values(tmp_path: Path) -> None:
    app = tmp_path / "wrong_app.py"
    app.write_text(APP, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, validate_synth.__file__, tmp_path / "out", "--app", f"python {app}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "error F3002 at Wrong/Bucket" in run.stderr
    assert "warning W3030 at Wrong/Key" in run.stderr
