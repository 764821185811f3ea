"""How a reward function is named in SageMaker's AI registry.

Each name is made twice: at synthesis from text, and as JSONata for what only the deployment knows
(an account, the ARN of a function in the same stack). Both give the same name.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

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
    """The JSONata for :func:`evaluator_name`.

    Args:
        lambda_arn: The JSONata for the function's ARN.
    """
    return f"'{_PREFIX}' & $substring($hash({lambda_arn}, 'SHA-256'), 0, {_DIGITS})"


def hub_name(region: str, account: str) -> str:
    """The name of an account's AI registry hub in a region.

    Where Studio and the SageMaker Python SDK (``sagemaker.ai_registry``) look for evaluators.

    Args:
        region: The region, as text without CDK tokens.
        account: The account, likewise.

    Returns:
        52 digits and capitals: the SHA-256 of the display name in RFC 4648's base32hex.
    """
    display_name = HUB_DISPLAY_NAME.format(region=region, account=account)
    digest = hashlib.sha256(display_name.encode()).digest()
    return base64.b32hexencode(digest).decode().rstrip("=")


def hub_name_code(region: str, account: str) -> str:
    """The JSONata for :func:`hub_name`: five hex digits at a time are four in base32.

    Args:
        region: The JSONata for the region.
        account: The JSONata for the account.
    """
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
    """The JSONata for :data:`HUB_DISPLAY_NAME`.

    Args:
        region: The JSONata for the region.
        account: The JSONata for the account.
    """
    return f"'AiRegistry-' & {region} & '-' & {account}"
