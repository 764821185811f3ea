"""cdk-nag's AwsSolutions pack finds nothing in what trainers make that has no reason beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

import constructs_trainers as ct
from constructs_trainers.trainers.resources.acknowledged_findings import readable
from tests.support.many_trainers import ALL
from tests.support.trainers import TrainerMaker
from tests.trainers.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs import IConstruct

cdk_nag = pytest.importorskip("cdk_nag", reason="cdk-nag is among the tools for development only")


def findings(scope: IConstruct) -> list[str]:
    """What the pack finds, as ``<path of the resource> <rule>``."""
    report = cdk_nag.AwsSolutionsChecks().validate_scope(scope)
    return [
        f"{resource.construct_path} {violation.rule_name}"
        for violation in report.violations
        for resource in violation.violating_resources
    ]


def acknowledged(scope: IConstruct) -> Iterator[tuple[str, str]]:
    """The findings that are acknowledged, each with its reason."""
    for construct in scope.node.find_all():
        for entry in construct.node.metadata:
            if entry.type == cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY:
                yield from entry.data.items()


def test_the_pack_finds_what_is_wrong(stack: cdk.Stack) -> None:
    from aws_cdk import aws_s3 as s3

    s3.Bucket(stack, "Open")
    assert "Stack/Open/Resource AwsSolutions-S1" in findings(stack)


def test_nothing_is_found_in_any_trainer(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    for index, (technique, props) in enumerate(ALL.values()):
        make_trainer(technique, hub="all techniques", construct_id=f"Trainer{index}", **props)
    assert findings(stack) == []


def test_nothing_is_found_in_a_pipeline(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    first = make_trainer("SFT", hub="all techniques", construct_id="First")
    manifest = ct.SweepManifest(s3_uri="s3://amzn-s3-demo-runs/runs.jsonl")
    ct.TrainingPipeline(
        stack,
        "Pipeline",
        stages=[
            ct.Stage(trainer=first, input_data_config={"train": "s3://amzn-s3-demo-other/a"}),
            ct.Sweep(
                trainer=make_trainer("SFT", hub="all techniques", construct_id="Second"),
                manifest=manifest,
            ),
        ],
        schedule="rate(1 day)",
        on_new_data=[ct.NewData(s3_uri="s3://amzn-s3-demo-other/new/", stage="First")],
    )
    assert findings(stack) == []


def test_nothing_is_found_in_the_example(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:  # noqa: ANN401 - a path
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CDK_OUTDIR", str(tmp_path))
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    monkeypatch.setenv("CDK_CONTEXT_JSON", json.dumps(context))
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile((ROOT / "app.py").read_text(), "app.py", "exec"), names)  # noqa: S102 - the project's own app
    assert findings(names["app"]) == []


def test_every_finding_that_is_acknowledged_has_a_reason(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(hub="all techniques")
    reasons = dict(acknowledged(stack))
    assert len(reasons) >= 6
    assert all(len(reason) > 40 for reason in reasons.values())
    assert reasons[
        "AwsSolutions-IAM5[Resource::arn:aws:s3:::amzn-s3-demo-bucket/train.jsonl*]"
    ] == (
        "Needed for InputDataConfig.DataSource.S3DataSource.S3Uri: the objects whose names begin "
        "with the URI's key. docs/iam.md of constructs-trainers has the table of permissions."
    )


def test_wildcards_that_come_from_elsewhere_are_found(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    from aws_cdk import aws_iam as iam

    trainer = make_trainer(hub="all techniques")
    trainer.role.add_to_principal_policy(
        iam.PolicyStatement(actions=["s3:Get*"], resources=["arn:aws:s3:::amzn-s3-demo-other/*"])
    )
    trainer.state_machine.add_to_role_policy(
        iam.PolicyStatement(actions=["sns:Publish"], resources=["arn:aws:sns:*:*:news"])
    )
    assert {finding.partition(" ")[2] for finding in findings(stack)} == {
        "AwsSolutions-IAM5[Action::s3:Get*]",
        "AwsSolutions-IAM5[Resource::arn:aws:s3:::amzn-s3-demo-other/*]",
        "AwsSolutions-IAM5[Resource::arn:aws:sns:*:*:news]",
    }


def test_an_odd_name_of_an_object_breaks_nothing(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(hub="all techniques", training_dataset="s3://amzn-s3-demo-bucket/odd)]::{name")
    assert findings(stack) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"Ref": "Bucket"}, "<Bucket>"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "<Role.Arn>"),
        ({"Fn::Sub": "a-${AWS::AccountId}"}, "a-<AWS::AccountId>"),
        ({"Fn::ImportValue": {"Fn::Sub": "x"}}, "x"),
        ({"Fn::Join": ["", ["a", {"Ref": "B"}, "/*"]]}, "a<B>/*"),
        ({"Fn::Join": ["", {"Ref": "List"}]}, '{"Fn::Join":["",{"Ref":"List"}]}'),
        ({"Fn::Select": [1, {"Ref": "L"}]}, '{"Fn::Select":[1,{"Ref":"L"}]}'),
        (["a", 1], '["a",1]'),
    ],
)
def test_values_read_as_in_the_findings(value: object, text: str) -> None:
    assert readable(value) == text
