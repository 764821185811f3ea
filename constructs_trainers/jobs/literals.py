"""What is literal in a value that holds CDK tokens."""

from __future__ import annotations

from constructs_trainers.recipes.tokens import LIST_TOKEN, STRING_TOKEN

# A character that no ARN, URI or name may hold stands for each token, because a token's own text
# may hold the very separators that a value is split at.
UNKNOWN = "\0"


def masked(value: str) -> str:
    """The text with each token in it replaced by :data:`UNKNOWN`."""
    # A literal NUL is no token: another sign that is legal nowhere takes its place.
    literal = value.replace(UNKNOWN, "\ufffd")
    return LIST_TOKEN.sub(UNKNOWN, STRING_TOKEN.sub(UNKNOWN, literal))
