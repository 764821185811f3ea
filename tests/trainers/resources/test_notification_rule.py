"""The rule that notifies of a trainer's jobs, and what lets it publish."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Annotations, Match
from constructs import Construct

from constructs_trainers.trainers.props.notifications import Notifications
from constructs_trainers.trainers.resources.notification_rule import (
    JOBS_MATCHED_BY_ROLE,
    KEY_USED_AS_GIVEN,
    TOPIC_USED_AS_GIVEN,
    create_notification_rule,
)
from constructs_trainers.values.arns import Environment
from tests.support.event_patterns import job_event, matches
from tests.support.templates import template_of

TOPIC_ARN = "arn:aws:sns:us-west-2:123456789012:jobs"
BUS_ARN = "arn:aws:events:us-west-2:123456789012:event-bus/ml"
ROLE_ARN = "arn:aws:iam::123456789012:role/jobs"
HEX = "0123456789ab"


@pytest.fixture
def topic(stack: cdk.Stack) -> sns.Topic:
    return sns.Topic(stack, "Topic")


def own_role(scope: Construct) -> iam.Role:
    return iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


def given_role(scope: Construct) -> iam.IRole:
    return iam.Role.from_role_arn(scope, "Role", ROLE_ARN, mutable=False)


def notify(
    stack: cdk.Stack,
    notifications: Notifications,
    *,
    stem: str = "chat",
    role: iam.IRole | None = None,
) -> events.Rule:
    assert notifications.problems() == []
    assert notifications.problems_in(stem=stem, place=Environment.of(stack)) == []
    return create_notification_rule(stack, notifications, stem=stem, role=role or given_role(stack))


def resources(stack: cdk.Stack, kind: str) -> list[dict[str, Any]]:
    found = template_of(stack)["Resources"].values()
    return [resource["Properties"] for resource in found if resource["Type"] == kind]


def the_rule(stack: cdk.Stack) -> dict[str, Any]:
    (rule,) = resources(stack, "AWS::Events::Rule")
    return rule


def deployed(pattern: dict[str, Any]) -> dict[str, Any]:
    """A pattern as it is where the joins with the partition are made."""

    def made(value: Any) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, list):
            return [made(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "Fn::Join" in value:
            return "".join(made(part) for part in value["Fn::Join"][1])
        return (
            "aws" if value == {"Ref": "AWS::Partition"} else {k: made(v) for k, v in value.items()}
        )

    result: dict[str, Any] = made(pattern)
    return result


def infos(stack: cdk.Stack) -> list[str]:
    found = Annotations.from_stack(stack).find_info("*", Match.any_value())
    return [str(info.entry.data) for info in found]


def test_a_topic_hears_of_this_trainers_jobs_only(stack: cdk.Stack, topic: sns.Topic) -> None:
    notify(stack, Notifications(topic=topic))
    rule = the_rule(stack)
    pattern = deployed(rule["EventPattern"])
    assert pattern["detail"]["TrainingJobStatus"] == ["Completed", "Failed", "Stopped"]
    assert matches(pattern, job_event(f"chat-{HEX}-1", role=ROLE_ARN))
    assert not matches(pattern, job_event(f"chat-large-{HEX}-1", role=ROLE_ARN))
    assert not matches(pattern, job_event(f"chat-{HEX}-1", role=f"{ROLE_ARN}-of-another"))
    assert "EventBusName" not in rule
    (target,) = rule["Targets"]
    assert target["Arn"] == stack.resolve(topic.topic_arn)
    message = json.loads(target["InputTransformer"]["InputTemplate"])
    assert message["Failure Reason"] == "<failure_reason>"
    paths = target["InputTransformer"]["InputPathsMap"]
    assert paths["failure_reason"] == "$.detail.FailureReason"


def test_a_trainer_with_a_role_of_its_own_is_known_by_it(
    stack: cdk.Stack, topic: sns.Topic
) -> None:
    role = own_role(stack)
    notify(stack, Notifications(topic=topic), role=role)
    assert the_rule(stack)["EventPattern"]["detail"]["RoleArn"] == [stack.resolve(role.role_arn)]


def test_eventbridge_may_publish(stack: cdk.Stack, topic: sns.Topic) -> None:
    notify(stack, Notifications(topic=topic))
    (policy,) = resources(stack, "AWS::SNS::TopicPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sns:Publish"
    assert "Condition" not in statement  # EventBridge does not support one there
    assert infos(stack) == []


def test_a_topic_of_another_stack_does_not_name_the_rule(stack: cdk.Stack) -> None:
    # Each stack would wait for the other.
    other = cdk.Stack(
        cdk.App.of(stack),
        "Other",
        env=cdk.Environment(account="123456789012", region="us-west-2"),
    )
    notify(stack, Notifications(topic=sns.Topic(other, "Topic")))
    assert resources(stack, "AWS::Events::Rule")
    (policy,) = resources(other, "AWS::SNS::TopicPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sns:Publish"


def test_the_key_of_an_encrypted_topic_lets_messages_in(stack: cdk.Stack) -> None:
    topic = sns.Topic(stack, "Topic", master_key=kms.Key(stack, "Key"))
    notify(stack, Notifications(topic=topic))
    (key,) = resources(stack, "AWS::KMS::Key")
    assert key["KeyPolicy"]["Statement"][-1] == {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
    }
    assert infos(stack) == []


def test_of_a_key_that_cannot_be_changed_it_is_said_what_it_must_allow(stack: cdk.Stack) -> None:
    key = kms.Alias.from_alias_name(stack, "Key", "alias/aws/sns")
    notify(stack, Notifications(topic=sns.Topic(stack, "Topic", master_key=key)))
    (info,) = infos(stack)
    assert KEY_USED_AS_GIVEN in info
    assert '"kms:GenerateDataKey*"' in info


@pytest.mark.parametrize("by_arn", [True, False])
def test_of_an_imported_topic_it_is_said_what_it_must_allow(
    stack: cdk.Stack, *, by_arn: bool
) -> None:
    if by_arn:
        notifications = Notifications(sns_topic_arn=TOPIC_ARN)
    else:
        imported = sns.Topic.from_topic_arn(stack, "Topic", TOPIC_ARN)
        notifications = Notifications(topic=imported)
    notify(stack, notifications)
    assert the_rule(stack)["Targets"][0]["Arn"] == TOPIC_ARN
    assert resources(stack, "AWS::SNS::TopicPolicy") == []
    (info,) = infos(stack)
    assert TOPIC_USED_AS_GIVEN in info
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": TOPIC_ARN,
    }
    assert json.dumps(statement) in info


def test_what_only_the_deployment_knows_is_named_in_what_is_said() -> None:
    stack = cdk.Stack(cdk.App(), "Anywhere")
    notify(stack, Notifications(sns_topic_arn=cdk.Token.as_string({"Ref": "Topic"})))
    (info,) = infos(stack)
    assert '"Resource": "<topic ARN>"' in info
    assert "Token" not in info


@pytest.mark.parametrize("by_arn", [True, False])
def test_another_bus_may_be_listened_on(
    stack: cdk.Stack, topic: sns.Topic, *, by_arn: bool
) -> None:
    if by_arn:
        notifications = Notifications(topic=topic, event_bus_arn=BUS_ARN)
    else:
        bus = events.EventBus.from_event_bus_name(stack, "Bus", "ml")
        notifications = Notifications(topic=topic, event_bus=bus)
    notify(stack, notifications)
    assert the_rule(stack)["EventBusName"] == "ml"


def test_states_may_be_written_in_any_case_and_are_sorted(
    stack: cdk.Stack, topic: sns.Topic
) -> None:
    token = cdk.Token.as_string({"Ref": "State"})
    states = [token, "stopping", "INPROGRESS", "Failed"]
    notify(stack, Notifications(topic=topic, events=states))
    pattern = the_rule(stack)["EventPattern"]
    expected = ["Failed", "InProgress", "Stopping", {"Ref": "State"}]
    assert pattern["detail"]["TrainingJobStatus"] == expected


def test_all_that_may_be_a_token_may_be_one(stack: cdk.Stack, topic: sns.Topic) -> None:
    tokens = Notifications(
        topic=topic,
        events=cdk.Token.as_list({"Ref": "States"}),
        event_bus_arn=cdk.Token.as_string({"Ref": "Bus"}),
        job_name_prefix=cdk.Token.as_string({"Ref": "Prefix"}),
    )
    notify(stack, tokens)
    rule = the_rule(stack)
    (condition,) = rule["EventPattern"]["resources"]
    assert condition["prefix"]["Fn::Join"][1][-1] == {"Ref": "Prefix"}
    assert rule["EventPattern"]["detail"]["TrainingJobName"] == [{"prefix": "chat-"}]
    assert rule["EventPattern"]["detail"]["TrainingJobStatus"] == {"Ref": "States"}
    assert "Bus" in str(rule["EventBusName"])


def test_a_stem_of_a_token_goes_by_the_trainers_own_role(
    stack: cdk.Stack, topic: sns.Topic
) -> None:
    notify(stack, Notifications(topic=topic), stem=f"a-{cdk.Aws.STACK_NAME}", role=own_role(stack))
    detail = the_rule(stack)["EventPattern"]["detail"]
    assert detail["TrainingJobName"] == [{"prefix": "a"}]
    assert "TrainingJobArn" not in detail
    assert infos(stack) == []


def test_a_stem_of_a_token_with_a_given_role_may_hear_of_others_and_says_so(
    stack: cdk.Stack, topic: sns.Topic
) -> None:
    notify(stack, Notifications(topic=topic), stem=cdk.Aws.STACK_NAME)
    (info,) = infos(stack)
    assert JOBS_MATCHED_BY_ROLE in info


def test_two_trainers_share_a_topic(stack: cdk.Stack, topic: sns.Topic) -> None:
    for name in ("A", "B"):
        scope = Construct(stack, name)
        create_notification_rule(
            scope, Notifications(topic=topic), stem=name.lower(), role=given_role(scope)
        )
    (policy,) = resources(stack, "AWS::SNS::TopicPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}


def test_more_targets_may_be_added(stack: cdk.Stack, topic: sns.Topic) -> None:
    from constructs_trainers.trainers.resources.notification_rule import NotificationTarget

    rule = notify(stack, Notifications(topic=topic))
    rule.add_target(NotificationTarget(TOPIC_ARN, stack.region))
    assert len(the_rule(stack)["Targets"]) == 2
