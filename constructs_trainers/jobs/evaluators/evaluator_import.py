"""Registering a Lambda function as an evaluator: the requests to SageMaker's hub.

A serverless RLVR job takes an evaluator, not a function. Source: what the SageMaker Python SDK
sends (``sagemaker.ai_registry`` of ``sagemaker-train`` 1.27).

Both creations are asynchronous: a hub is usable when DescribeHub says ``InService``, an evaluator
when DescribeHubContent says ``Available``. Both answer ``ResourceInUse`` when what they should
make is there, which is as good as made: name and content follow from the function's ARN.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.values.expressions import Expression
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.values.arns import Environment


HUB_DISPLAY_NAME: Final = "AiRegistry-{region}-{account}"
"""What the registry's hub is called to people; its name is made from this."""

_PREFIX: Final = "rlvr-reward-"
_DIGITS: Final = 12
# 256 bits are 51 digits of five bits and one of the bit that is left over.
_HUB_GROUPS: Final = 13


def evaluator_name(lambda_arn: str) -> str:
    """The name under which a Lambda function is registered.

    One function has one name, so that registering it again finds what is there. The SDK makes a
    new name from model and time for each job instead.

    Args:
        lambda_arn: The function's ARN, as text without CDK tokens.

    Returns:
        ``rlvr-reward-`` and the first 12 hex digits of the SHA-256 of the ARN.
    """
    return _PREFIX + hashlib.sha256(lambda_arn.encode()).hexdigest()[:_DIGITS]


def evaluator_name_code(lambda_arn: str) -> str:
    """The JSONata for :func:`evaluator_name`."""
    return f"'{_PREFIX}' & $substring($hash({lambda_arn}, 'SHA-256'), 0, {_DIGITS})"


def hub_name(region: str, account: str) -> str:
    """The name of an account's AI registry hub in a region.

    Where Studio and the SageMaker Python SDK (``sagemaker.ai_registry``) look for evaluators.

    Returns:
        52 digits and capitals: the SHA-256 of the display name in RFC 4648's base32hex.
    """
    display_name = HUB_DISPLAY_NAME.format(region=region, account=account)
    digest = hashlib.sha256(display_name.encode()).digest()
    return base64.b32hexencode(digest).decode().rstrip("=")


def hub_name_code(region: str, account: str) -> str:
    """The JSONata for :func:`hub_name`: five hex digits at a time are four in base32."""
    # 65 hex digits, the last one zero, are 13 groups of 20 bits. JSONata's $formatBase(_, 32)
    # has RFC 4648's base32hex alphabet, in lower case.
    digit = "$length($substringBefore('0123456789abcdef', $digit))"
    group = f"$reduce($split($five, ''), function($sum, $digit) {{$sum * 16 + {digit}}}, 0)"
    encoded = f"$substring('000' & $formatBase({group}, 32), -4)"
    return (
        f"($hex := $hash({hub_display_name_code(region, account)}, 'SHA-256') & '0'; "
        f"$uppercase($join($map([0..{_HUB_GROUPS - 1}], function($index) "
        f"{{($five := $substring($hex, $index * 5, 5); {encoded})}}))))"
    )


def hub_display_name_code(region: str, account: str) -> str:
    """The JSONata for :data:`HUB_DISPLAY_NAME`."""
    return f"'AiRegistry-' & {region} & '-' & {account}"


CONTENT_TYPE: Final = "JsonDoc"
VERSION: Final = "1.0.0"
"""The only version: another function has another name, and the same has nothing to change."""

_SCHEMA_VERSION: Final = "2.0.0"
_SUB_TYPE: Final = "AWS/Evaluator"
_EVALUATOR_TYPE: Final = "RewardFunction"
# Studio finds evaluators by these.
_KEYWORDS: Final = (
    "method:lambda",
    "@subtype:aws/evaluator",
    "@evaluatortype:rewardfunction",
    "@contenttype:byolambda",
)


