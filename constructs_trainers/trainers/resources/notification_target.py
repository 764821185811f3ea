"""A topic as the target of a rule about training jobs.

Imported only by trainers that notify. ``aws_events_targets`` has such a target too, but takes
five times as long to import as ``aws_events``, lets every rule publish, and puts the message's
variables where an event without one of them would make it invalid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import aws_events as events

from constructs_trainers.jobs.job_events import MESSAGE_PATHS, message_template

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_events import IRuleRef


class JobMessage(events.RuleTargetInput):
    """The message about an event.

    Args:
        region: The region of the jobs, or a CDK token.
    """

    def __init__(self, region: str) -> None:
        super().__init__()
        self._region = region

    def bind(self, rule: IRuleRef) -> events.RuleTargetInputProperties:  # noqa: ARG002 - the CDK's signature
        """The message as a template and the places of its variables in an event."""
        return events.RuleTargetInputProperties(
            input_paths_map=MESSAGE_PATHS, input_template=message_template(self._region)
        )


@jsii.implements(events.IRuleTarget)
class NotificationTarget:
    """A topic that gets a message about each event.

    Args:
        topic_arn: The topic.
        region: The region of the jobs, or a CDK token.
    """

    def __init__(self, topic_arn: str, region: str) -> None:
        self._topic_arn = topic_arn
        self._region = region

    def bind(self, rule: IRuleRef, id: str | None = None) -> events.RuleTargetConfig:  # noqa: A002, ARG002 - the CDK's signature
        """What EventBridge has to know of the target."""
        return events.RuleTargetConfig(arn=self._topic_arn, input=JobMessage(self._region))
