"""Who hears of it when a job starts, ends or is stopped: the prop.

The rule that tells them is made in ``trainers/resources/notification_rule.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.job_events import JOB_STATUSES, name_prefix_problems
from constructs_trainers.trainers.props.s3_location import exclusive
from constructs_trainers.values.arns import MODEL_PACKAGE, ArnForm, ArnPart, arn_problems
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, mask_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk.aws_events import IEventBus
    from aws_cdk.aws_sns import ITopic

    from constructs_trainers.values.arns import Environment


_DEFAULT_EVENTS = ("Completed", "Failed", "Stopped")


@dataclass(frozen=True, kw_only=True)
class Notifications:
    """Who hears of a trainer's jobs; the SageMaker Python SDK's dict with L2s beside its members.

    Attributes:
        topic: The topic that messages go to. Its policy is completed when the topic belongs to
            the app; for an imported one an annotation says what its policy must allow.
        sns_topic_arn: The ARN of a topic, whose policy is left to you. Exclusive with ``topic``.
        events: The states of a job that are of interest, in any case. Default: Completed, Failed
            and Stopped.
        event_bus: The event bus that is listened on. SageMaker sends to the default bus; another
            one must be fed from it. Default: the default bus.
        event_bus_arn: The same by ARN. Exclusive with ``event_bus``.
        job_name_prefix: What a job's name must begin with. It must fit the names that this
            trainer's jobs have, which are the only ones that are notified of. Default: any of
            them.
    """

    topic: ITopic | None = None
    sns_topic_arn: str | None = None
    events: Sequence[str] = _DEFAULT_EVENTS
    event_bus: IEventBus | None = None
    event_bus_arn: str | None = None
    job_name_prefix: str | None = None

    @classmethod
    def from_value(cls, value: object) -> tuple[Notifications | None, list[Problem]]:
        """Read what a user gave: notifications, or the dict that the SDK takes.

        Args:
            value: Notifications, or a mapping with the names of their members. As in the SDK,
                None stands for a member's default.

        Returns:
            The notifications, or None and what is wrong with the value.
        """
        if isinstance(value, cls):
            return value, []
        known = [field.name for field in fields(cls)]
        if not isinstance(value, Mapping):
            allowed = f"Notifications, or a mapping with {', '.join(known)}"
            problem = Problem(
                path="notifications",
                message="has the wrong type",
                got=short_repr(value),
                allowed=allowed,
            )
            return None, [problem]
        unknown = [key for key in value if key not in known]
        if unknown:
            return None, [_unknown(key, known) for key in unknown]
        return cls(**{key: item for key, item in value.items() if item is not None}), []

    @property
    def topic_arn(self) -> str:
        """The ARN of the topic, however it was given."""
        return self.sns_topic_arn or ("" if self.topic is None else self.topic.topic_arn)

    @property
    def statuses(self) -> list[str]:
        """The events in the API's spelling, sorted; CDK tokens come last, in their own order."""
        spelling = {status.casefold(): status for status in JOB_STATUSES}
        literal = [event for event in self.events if UNKNOWN not in mask_tokens(event)]
        tokens = [event for event in self.events if UNKNOWN in mask_tokens(event)]
        return sorted(spelling[event.casefold()] for event in literal) + tokens

    def problems(self) -> list[Problem]:
        """What is wrong with the members, as far as they do not depend on the trainer."""
        return notification_problems(self)

    def problems_in(self, *, stem: str, place: Environment) -> list[Problem]:
        """What does not fit a trainer. Only for notifications without :meth:`problems`.

        Args:
            stem: What the names of the trainer's jobs begin with.
            place: Where the trainer's stack is deployed to.
        """
        found = elsewhere_problems(self, place)
        if self.job_name_prefix is not None:
            path = "notifications.job_name_prefix"
            found += name_prefix_problems(path, self.job_name_prefix, stem)
        return found


def _unknown(key: object, known: Sequence[str]) -> Problem:
    return Problem(
        path=f"notifications.{key}" if isinstance(key, str) else "notifications",
        message="unknown member",
        got=short_repr(key),
        allowed=", ".join(known),
        fix=did_you_mean(key, known) if isinstance(key, str) else None,
    )


_PREFIX, _PARTITION, _, _REGION, _ACCOUNT = MODEL_PACKAGE.header


