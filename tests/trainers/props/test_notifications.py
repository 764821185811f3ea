"""Notifications of a trainer's jobs, as they are given: what is read, and what is refused."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns

from constructs_trainers.trainers.props.notifications import Notifications
from constructs_trainers.values.arns import Environment
from tests.support.refusals import refusal
from tests.support.trainers import TrainerMaker

TOPIC_ARN = "arn:aws:sns:us-west-2:123456789012:jobs"
BUS_ARN = "arn:aws:events:us-west-2:123456789012:event-bus/ml"


def bad(**members: Any) -> Notifications:  # noqa: ANN401 - members of wrong types
    return Notifications(**{"sns_topic_arn": TOPIC_ARN, **members})


@pytest.mark.parametrize(
    ("notifications", "path", "said"),
    [
        (Notifications(), "notifications.topic", "sns_topic_arn"),
        (bad(sns_topic_arn="jobs"), "notifications.sns_topic_arn", "arn:<partition>:sns:"),
        (
            bad(sns_topic_arn="arn:aws:sqs:us-west-2:123456789012:q"),
            "notifications.sns_topic_arn",
            "sns",
        ),
        (bad(sns_topic_arn=f"{TOPIC_ARN}.fifo"), "notifications.sns_topic_arn", "standard"),
        (bad(events=[]), "notifications.events", "Completed, Deleting, Failed"),
        (bad(events=["Faild"]), "notifications.events[0]", "did you mean 'Failed'?"),
        (bad(events=["Failed", "failed"]), "notifications.events[1]", "twice"),
        (bad(event_bus_arn="default"), "notifications.event_bus_arn", "event-bus/<name>"),
    ],
)
def test_what_cannot_be_is_refused(notifications: Notifications, path: str, said: str) -> None:
    (problem,) = notifications.problems()
    assert problem.path == path
    assert said in str(problem)


@pytest.mark.parametrize(
    ("members", "path", "allowed"),
    [
        ({"sns_topic_arn": 3}, "notifications.sns_topic_arn", "text"),
        ({"topic": "jobs"}, "notifications.topic", "an ITopic"),
        ({"events": "Failed"}, "notifications.events", "a list of text"),
        ({"events": {"Failed"}}, "notifications.events", "a list of text"),
        ({"events": None}, "notifications.events", "a list of text"),
        ({"event_bus": "default"}, "notifications.event_bus", "an IEventBus"),
        ({"job_name_prefix": 3}, "notifications.job_name_prefix", "text"),
    ],
)
def test_a_member_of_the_wrong_type_is_refused(
    make_trainer: TrainerMaker, members: dict[str, Any], path: str, allowed: str
) -> None:
    (problem,) = refusal(make_trainer, notifications=bad(**members)).problems
    assert (problem.path, problem.allowed) == (path, allowed)


def place(region: str) -> Environment:
    return Environment(partition=cdk.Aws.PARTITION, region=region, account="123456789012")


def test_a_topic_or_bus_is_given_once(stack: cdk.Stack) -> None:
    topic = sns.Topic(stack, "Topic", fifo=True)
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "ml")
    both = bad(topic=topic, event_bus=bus, event_bus_arn=BUS_ARN)
    paths = [problem.path for problem in both.problems()]
    assert paths == ["notifications.sns_topic_arn", "notifications.event_bus_arn"]
    (problem,) = Notifications(topic=topic).problems()
    assert "FIFO" in problem.message


def test_what_does_not_fit_the_trainer_is_refused() -> None:
    elsewhere = bad(event_bus_arn=BUS_ARN, job_name_prefix="team-")
    found = elsewhere.problems_in(stem="chat", place=place("eu-west-1"))
    assert [problem.path for problem in found] == [
        "notifications.sns_topic_arn",
        "notifications.event_bus_arn",
        "notifications.job_name_prefix",
    ]
    assert found[0].allowed == "an ARN of region eu-west-1"
    token = cdk.Token.as_string({"Ref": "X"})
    assert bad().problems_in(stem="chat", place=place(token)) == []
    assert bad(sns_topic_arn=token).problems_in(stem="chat", place=place("eu-west-1")) == []


def test_the_dict_of_the_sdk_is_read() -> None:
    given = {"sns_topic_arn": TOPIC_ARN, "events": ["failed"], "event_bus_arn": None}
    read, found = Notifications.from_value(given)
    assert found == []
    assert read == Notifications(sns_topic_arn=TOPIC_ARN, events=["failed"])
    assert Notifications.from_value(read) == (read, [])
    read, found = Notifications.from_value({"sns_topic_arn": TOPIC_ARN, "events": None})
    assert read is not None
    assert read.statuses == ["Completed", "Failed", "Stopped"]


@pytest.mark.parametrize(
    ("value", "path", "said"),
    [
        ("jobs", "notifications", "Notifications, or a mapping"),
        ({"sns_topic": TOPIC_ARN}, "notifications.sns_topic", "did you mean"),
        ({3: TOPIC_ARN}, "notifications", "unknown member"),
    ],
)
def test_what_is_no_dict_of_the_sdk_is_refused(value: object, path: str, said: str) -> None:
    read, (problem,) = Notifications.from_value(value)
    assert read is None
    assert problem.path == path
    assert said in str(problem)
