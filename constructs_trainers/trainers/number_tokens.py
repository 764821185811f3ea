"""Numbers that are CDK tokens, as text."""

from __future__ import annotations

import aws_cdk as cdk


def number_token_as_text(value: object) -> str:
    """The string token for a number that is a token."""
    if not isinstance(value, float):
        raise TypeError(value)
    return cdk.Tokenization.stringify_number(value)
