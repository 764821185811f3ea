"""The rule that tells a topic about a trainer's jobs, what lets it, and its target."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.job_events import MESSAGE_PATHS, job_event_pattern, message_template
from constructs_trainers.trainers.resources.rule_target import description
from constructs_trainers.values.arns import Environment
from constructs_trainers.values.job_names import certain_start
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_events import IRuleRef
    from constructs import Construct

    from constructs_trainers.trainers.props.notifications import Notifications


TOPIC_USED_AS_GIVEN = "constructs-trainers:notificationTopicUsedAsGiven"
KEY_USED_AS_GIVEN = "constructs-trainers:notificationKeyUsedAsGiven"
JOBS_MATCHED_BY_ROLE = "constructs-trainers:notificationJobsMatchedByRole"

_SERVICE = "events.amazonaws.com"
# SNS developer guide, "Enable compatibility between event sources and encrypted topics", which
# also says that EventBridge knows no conditions on the source there.
_KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey*"]


def create_notification_rule(
    scope: Construct, notifications: Notifications, *, stem: str, role: iam.IRole
) -> events.Rule:
    """Tell a topic about the jobs of one trainer.

    Args:
        scope: The trainer.
        notifications: What to tell, and whom. Without problems.
        stem: What the names of the trainer's jobs begin with, as its state machine is given it.
        role: The role that the jobs work under.

    Returns:
        The rule, with the topic as its target. More targets may be added to it.
    """
    at = Environment.of(cdk.Stack.of(scope))
    pattern = job_event_pattern(
        statuses=notifications.statuses,
        stem=stem,
        role_arn=role.role_arn,
        job_arn_start=at.arn("sagemaker", "training-job/"),
        name_prefix=notifications.job_name_prefix,
    )
    bus = notifications.event_bus
    if notifications.event_bus_arn is not None:
        bus = events.EventBus.from_event_bus_arn(
            scope, "NotificationBus", notifications.event_bus_arn
        )
    rule = events.Rule(
        scope,
        "NotificationRule",
        description=description(f"Notifications of training jobs of {scope.node.path}"),
        event_bus=bus,
        event_pattern=events.EventPattern(
            source=pattern["source"],
            detail_type=pattern["detail-type"],
            # Typed as text, so a condition goes there as the CDK's own.
            resources=next(
                (events.Match.prefix(c["prefix"]) for c in pattern.get("resources", [])), None
            ),
            detail=pattern["detail"],
        ),
        targets=[NotificationTarget(notifications.topic_arn, at.region)],
    )
    if is_token(stem) and not _is_own(scope, role):
        _say_that_roles_decide(scope, stem)
    _permit_rules(scope, notifications)
    return rule


def _is_own(scope: Construct, role: iam.IRole) -> bool:
    """Whether a role was made for this trainer, so that no one else's jobs work under it."""
    return isinstance(role, iam.Role) and role.node.path.startswith(f"{scope.node.path}/")


def _say_that_roles_decide(scope: Construct, stem: str) -> None:
    start = certain_start(stem)
    named = f" whose names begin with '{start}'" if start else ""
    cdk.Annotations.of(scope).add_info_v2(
        JOBS_MATCHED_BY_ROLE,
        "what the jobs are named is only known at deployment, so notifications are about all jobs "
        f"of the given role{named}. Give this trainer a role of its own, or a base_job_name "
        "without tokens, to hear of its jobs only",
    )


def _permit_rules(scope: Construct, notifications: Notifications) -> None:
    """Let EventBridge publish, or say what would.

    Without conditions, as ``aws_events_targets.SnsTopic`` does it: the EventBridge user guide
    ("Using resource-based policies") says that policies of topics take none from EventBridge, and
    a message that a condition keeps back would be missed by nobody until it was needed.
    """
    topic = notifications.topic
    if topic is None:
        _say_what_topic_must_allow(scope, notifications.topic_arn)
        return
    statement = iam.PolicyStatement.from_json(_topic_statement(topic.topic_arn))
    if not topic.add_to_resource_policy(statement).statement_added:
        _say_what_topic_must_allow(scope, topic.topic_arn)
    key = topic.master_key
    if key is None:
        return
    statement = iam.PolicyStatement.from_json(_key_statement())
    if not key.add_to_resource_policy(statement, True).statement_added:  # noqa: FBT003 - the CDK's signature
        cdk.Annotations.of(scope).add_info_v2(
            KEY_USED_AS_GIVEN,
            "the policy of the notification topic's key is not for this app to change. It must "
            f"have the statement {json.dumps(_key_statement())}. The key alias/aws/sns cannot",
        )


def _topic_statement(topic_arn: str) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": _SERVICE},
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }


def _key_statement() -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": _SERVICE},
        "Action": _KEY_ACTIONS,
        "Resource": "*",
    }


def _say_what_topic_must_allow(scope: Construct, topic_arn: str) -> None:
    statement = _topic_statement("<topic ARN>" if is_token(topic_arn) else topic_arn)
    cdk.Annotations.of(scope).add_info_v2(
        TOPIC_USED_AS_GIVEN,
        "the policy of the notification topic is not for this app to change. It must have the "
        f"statement {json.dumps(statement)}; if the topic is encrypted, the policy of its key the "
        f"statement {json.dumps(_key_statement())}",
    )


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
