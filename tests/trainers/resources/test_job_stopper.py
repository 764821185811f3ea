"""What stands ready to stop the jobs of a trainer, for as long as its machine is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from tests.support.templates import template_of

if TYPE_CHECKING:
    from tests.support.trainers import TrainerMaker


def resources(stack: cdk.Stack, kind: str) -> dict[str, Any]:
    found = template_of(stack)["Resources"].items()
    return {name: resource for name, resource in found if resource["Type"] == kind}


def machine_of(stack: cdk.Stack, kind: str = "trainer") -> Any:  # noqa: ANN401 - JSON
    tag = {"Key": "constructs-trainers:kind", "Value": kind}
    machines = resources(stack, "AWS::StepFunctions::StateMachine").values()
    (found,) = (m for m in machines if tag in m["Properties"].get("Tags", ()))
    return found


def test_rule_and_permissions_are_deleted_after_the_machine(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer()
    waits_for = machine_of(stack)["DependsOn"]
    (rule,) = resources(stack, "AWS::Events::Rule")
    (policy,) = (name for name in resources(stack, "AWS::IAM::Policy") if "StopperPolicy" in name)
    assert {rule, policy} <= set(waits_for)


def test_the_rule_names_the_machine_without_waiting_for_it(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer()
    machine = machine_of(stack)["Properties"]["StateMachineName"]
    (rule,) = resources(stack, "AWS::Events::Rule").values()
    (arn,) = rule["Properties"]["EventPattern"]["detail"]["stateMachineArn"]
    assert f":stateMachine:{machine}" in json.dumps(arn)
    assert "Ref" not in json.dumps(arn).replace('"Ref": "AWS::', "")


def test_the_stopper_may_do_for_a_trainer_what_it_needs_and_no_more(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(base_job_name="sft")
    policies = resources(stack, "AWS::IAM::Policy")
    (policy,) = (value for name, value in policies.items() if "StopperPolicy" in name)
    machine = machine_of(stack)["Properties"]["StateMachineName"]
    start = "us-west-2:123456789012"
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "sagemaker:StopTrainingJob",
            "Resource": [
                f"arn:aws:sagemaker:{start}:training-job/sft-????????????-?",
                f"arn:aws:sagemaker:{start}:training-job/sft-????????????-??",
            ],
        },
        {
            "Effect": "Allow",
            "Action": ["states:DescribeStateMachineForExecution", "states:GetExecutionHistory"],
            "Resource": f"arn:aws:states:{start}:execution:{machine}:*",
        },
    ]


def test_the_rule_tells_what_names_begin_with(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    make_trainer(base_job_name="my--model")
    (rule,) = resources(stack, "AWS::Events::Rule").values()
    (target,) = rule["Properties"]["Targets"]
    told = target["InputTransformer"]["InputTemplate"]
    for name in ("startDate", "redriveCount"):
        told = told.replace(f"<{name}>", "0")
    assert json.loads(told) == {
        "Stem": "my--model",
        "ExecutionArn": "<executionArn>",
        "StartDate": 0,
        "RedriveCount": 0,
    }
    stem = machine_of(stack)["Properties"]["Definition"]["States"]["PrepareRequest"]["Assign"]
    assert stem["stem"] == "my--model"


def test_machines_say_what_they_are(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    trainer = make_trainer()
    tag = {"Key": "constructs-trainers:path", "Value": trainer.node.path}
    assert tag in machine_of(stack)["Properties"]["Tags"]


def test_two_apps_with_the_same_paths_share_no_name(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer()
    other = cdk.Stack(cdk.App(), "Stack", stack_name="another", env=stack_environment(stack))
    make_trainer(scope=other)
    names = [machine_of(s)["Properties"]["StateMachineName"] for s in (stack, other)]
    stems = [
        machine_of(s)["Properties"]["Definition"]["States"]["PrepareRequest"]["Assign"]["stem"]
        for s in (stack, other)
    ]
    groups = [
        group["Properties"]["LogGroupName"]
        for s in (stack, other)
        for group in resources(s, "AWS::Logs::LogGroup").values()
    ]
    for values in (names, stems, groups):
        assert len(set(values)) == len(values)


def stack_environment(stack: cdk.Stack) -> cdk.Environment:
    return cdk.Environment(account=stack.account, region=stack.region)


def test_trainers_of_nested_stacks_have_names_of_their_own(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    nested = [cdk.NestedStack(stack, name) for name in ("A", "B")]
    for scope in nested:
        make_trainer(scope=scope)
    found = [machine_of(scope)["Properties"] for scope in nested]
    stems = [p["Definition"]["States"]["PrepareRequest"]["Assign"]["stem"] for p in found]
    assert len(set(stems)) == 2
