"""How much IAM lets a role have, and what is said to who needs more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.errors import Problem
from constructs_trainers.values.tokens import STRING_TOKEN

if TYPE_CHECKING:
    import re

MOST_CHARACTERS: Final = 10_240
"""IAM user guide, "IAM and STS quotas": all inline policies of a role, without spaces."""
# The same: the managed policies of a role, and a managed policy.
MOST_MANAGED: Final = 10
MOST_OF_A_MANAGED_ONE: Final = 6_144

# What tokens stand for at the longest: aws-us-gov, ap-southeast-1; a name that CloudFormation
# makes, the longest of which a bucket has (S3 user guide, "Bucket naming rules"); an ARN, where
# the token is the whole text.
_LENGTHS: Final = {"AWS.Partition": 10, "AWS.Region": 14, "AWS.AccountId": 12}
_LENGTH_OF_A_NAME: Final = 63
_LENGTH_OF_AN_ARN: Final = 100

# A token that is no text.
_ANY: Final = "x" * _LENGTH_OF_AN_ARN

_ALLOWED: Final = (
    f"{MOST_CHARACTERS:,} characters in all inline policies of the role, and {MOST_MANAGED} "
    f"managed ones of {MOST_OF_A_MANAGED_ONE:,}"
)


def too_many_trainers(length: int) -> Problem:
    """That a role has no policy left for what a trainer needs.

    Args:
        length: About how many characters there is no room for.
    """
    return Problem(
        path="role",
        message="is shared by more trainers than its policies have room for",
        got=f"some {length:,} characters more",
        allowed=_ALLOWED,
        fix="give the trainers that share the role one model_package_group and data below one "
        "folder, or some of them another role; without a role each gets its own",
    )


def too_many_places(path: str, length: int) -> Problem:
    """That no policy is large enough for what one trainer needs.

    Args:
        path: The prop whose places are in it.
        length: About how many characters there is no room for.
    """
    return Problem(
        path=path,
        message="names more places than the policies of the job's role have room for",
        got=f"some {length:,} characters",
        allowed=_ALLOWED,
        fix="give the trainer runtime_overrides whose training_dataset lists the folder or bucket "
        "that they are all in: its jobs may then read what is below it",
    )


def too_much_beside(length: int) -> Problem:
    """That a given role may do so much already that its policies have no room for its trainers.

    Args:
        length: About how many characters its inline policies would have in all.
    """
    return Problem(
        path="role",
        message="has more in its inline policies than IAM takes, with what its trainers need",
        got=f"some {length:,} characters",
        allowed=f"{MOST_CHARACTERS:,} characters",
        fix="move what the role may do besides into managed policies (iam.ManagedPolicy), or grant "
        "it before the trainers are made: what they need then goes into managed ones",
    )


def deployed_length(document: dict[str, Any]) -> int:
    """About how many characters a policy has once tokens have become what they stand for."""
    text = json.dumps(document, separators=(",", ":"), default=lambda _: _ANY)

    def value(token: re.Match[str]) -> str:
        known = (length for name, length in _LENGTHS.items() if name in token[0])
        is_whole = text[token.start() - 1] == text[token.end()] == '"'
        return "x" * next(known, _LENGTH_OF_AN_ARN if is_whole else _LENGTH_OF_A_NAME)

    return len(STRING_TOKEN.sub(value, text))
