"""The patterns and messages of notifications in an engine that other people wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.jobs.job_events import MESSAGE_PATHS, job_event_pattern, message_template
from tests.support.event_patterns import job_event, matches

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_trainers.local.engine import Engine

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

ROLE = "arn:aws:iam::123456789012:role/chat"
NAME = "chat-0123456789ab-1"


@pytest.fixture
def client(engine: Engine) -> Callable[[str], Any]:
    import boto3

    def make(service: str) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients
        return boto3.client(
            service,
            endpoint_url=engine.endpoint,
            region_name="us-west-2",
            aws_access_key_id="123456789012",
            aws_secret_access_key="none",  # noqa: S106 - not checked, and no secret
        )

    return make


def pattern_of(**arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as the function takes them
    return job_event_pattern(
        statuses=["Completed", "Failed"],
        stem="chat",
        role_arn=ROLE,
        job_arn_start="arn:aws:sagemaker:us-west-2:123456789012:training-job/",
        **arguments,
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (job_event(NAME, role=ROLE), True),
        (job_event(NAME, role=ROLE, status="Failed", FailureReason="no"), True),
        (job_event(NAME, role=ROLE, status="Stopped"), False),
        (job_event(NAME, role=f"{ROLE}-2"), False),
        (job_event("chat-large-0123456789ab-1", role=ROLE), False),
        (job_event("chat-a-b-0123456789ab-1", role=ROLE), False),
        (job_event("chat2-0123456789ab-1", role=ROLE), False),
    ],
)
def test_the_pattern_takes_this_trainers_jobs_only(
    client: Callable[[str], Any], event: dict[str, Any], *, expected: bool
) -> None:
    pattern = pattern_of()
    answer = client("events").test_event_pattern(
        EventPattern=json.dumps(pattern), Event=json.dumps(event)
    )
    assert answer["Result"] is expected
    assert matches(pattern, event) is expected


@pytest.mark.parametrize("reason", [None, "ClientError: bad data"])
def test_a_message_arrives(client: Callable[[str], Any], reason: str | None) -> None:
    queues, topics, events = client("sqs"), client("sns"), client("events")
    kind = "Failed" if reason else "Completed"
    queue = queues.create_queue(QueueName=f"jobs-{kind}")["QueueUrl"]
    attributes = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    topic = topics.create_topic(Name=f"jobs-{kind}")["TopicArn"]
    topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["Attributes"]["QueueArn"])
    # Only AWS may send events of SageMaker's.
    pattern = pattern_of() | {"source": [f"test.{kind}"]}
    events.put_rule(Name=f"jobs-{kind}", EventPattern=json.dumps(pattern))
    message = {"InputPathsMap": MESSAGE_PATHS, "InputTemplate": message_template("us-west-2")}
    target = {"Id": "Target0", "Arn": topic, "InputTransformer": message}
    events.put_targets(Rule=f"jobs-{kind}", Targets=[target])

    for name in ("chat-large-0123456789ab-1", NAME):
        detail = {"FailureReason": reason} if reason else {}
        event = job_event(name, role=ROLE, status=kind, **detail)
        sent = {
            "Source": f"test.{kind}",
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"]),
        }
        events.put_events(Entries=[sent])

    received = queues.receive_message(QueueUrl=queue, WaitTimeSeconds=5, MaxNumberOfMessages=10)
    (only,) = received["Messages"]
    told = json.loads(json.loads(only["Body"])["Message"])
    assert told.pop("Time")
    assert told == {
        "Job": NAME,
        "Status": kind,
        "Region": "us-west-2",
        "Account": "123456789012",
        "Failure Reason": reason or "",
        "Console": "https://us-west-2.console.aws.amazon.com/sagemaker/home?region=us-west-2"
        f"#/jobs/{NAME}",
    }
