"""Who hears of it when a job starts, ends or is stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.job_events import JOB_STATUSES, name_prefix_problems
from constructs_trainers.trainers.props.notification_checks import (
    notification_problems,
    region_problems,
)
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, mask_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.aws_events import IEventBus
    from aws_cdk.aws_sns import ITopic

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

    def problems_in(self, *, stem: str, region: str) -> list[Problem]:
        """What does not fit a trainer. Only for notifications without :meth:`problems`.

        Args:
            stem: What the names of the trainer's jobs begin with.
            region: The region of the trainer's stack, or a CDK token.
        """
        found = region_problems(self, region)
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
