"""cdk-nag's AwsSolutions pack finds nothing in what trainers make that has no reason beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

import constructs_trainers as ct
from constructs_trainers.jobs.permissions.statements import Statement
from constructs_trainers.trainers.resources.acknowledged_findings import (
    acknowledge_wildcards,
    readable,
)
from tests.support.many_trainers import ALL
from tests.support.templates import template_of
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


def resources_of(stack: cdk.Stack, name: str) -> list[dict[str, Any]]:
    """The resources of the template whose logical ids begin with a name."""
    resources: dict[str, dict[str, Any]] = template_of(stack)["Resources"]
    return [resource for key, resource in resources.items() if key.startswith(name)]


def suppressed(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """What a resource tells cdk-nag 2."""
    rules: list[dict[str, Any]] = (
        resource.get("Metadata", {}).get("cdk_nag", {}).get("rules_to_suppress", [])
    )
    return rules


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


def test_nothing_is_found_in_a_sweep_whose_bucket_has_a_key(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3

    key = kms.Key(stack, "Key", enable_key_rotation=True)
    bucket = s3.Bucket.from_bucket_attributes(
        stack, "Runs", bucket_name="amzn-s3-demo-runs", encryption_key=key
    )
    manifest = ct.SweepManifest(bucket=bucket, key="runs.jsonl")
    trainer = make_trainer("SFT", hub="all techniques")
    ct.TrainingPipeline(stack, "Pipeline", stages=[ct.Sweep(trainer=trainer, manifest=manifest)])
    assert findings(stack) == []


def test_nothing_is_found_in_a_trainer_that_goes_on_from_another(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    first = make_trainer("SFT", hub="all techniques", construct_id="First")
    make_trainer("SFT", hub="all techniques", construct_id="Second", model=first)
    group = cdk.Fn.import_value("GroupArn")
    make_trainer("SFT", hub="all techniques", construct_id="Third", model_package_group=group)
    assert findings(stack) == []


def test_nothing_is_found_in_a_machine_of_the_users_for_what_train_brings(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    from aws_cdk import aws_stepfunctions as sfn

    trainer = make_trainer("SFT", hub="all techniques")
    sfn.StateMachine(
        stack, "Own", definition_body=sfn.DefinitionBody.from_chainable(trainer.train())
    )
    template_of(stack)
    assert [finding for finding in findings(stack) if "IAM5" in finding] == []
    policy = resources_of(stack, "OwnRoleDefaultPolicy")[0]
    texts = [text for rule in suppressed(policy) for text in rule["applies_to"]]
    assert [text.rpartition("<")[2] for text in texts] == ["TrainerStateMachine5485FDE3.Name>:*"]


def test_cdk_nag_2_reads_the_same_reasons_in_the_template(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(hub="all techniques")
    told = {
        (f"{rule['id']}[{text}]" if text else rule["id"], rule["reason"])
        for resource in resources_of(stack, "")
        for rule in suppressed(resource)
        for text in rule.get("applies_to", [""])
    }
    assert told == set(acknowledged(stack))
    bucket = resources_of(stack, "ConstructsTrainersOutput")[0]
    assert [rule["id"] for rule in suppressed(bucket)] == ["AwsSolutions-S1"]
    # cdk-nag 2 takes no id that has a finding in it, and no short reason.
    assert all("[" not in rule["id"] for rule in suppressed(bucket))


def test_the_inline_policies_of_a_role_are_told_of_on_the_role(stack: cdk.Stack) -> None:
    from aws_cdk import aws_iam as iam

    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    needed = Statement(["s3:Get*"], ["arn:aws:s3:::amzn-s3-demo-bucket/*"], reason="reading all")
    role.attach_inline_policy(
        iam.Policy(stack, "Attached", statements=[iam.PolicyStatement.from_json(needed.to_json())])
    )
    acknowledge_wildcards(role, [needed])
    acknowledge_wildcards(role, [needed])
    why = "Needed for reading all. docs/iam.md of constructs-trainers has the table of permissions."
    texts = ["Action::s3:Get*", "Resource::arn:aws:s3:::amzn-s3-demo-bucket/*"]
    rules = [{"id": "AwsSolutions-IAM5", "reason": why, "applies_to": texts}]
    assert suppressed(resources_of(stack, "Role")[0]) == rules


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
