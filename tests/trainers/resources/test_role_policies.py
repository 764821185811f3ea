"""Policies of roles: where they stand, and whether IAM takes them however many share a role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam

import constructs_trainers as ct
from tests.support.many_trainers import IMAGE, own_instances
from tests.support.role_policies import characters, documents_of, plain, roles_of, statements_of
from tests.support.templates import template_of

if TYPE_CHECKING:
    from pathlib import Path

    from constructs import IConstruct

    from tests.support.trainers import TrainerMaker

MOST, MOST_OF_A_MANAGED_ONE = 10_240, 6_144
MANAGED = "AWS::IAM::ManagedPolicy"
OWN: dict[str, Any] = {"compute": own_instances(), "training_image": IMAGE}


def job_role(scope: cdk.Stack) -> iam.Role:
    return iam.Role(scope, "Shared", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


def size_of_largest_role(template: dict[str, Any]) -> int:
    return max(
        sum(characters(document) for document in documents_of(template, role))
        for role in roles_of(template)
    )


def actions(statements: list[dict[str, Any]]) -> set[str]:
    listed = (statement["Action"] for statement in statements)
    return {a for given in listed for a in ([given] if isinstance(given, str) else given)}


def test_a_trainers_own_roles_hold_their_permissions_themselves(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer()
    template = template_of(stack)
    policies = [n for n, r in template["Resources"].items() if r["Type"] == "AWS::IAM::Policy"]
    # What the stack's stopper may do for a trainer goes with the trainer.
    assert policies == ["SftStopperPolicy5C4C324E"]
    assert "s3:PutObject" in actions(statements_of(template, "SftRole"))
    assert "iam:PassRole" in actions(statements_of(template, "SftStateMachineRole"))


def test_what_a_user_grants_comes_on_top(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    trainer = make_trainer()
    trainer.state_machine.add_to_role_policy(
        iam.PolicyStatement(actions=["sqs:SendMessage"], resources=["*"])
    )
    iam.Grant.add_to_principal(grantee=trainer, actions=["sqs:Purge"], resource_arns=["*"])
    template = template_of(stack)
    assert {"sqs:Purge", "s3:PutObject"} <= actions(statements_of(template, "SftRole"))
    machine = actions(statements_of(template, "SftStateMachineRole"))
    assert {"sqs:SendMessage", "iam:PassRole", "xray:PutTraceSegments"} <= machine


def test_forty_trainers_may_share_a_role(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    role = job_role(stack)
    for index in range(40):
        data = f"s3://amzn-s3-demo-bucket/team-{index}/train.jsonl"
        make_trainer(role=role, construct_id=f"Trainer{index}", training_dataset=data)
    template = template_of(stack)
    assert size_of_largest_role(template) <= MOST
    managed = documents_of(template, "Shared", MANAGED)
    assert 0 < len(managed) < 10
    assert all(characters(document) <= MOST_OF_A_MANAGED_ONE for document in managed)
    held = json.dumps(plain([*documents_of(template, "Shared"), *managed]))
    for index in range(40):
        assert f"team-{index}/train.jsonl*" in held
        assert f"-Trainer{index}-" in held


def test_forty_trainers_with_roles_of_their_own(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    other = cdk.Stack(cdk.Stage.of(stack), "Other", env=stack_environment(stack))
    for index in range(40):
        scope = stack if index % 2 else other
        make_trainer(scope=scope, construct_id=f"TrainerOfSomeTeam{index}")
    for one in (stack, other):
        template = template_of(one)
        assert size_of_largest_role(template) <= MOST
        # As many stoppers as have room for all trainers, and each trainer has one.
        rules = [r for r in template["Resources"].values() if r["Type"] == "AWS::Events::Rule"]
        assert len(rules) == 20
        stoppers = {json.dumps(rule["Properties"]["Targets"][0]["Arn"]) for rule in rules}
        assert 1 < len(stoppers) < 4


def stack_environment(stack: cdk.Stack) -> cdk.Environment:
    return cdk.Environment(account=stack.account, region=stack.region)


def test_trainers_of_two_stacks_share_a_role_of_a_third(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    role = job_role(stack)
    others = [
        cdk.Stack(cdk.Stage.of(stack), name, env=stack_environment(stack)) for name in ("A", "B")
    ]
    for other in others:
        make_trainer(scope=other, role=role)
    for other in others:
        # Each has the policy for what it has, or the stacks would depend on each other.
        (policy,) = (
            resource["Properties"]
            for resource in template_of(other)["Resources"].values()
            if resource["Type"] == "AWS::IAM::Policy"
            and "Stopper" not in str(resource["Properties"]["PolicyName"])
        )
        assert "SharedDACC02AA" in json.dumps(policy["Roles"])
        assert f"{other.stack_name}-Sft-" in json.dumps(policy["PolicyDocument"])


def test_a_role_that_too_many_share_is_told(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    role = job_role(stack)

    def make(index: int) -> None:
        folder = f"s3://amzn-s3-demo-bucket/{index}-{'x' * 100}"
        overrides = ct.RuntimeOverrides(training_dataset=[f"{folder}/{n}" for n in range(6)])
        make_trainer(role=role, construct_id=f"T{index}", runtime_overrides=overrides)

    with pytest.raises(ct.TrainerError, match=r"role: is shared by more trainers") as error:
        list(map(make, range(60)))
    (problem,) = error.value.problems
    assert "one model_package_group" in (problem.fix or "")
    template = template_of(stack)
    assert len(documents_of(template, "Shared", MANAGED)) == 10


def test_what_is_added_to_a_shared_policy_is_kept(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(role=job_role(stack))
    (policy,) = (
        child for child in stack.node.children if child.node.id.startswith("ConstructsTrainersJob")
    )
    assert isinstance(policy, iam.Policy)
    everywhere: dict[str, Any] = {"actions": ["s3:DeleteObject"], "resources": ["*"]}
    policy.add_statements(iam.PolicyStatement(effect=iam.Effect.DENY, **everywhere))
    # Also by an aspect, and by whoever has the document.
    cdk.Aspects.of(stack).add(_AddsStatement())
    statements = statements_of(template_of(stack), "Shared")
    denied = [one for one in statements if one["Effect"] == "Deny"]
    assert actions(denied) == {"s3:DeleteObject", "s3:PutBucketPolicy"}
    assert "s3:PutObject" in actions(statements)


@jsii.implements(cdk.IAspect)
class _AddsStatement:
    def visit(self, node: IConstruct) -> None:
        if isinstance(node, iam.Policy) and node.node.id.startswith("ConstructsTrainersJob"):
            denied: dict[str, Any] = {"actions": ["s3:PutBucketPolicy"], "resources": ["*"]}
            node.document.add_statements(iam.PolicyStatement(effect=iam.Effect.DENY, **denied))


def test_what_is_no_longer_there_has_no_permissions(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    role = job_role(stack)
    kept = make_trainer(role=role, construct_id="Kept")
    make_trainer(role=role, construct_id="Removed")
    stack.node.try_remove_child("Removed")
    kept.train({"train": "s3://amzn-s3-demo-bucket/of-a-run.jsonl"})
    kept.node.try_remove_child("Train")
    held = json.dumps(plain(statements_of(template_of(stack), "Shared")))
    assert "-Kept-" in held
    assert "Removed" not in held
    assert "of-a-run" not in held


def test_a_trainer_that_is_refused_late_leaves_no_permissions(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    class Odd(ct.SFTTrainer):
        @property
        def allowed_input(self) -> Any:  # noqa: ANN401 - never reached
            raise ValueError(self.node.path)

    role = job_role(stack)
    make_trainer(role=role, construct_id="First")
    with pytest.raises(ValueError, match="Stack/Odd"):
        Odd(stack, "Odd", role=role, **make_trainer.props())
    places = [f"s3://amzn-s3-demo-bucket-{n}/{'x' * 100}" for n in range(60)]
    overrides = ct.RuntimeOverrides(training_dataset=places)
    with pytest.raises(ct.TrainerError, match="names more places"):
        make_trainer(role=role, construct_id="Third", runtime_overrides=overrides)
    text = json.dumps(template_of(stack))
    assert "First" in text
    assert not [name for name in ("Odd", "Third", "demo-bucket-0") if name in text]


MUCH = iam.PolicyStatement(
    actions=["s3:GetObject"],
    resources=[f"arn:aws:s3:::amzn-s3-demo-bucket-{n}/{'x' * 50}" for n in range(105)],
)


def test_what_a_given_role_has_inline_is_counted(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    role = iam.Role(
        stack,
        "Shared",
        assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"),
        inline_policies={"Mine": iam.PolicyDocument(statements=[MUCH])},
    )
    make_trainer(role=role)
    template = template_of(stack)
    assert size_of_largest_role(template) <= MOST
    (document,) = documents_of(template, "Shared", MANAGED)
    assert "-Sft-" in json.dumps(plain(document))


def test_what_a_given_role_has_in_managed_policies_is_counted(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    role = job_role(stack)
    role.add_to_policy(MUCH)
    for n in range(10):
        arn = f"arn:aws:iam::aws:policy/Policy{n}"
        role.add_managed_policy(iam.ManagedPolicy.from_managed_policy_arn(stack, f"P{n}", arn))
    with pytest.raises(ct.TrainerError, match="role: is shared by more trainers"):
        make_trainer(role=role)


def test_what_is_granted_after_its_trainers_is_counted_at_synthesis(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    role = job_role(stack)
    make_trainer(role=role)
    role.add_to_policy(MUCH)
    with pytest.raises(RuntimeError, match=r"Stack/Shared\] role: has more in its inline policies"):
        template_of(stack)


def test_a_full_role_leaves_no_empty_policy_in_another_stack(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    role = job_role(stack)
    other = cdk.Stack(cdk.Stage.of(stack), "Other", env=stack_environment(stack))
    for index in range(30):
        data = f"s3://amzn-s3-demo-bucket/team-{index}/train.jsonl"
        make_trainer(role=role, construct_id=f"Trainer{index}", training_dataset=data)
    make_trainer(role=role, scope=other, construct_id="Last")
    documents = [
        resource["Properties"]["PolicyDocument"]
        for resource in template_of(other)["Resources"].values()
        if resource["Type"] in {"AWS::IAM::Policy", MANAGED}
    ]
    assert all(document["Statement"] for document in documents)


def test_one_trainer_that_needs_too_much_is_told_of_its_places(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    places = [f"s3://amzn-s3-demo-bucket-{n}/{'x' * 100}" for n in range(60)]
    overrides = ct.RuntimeOverrides(training_dataset=places)
    with pytest.raises(ct.TrainerError, match="runtime_overrides: names more places"):
        make_trainer(role=job_role(stack), runtime_overrides=overrides)


def test_machines_wait_for_the_policy_of_a_shared_role(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(role=job_role(stack))
    resources = template_of(stack)["Resources"]
    (policy,) = (name for name in resources if name.startswith("ConstructsTrainersJobPolicy"))
    (machine,) = (r for n, r in resources.items() if n.startswith("SftStateMachine4"))
    assert policy in machine["DependsOn"]


def test_a_pipeline_waits_for_the_policy_of_its_data(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    data = {"train": "s3://amzn-s3-demo-bucket/of-the-stage.jsonl"}
    stages = [ct.Stage(trainer=make_trainer(), input_data_config=data)]
    ct.TrainingPipeline(stack, "Pipeline", stages=stages)
    resources = template_of(stack)["Resources"]
    (policy,) = (name for name in resources if name.startswith("ConstructsTrainersJobPolicy"))
    machines = [
        resource
        for name, resource in resources.items()
        if name.startswith("PipelineStateMachine") and "Definition" in resource["Properties"]
    ]
    assert [policy in machine["DependsOn"] for machine in machines] == [True]


@pytest.mark.parametrize("prevented", [True, False])
def test_customized_roles_have_their_policies_in_the_report(
    make_trainer: TrainerMaker,
    stack: cdk.Stack,
    tmp_path: Path,
    *,
    prevented: bool,
) -> None:
    app = cdk.App(outdir=str(tmp_path))
    customized = cdk.Stack(app, "S", env=stack_environment(stack))
    names = {
        "Mine": "shared-job-role",
        "Sft/Role": "job-role",
        "Sft/StateMachine/Role": "machine-role",
        "Given/StateMachine/Role": "machine-role",
        "Second/StateMachine/Role": "machine-role",
        "Pipeline/StateMachine/Role": "pipeline-role",
        "Pipeline/EventsRole": "starter",
        "ConstructsTrainersStopper/StateMachine/Role": "stopper-role",
        "ConstructsTrainersStopper/EventsRole": "starter",
    }
    iam.Role.customize_roles(
        customized,
        prevent_synthesis=prevented,
        use_precreated_roles={f"S/{path}": name for path, name in names.items()},
    )
    mine = iam.Role(customized, "Mine", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    sft = make_trainer(scope=customized, **OWN, hub="all techniques", construct_id="Sft")
    given = make_trainer(scope=customized, role=mine, construct_id="Given")
    make_trainer(scope=customized, role=mine, construct_id="Second")
    data = {"train": "s3://amzn-s3-demo-bucket/of-the-stage.jsonl"}
    ct.TrainingPipeline(
        customized,
        "Pipeline",
        stages=[ct.Stage(trainer=sft), ct.Stage(trainer=given, input_data_config=data)],
        schedule="rate(7 days)",
    )
    assembly = app.synth()
    template = assembly.get_stack_by_name("S").template
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    assert "AWS::IAM::Policy" not in kinds
    assert ("AWS::IAM::Role" in kinds) is not prevented
    report = (tmp_path / "iam-policy-report.txt").read_text()
    for action in ("iam:PassRole", "sagemaker:StopTrainingJob", "states:StartExecution"):
        assert action in report
    for text in ("of-the-stage.jsonl*", "S-Given-", "S-Second-", "*/recipe.yaml"):
        assert text in report


def test_a_changed_recipe_changes_nothing_that_a_role_may_do(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    other = cdk.Stack(cdk.Stage.of(stack), "Other", env=stack_environment(stack))
    same: dict[str, Any] = {"hub": "all techniques", "base_job_name": "sft", **OWN}
    for scope, rate in ((stack, 1e-4), (other, 2e-4)):
        make_trainer(
            scope=scope,
            hyperparameters={"learning_rate": rate},
            s3_output_path="s3://amzn-s3-demo-bucket/output",
            **same,
        )
    first, second = (
        json.dumps(statements_of(template_of(one), "TrainerRole")) for one in (stack, other)
    )
    assert first == second
    assert "/*/recipe.yaml" in first
    assert first.count("recipe.yaml") == 3


def test_each_trainer_writes_below_a_folder_of_its_own(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    bucket = cdk.aws_s3.Bucket(stack, "Mine")
    paths = [
        plain(stack.resolve(trainer.training_job_request["OutputDataConfig"]["S3OutputPath"]))
        for trainer in (
            make_trainer(construct_id="A"),
            make_trainer(construct_id="B"),
            make_trainer(construct_id="C", output_data_config=ct.OutputDataConfig(bucket=bucket)),
        )
    ]
    folders = [path.split("/output/")[1] for path in paths]
    assert [folder.rpartition("-")[0] for folder in folders] == ["Stack-A", "Stack-B", "Stack-C"]
    written = json.dumps(plain(statements_of(template_of(stack), "ARole")))
    assert f"/output/{folders[0]}/*" in written
    assert "Stack-B" not in written


def test_starters_trust_rules_of_the_account_only(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    stages = [ct.Stage(trainer=make_trainer())]
    ct.TrainingPipeline(stack, "Pipeline", stages=stages, schedule="rate(7 days)")
    template = template_of(stack)
    trusts = [
        template["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
        for role in roles_of(template)
    ]
    by_events = [trust for trust in trusts if "events" in json.dumps(trust["Principal"])]
    assert len(by_events) == 2
    same_account = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert all(trust["Condition"] == same_account for trust in by_events)


def test_a_pipeline_of_many_trainers_has_room_for_them(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    stages = [ct.Stage(trainer=make_trainer(construct_id=f"T{index}")) for index in range(45)]
    ct.TrainingPipeline(stack, "Pipeline", stages=stages)
    assert size_of_largest_role(template_of(stack)) <= MOST
