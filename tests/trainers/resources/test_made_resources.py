"""What a trainer made is reached from it, and set by its props."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.assertions import Annotations, Match, Template

import constructs_trainers as ct
from tests.support.role_policies import plain, roles_of, statements_of
from tests.support.templates import template_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.trainers import TrainerMaker

KEY_ARN = "arn:aws:kms:us-west-2:123456789012:key/0000"


def resources(stack: cdk.Stack, kind: str, start: str = "") -> list[dict[str, Any]]:
    found = template_of(stack)["Resources"].items()
    return [
        resource["Properties"]
        for name, resource in found
        if resource["Type"] == kind and name.startswith(start)
    ]


def test_what_was_made_is_what_is_reached(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    trainer = make_trainer(notifications=ct.Notifications(topic=sns.Topic(stack, "Topic")))
    logical = stack.get_logical_id
    assert isinstance(trainer.log_group, logs.LogGroup)
    assert isinstance(trainer.node.default_child, sfn.CfnStateMachine)
    assert logical(trainer.node.default_child).startswith("SftStateMachine")
    assert trainer.output_bucket is stack.node.find_child("ConstructsTrainersOutput")
    assert trainer.stop_rule.node.path == "Stack/Sft/OrphanRule"
    assert trainer.notification_rule is not None
    assert trainer.notification_rule.node.path == "Stack/Sft/NotificationRule"
    assert trainer.security_groups == []


def test_what_was_given_is_what_is_reached(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    bucket = s3.Bucket(stack, "Mine")
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    trainer = make_trainer(
        output_data_config=ct.OutputDataConfig(bucket=bucket),
        networking=ct.Networking(vpc=vpc, security_groups=[group]),
    )
    assert trainer.output_bucket is bucket
    assert trainer.security_groups == [group]
    assert trainer.notification_rule is None
    in_text = make_trainer(construct_id="Text", s3_output_path="s3://amzn-s3-demo-bucket/out")
    assert in_text.output_bucket is None


def test_a_file_system_lets_the_jobs_in(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
    files = efs.FileSystem(stack, "Files", vpc=vpc)
    trainer = make_trainer(networking=ct.Networking(vpc=vpc))
    files.connections.allow_default_port_from(trainer)
    by_id = make_trainer(
        construct_id="ById",
        networking=ct.Networking(subnets=["subnet-12345678"], security_group_ids=["sg-12345678"]),
    )
    files.connections.allow_default_port_from(by_id)
    rules = resources(stack, "AWS::EC2::SecurityGroupIngress")
    assert {rule["FromPort"] for rule in rules} == {2049}
    made, given = (rule["SourceSecurityGroupId"] for rule in rules)
    assert "SftSecurityGroup" in json.dumps(made)
    assert given == "sg-12345678"


def test_jobs_in_no_network_have_no_connections(make_trainer: TrainerMaker) -> None:
    with pytest.raises(ct.TrainerError, match=r"networking: is needed.*\n.*Networking\(vpc"):
        _ = make_trainer().connections
    assert not hasattr(make_trainer(construct_id="Other"), "connections")


def test_logs_and_traces_are_set_by_props(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key")
    make_trainer(
        log_retention=logs.RetentionDays.ONE_YEAR,
        log_encryption_key=key,
        log_level=sfn.LogLevel.ERROR,
        tracing_enabled=False,
    )
    # Its stopper is set to the same.
    for group in resources(stack, "AWS::Logs::LogGroup"):
        assert group["RetentionInDays"] == 365
        assert "Key961B73FD" in json.dumps(group["KmsKeyId"])
    for machine in resources(stack, "AWS::StepFunctions::StateMachine"):
        assert machine["LoggingConfiguration"]["Level"] == "ERROR"
        assert machine["TracingConfiguration"]["Enabled"] is False
    assert "xray" not in json.dumps(statements_of(template_of(stack), "SftStateMachineRole"))
    (policy,) = (item["KeyPolicy"]["Statement"] for item in resources(stack, "AWS::KMS::Key"))
    by_logs = [s for s in policy if "logs.us-west-2" in json.dumps(s["Principal"])]
    # One for all machines: hundreds of them may share the key.
    (context,) = (plain(s["Condition"]) for s in by_logs)
    assert "log-group:/aws/vendedlogs/states/*" in json.dumps(context)


def test_each_setting_has_a_stopper(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key")
    make_trainer(construct_id="Silent", log_level=sfn.LogLevel.OFF, tracing_enabled=False)
    make_trainer(construct_id="A", machine_encryption_key=key)
    make_trainer(construct_id="B", machine_encryption_key=key)
    make_trainer(construct_id="Plain")
    stoppers = resources(stack, "AWS::StepFunctions::StateMachine", "ConstructsTrainersStopper")
    assert len(stoppers) == 3
    assert sorted(stopper["LoggingConfiguration"]["Level"] for stopper in stoppers) == [
        "ALL",
        "ALL",
        "OFF",
    ]
    assert sum("EncryptionConfiguration" in stopper for stopper in stoppers) == 1
    plain_one = [s for s in stoppers if "Stopper-" in s["StateMachineName"]]
    assert [s["LoggingConfiguration"]["Level"] for s in plain_one] == ["ALL"]


def test_a_machine_without_a_log_may_write_none(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(log_level=sfn.LogLevel.OFF)
    for machine in resources(stack, "AWS::StepFunctions::StateMachine"):
        assert machine["LoggingConfiguration"] == {"Level": "OFF"}
    template = template_of(stack)
    for start in ("Sft", "ConstructsTrainersStopper"):
        assert "logs:" not in json.dumps(statements_of(template, machine_role(stack, start)))


def test_a_key_by_alias(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    key = kms.Alias.from_alias_name(stack, "Key", "alias/machines")
    make_trainer(machine_encryption_key=key)
    for start in ("Sft", "ConstructsTrainersStopper"):
        allowed = plain(statements_of(template_of(stack), machine_role(stack, start)))
        of_key = [s for s in allowed if "kms:" in json.dumps(s["Action"])]
        # IAM knows a key by its ARN, and an alias as a condition.
        assert of_key
        for statement in of_key:
            assert statement["Resource"].endswith(":key/*")
            aliases = statement["Condition"]["ForAnyValue:StringEquals"]
            assert aliases == {"kms:ResourceAliases": "alias/machines"}
            assert len(statement["Condition"]) == 2


def machine_role(stack: cdk.Stack, start: str) -> str:
    return next(name for name in roles_of(template_of(stack), start) if "MachineRole" in name)


@pytest.mark.parametrize("kind", ["trainer", "pipeline"])
def test_a_machine_with_a_key(make_trainer: TrainerMaker, stack: cdk.Stack, kind: str) -> None:
    key = kms.Key(stack, "Key")
    sft = make_trainer(machine_encryption_key=key)
    if kind == "pipeline":
        ct.TrainingPipeline(
            stack, "Pipeline", stages=[ct.Stage(trainer=sft)], machine_encryption_key=key
        )
    name = "Sft" if kind == "trainer" else "Pipeline"
    (machine,) = resources(stack, "AWS::StepFunctions::StateMachine", f"{name}StateMachine")
    assert machine["EncryptionConfiguration"]["Type"] == "CUSTOMER_MANAGED_KMS_KEY"
    allowed = statements_of(template_of(stack), f"{name}StateMachineRole")
    of_key = plain([s for s in allowed if "kms:" in json.dumps(s["Action"])])
    own = f"stateMachine:Stack-{name}-"
    assert any(
        own in json.dumps(s) and "kms:GenerateDataKey" in json.dumps(s["Action"]) for s in of_key
    )
    # Whoever reads the trainer's executions may open what they hold.
    reader = machine_role(stack, "ConstructsTrainersStopper" if kind == "trainer" else name)
    readers = plain(statements_of(template_of(stack), reader))
    assert any(
        s["Action"] == "kms:Decrypt" and "Sft" in json.dumps(s["Condition"]) for s in readers
    )
    (policy,) = (item["KeyPolicy"]["Statement"] for item in resources(stack, "AWS::KMS::Key"))
    assert "delivery.logs.amazonaws.com" in json.dumps(policy)


def test_a_state_that_waits_may_read_an_encrypted_machine(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    key = kms.Key(stack, "Key")
    trainer = make_trainer(machine_encryption_key=key)
    body = sfn.DefinitionBody.from_chainable(trainer.train())
    sfn.StateMachine(stack, "Parent", definition_body=body)
    parent = plain(statements_of(template_of(stack), "ParentRole"))
    assert [s["Action"] for s in parent if "kms" in json.dumps(s)] == ["kms:Decrypt"]


def test_keys_and_queues_of_others_are_told_what_they_must_allow(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    queue = sqs.Queue.from_queue_arn(stack, "Queue", "arn:aws:sqs:us-west-2:210987654321:dead")
    make_trainer(
        log_encryption_key=key, machine_encryption_key=key, stop_rule_dead_letter_queue=queue
    )
    told = Annotations.from_stack(stack)
    for text in ("logs.us-west-2.amazonaws.com kms:Encrypt", "delivery.logs", "sqs:SendMessage"):
        told.has_info("*", Match.string_like_regexp(f"not for this app to change.*{text}"))


def test_a_lost_event_goes_to_a_queue(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    queue = sqs.Queue(stack, "Dead")
    make_trainer(stop_rule_dead_letter_queue=queue)
    (rule,) = resources(stack, "AWS::Events::Rule")
    dead = {"Fn::GetAtt": [stack.resolve(queue.queue_arn)["Fn::GetAtt"][0], "Arn"]}
    assert rule["Targets"][0]["DeadLetterConfig"] == {"Arn": dead}
    (policy,) = resources(stack, "AWS::SQS::QueuePolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert "rule/*" in json.dumps(statement["Condition"])


def test_trainers_of_other_stacks_may_share_a_queue_with_a_key(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    env = cdk.Environment(account=stack.account, region=stack.region)
    home = cdk.Stack(cdk.Stage.of(stack), "Home", env=env)
    key = kms.Key(home, "Key")
    queue = sqs.Queue(home, "Dead", encryption_master_key=key)
    for name in ("A", "B"):
        make_trainer(construct_id=name, stop_rule_dead_letter_queue=queue)
    (policy,) = resources(home, "AWS::SQS::QueuePolicy")
    by_events = [s for s in policy["PolicyDocument"]["Statement"] if "events" in json.dumps(s)]
    assert len(by_events) == 1
    (of_key,) = (item["KeyPolicy"]["Statement"] for item in resources(home, "AWS::KMS::Key"))
    assert "events.amazonaws.com" in json.dumps(of_key)


WRONG: dict[str, tuple[Callable[[cdk.Stack], dict[str, Any]], str]] = {
    "a queue that is FIFO": (
        lambda stack: {"stop_rule_dead_letter_queue": sqs.Queue(stack, "Q", fifo=True)},
        "stop_rule_dead_letter_queue: is a FIFO queue",
    ),
    "a queue of another region": (
        lambda stack: {
            "stop_rule_dead_letter_queue": sqs.Queue.from_queue_arn(
                stack, "Q", "arn:aws:sqs:eu-west-1:123456789012:dead"
            )
        },
        "stop_rule_dead_letter_queue: is in another region",
    ),
    "a key of another region": (
        lambda stack: {
            "log_encryption_key": kms.Key.from_key_arn(
                stack, "K", KEY_ARN.replace("us-west-2", "eu-west-1")
            )
        },
        "log_encryption_key: is in another region",
    ),
    "a log's key by alias": (
        lambda stack: {"log_encryption_key": kms.Alias.from_alias_name(stack, "K", "alias/logs")},
        "log_encryption_key: is an alias, which CloudWatch Logs does not take",
    ),
    "a key for messages' codes": (
        lambda stack: {
            "machine_encryption_key": kms.Key(
                stack,
                "K",
                key_spec=kms.KeySpec.HMAC_256,
                key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
            )
        },
        "machine_encryption_key: is a key that AWS services do not encrypt with",
    ),
    "an output's key for signatures": (
        lambda stack: {
            "output_data_config": ct.OutputDataConfig(
                kms_key=kms.Key(
                    stack,
                    "K",
                    key_spec=kms.KeySpec.RSA_2048,
                    key_usage=kms.KeyUsage.SIGN_VERIFY,
                )
            )
        },
        "output_data_config.kms_key: is a key that AWS services do not encrypt with",
    ),
    "days as a number": (lambda _: {"log_retention": 30}, "log_retention: has the wrong type"),
    "a level in text": (lambda _: {"log_level": "ALL"}, "log_level: has the wrong type"),
    "a key in text": (
        lambda _: {"machine_encryption_key": KEY_ARN},
        "machine_encryption_key: has the wrong type",
    ),
}


@pytest.mark.parametrize(("props", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused(
    make_trainer: TrainerMaker,
    stack: cdk.Stack,
    props: Callable[[cdk.Stack], dict[str, Any]],
    message: str,
) -> None:
    with pytest.raises(ct.TrainerError, match=message):
        make_trainer(**props(stack))


def test_requests_are_json_whatever_scores_the_answers(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    from aws_cdk import aws_lambda as lambda_

    function = lambda_.Function(
        stack,
        "Reward",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
    )
    trainer = make_trainer("RLVR", hub="all techniques", custom_reward_function=function)
    request = trainer.training_job_request
    json.dumps(stack.resolve(request))
    evaluator = request["ServerlessJobConfig"]["EvaluatorArn"]
    assert evaluator.startswith("{% ")
    definition = json.dumps(Template.from_stack(stack).to_json())
    assert "rlvr-reward-" in definition