@dataclass(frozen=True, kw_only=True)
class EvaluatorImport:
    """What registering one Lambda function takes.

    Text that only the deployment knows is an :class:`Expression`.

    Attributes:
        evaluator_arn: What CreateTrainingJob is to name as EvaluatorArn.
        import_request: The request of ImportHubContent.
        describe_request: The request of DescribeHubContent, to wait for ``Available``.
        create_hub_request: The request of CreateHub, for an account without the registry's hub.
        describe_hub_request: The request of DescribeHub, to wait for ``InService``.
    """

    evaluator_arn: str | Expression
    import_request: Mapping[str, Any]
    describe_request: Mapping[str, Any]
    create_hub_request: Mapping[str, Any]
    describe_hub_request: Mapping[str, Any]


def evaluator_import(lambda_arn: str, environment: Environment) -> EvaluatorImport:
    """The requests that register a Lambda function as an evaluator.

    Args:
        lambda_arn: The function's ARN, with its qualifier if it has one, or CDK tokens.
        environment: Where the job runs; the registry is there, wherever the function is.
    """
    hub = _hub_name(environment)
    name = _evaluator_name(lambda_arn)
    content = {"HubName": hub, "HubContentType": CONTENT_TYPE, "HubContentName": name}
    return EvaluatorImport(
        evaluator_arn=_evaluator_arn(environment, hub, name),
        import_request={
            **content,
            "HubContentVersion": VERSION,
            "DocumentSchemaVersion": _SCHEMA_VERSION,
            "HubContentDocument": _document(lambda_arn),
            "HubContentSearchKeywords": list(_KEYWORDS),
        },
        describe_request={**content, "HubContentVersion": VERSION},
        create_hub_request={
            "HubName": hub,
            "HubDisplayName": HUB_DISPLAY_NAME.format(
                region=environment.region, account=environment.account
            ),
            "HubDescription": "AI Registry Hub",
        },
        describe_hub_request={"HubName": hub},
    )


def registry_arns(lambda_arn: str, environment: Environment) -> tuple[str, str]:
    """The hub and the evaluator of :func:`evaluator_import`, as a policy names them.

    Resources as in AWS's managed policy AmazonSageMakerModelCustomizationCoreAccess, narrowed to
    the one hub and the one evaluator where their names are known at synthesis.

    Returns:
        The ARN of the hub and of all versions of its content, with wildcards.
    """
    hub, name = _hub_name(environment), _evaluator_name(lambda_arn)
    # A name that is computed at run time cannot stand in a policy.
    hub_part = "*" if isinstance(hub, Expression) else hub
    name_part = "rlvr-reward-*" if isinstance(name, Expression) else name
    content = f"hub-content/{hub_part}/{CONTENT_TYPE}/{name_part}/*"
    arn = environment.arn
    return arn("sagemaker", f"hub/{hub_part}"), arn("sagemaker", content)


def _hub_name(environment: Environment) -> str | Expression:
    region, account = environment.region, environment.account
    if is_token(region) or is_token(account):
        return Expression(hub_name_code(_text(region), _text(account)))
    return hub_name(region, account)


def _evaluator_name(lambda_arn: str) -> str | Expression:
    if is_token(lambda_arn):
        return Expression(evaluator_name_code(_text(lambda_arn)))
    return evaluator_name(lambda_arn)


def _evaluator_arn(
    environment: Environment, hub: str | Expression, name: str | Expression
) -> str | Expression:
    start = environment.arn("sagemaker", "hub-content/")
    middle, end = f"/{CONTENT_TYPE}/", f"/{VERSION}"
    if isinstance(hub, str) and isinstance(name, str):
        return f"{start}{hub}{middle}{name}{end}"
    parts = (_text(start), _code(hub), _text(middle), _code(name), _text(end))
    return Expression(" & ".join(parts))


def _document(lambda_arn: str) -> str:
    # An ARN needs no escapes in JSON, so that a CDK token may stand in it.
    content = {"Reference": lambda_arn, "EvaluatorType": _EVALUATOR_TYPE}
    return json.dumps({"SubType": _SUB_TYPE, "JsonContent": json.dumps(content)})


def _code(value: str | Expression) -> str:
    return f"({value.code})" if isinstance(value, Expression) else _text(value)


def _text(value: str) -> str:
    # JSON is JSONata.
    return json.dumps(value)