def _form(what: str, template: str, service: str, *resource: ArnPart) -> ArnForm:
    service_part = ArnPart("service", re.compile(service), service)
    header = (_PREFIX, _PARTITION, service_part, _REGION, _ACCOUNT)
    return ArnForm(what=what, template=template, header=header, resource=resource)


_TOPIC = _form(
    "the ARN of an SNS topic",
    "arn:<partition>:sns:<region>:<account>:<name>",
    "sns",
    ArnPart(
        "topic name",
        # A name ending in .fifo has a message of its own.
        re.compile(r"[\w-]{1,256}(\.fifo)?", re.ASCII),
        "letters, digits, hyphens and underscores",
    ),
)
"""API reference: SNS CreateTopic, Name."""

_BUS = _form(
    "the ARN of an event bus",
    "arn:<partition>:events:<region>:<account>:event-bus/<name>",
    "events",
    ArnPart("resource type", re.compile("event-bus"), "event-bus"),
    ArnPart("bus name", re.compile(r"[/.\-_A-Za-z0-9]{1,256}"), "letters, digits and . - _ /"),
)
"""API reference: EventBridge CreateEventBus, Name."""


def notification_problems(notifications: Notifications) -> list[Problem]:
    """What is wrong with notifications on their own."""
    return [
        *_topic_problems(notifications),
        *_bus_problems(notifications),
        *_event_problems(notifications),
    ]


def elsewhere_problems(notifications: Notifications, place: Environment) -> list[Problem]:
    """ARNs of another place than the rule's, where EventBridge does not reach them.

    EventBridge user guide, "Targets": a target is in the region of its rule. So is the bus.

    Args:
        notifications: Notifications without other problems.
        place: Where the rule is deployed to.
    """
    topic, bus = notifications.topic, notifications.event_bus
    given = {
        "topic": None if topic is None else topic.topic_arn,
        "sns_topic_arn": notifications.sns_topic_arn,
        "event_bus": None if bus is None else bus.event_bus_arn,
        "event_bus_arn": notifications.event_bus_arn,
    }
    return [
        problem
        for name, arn in given.items()
        if arn is not None
        for problem in place.problems(f"notifications.{name}", arn)
    ]


def _topic_problems(notifications: Notifications) -> Iterator[Problem]:
    topic, arn = notifications.topic, notifications.sns_topic_arn
    if topic is not None and arn is not None:
        yield exclusive("notifications.sns_topic_arn", "topic")
    elif topic is None and arn is None:
        yield Problem(
            path="notifications.topic",
            message="names no topic",
            fix="give a topic, or sns_topic_arn",
        )
    elif topic is not None:
        if topic.fifo:
            yield _fifo("topic", None)
    elif arn is not None:
        found = arn_problems("notifications.sns_topic_arn", arn, _TOPIC)
        yield from found
        if not found and arn.endswith(".fifo"):
            yield _fifo("sns_topic_arn", short_repr(arn))


def _fifo(name: str, got: str | None) -> Problem:
    # API reference: a target of PutTargets has no group for SNS; SNS Publish, MessageGroupId.
    return Problem(
        path=f"notifications.{name}",
        message="is a FIFO topic, whose messages need a group that EventBridge cannot name",
        got=got,
        allowed="a standard topic",
    )


def _bus_problems(notifications: Notifications) -> list[Problem]:
    arn = notifications.event_bus_arn
    if arn is None:
        return []
    if notifications.event_bus is not None:
        return [exclusive("notifications.event_bus_arn", "event_bus")]
    return arn_problems("notifications.event_bus_arn", arn, _BUS)


def _event_problems(notifications: Notifications) -> Iterator[Problem]:
    path = "notifications.events"
    if not notifications.events:
        yield Problem(
            path=path,
            message="names no state",
            got=short_repr(notifications.events),
            allowed=", ".join(JOB_STATUSES),
            fix="leave it out for Completed, Failed and Stopped",
        )
    known = {status.casefold() for status in JOB_STATUSES}
    seen: set[str] = set()
    for index, event in enumerate(notifications.events):
        if UNKNOWN in mask_tokens(event):
            continue
        if event.casefold() not in known:
            yield Problem(
                path=f"{path}[{index}]",
                message="is no state of a training job",
                got=short_repr(event),
                allowed=", ".join(JOB_STATUSES),
                fix=did_you_mean(event, JOB_STATUSES),
            )
        elif event.casefold() in seen:
            yield Problem(
                path=f"{path}[{index}]",
                message="is named twice",
                got=short_repr(event),
                fix="leave one of them out",
            )
        seen.add(event.casefold())
