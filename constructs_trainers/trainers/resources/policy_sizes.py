"""How much IAM lets a role have, and what is said to who needs more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.values.tokens import STRING_TOKEN

if TYPE_CHECKING:
    import re

    from constructs import Construct

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


def too_many(length: int) -> Problem:
    """That a role's policies have no room left.

    Args:
        length: About how many characters there is no room for.
    """
    return Problem(
        path="role",
        message="is shared by more trainers than its policies have room for",
        got=f"some {length:,} characters more",
        allowed=f"{MOST_CHARACTERS:,} characters in inline policies, and {MOST_MANAGED} managed "
        f"ones of {MOST_OF_A_MANAGED_ONE:,}",
        fix="give the trainers that share the role one model_package_group and data below one "
        "folder, or some of them another role; without a role each gets its own",
    )


def check_room(scope: Construct, path: str, size: int) -> None:
    """Refuse more than IAM gives a role.

    Args:
        scope: What asked for the last of it.
        path: The prop to tell of.
        size: About how many characters the role's inline policies have.

    Raises:
        TrainerError: It is too much.
    """
    if size <= MOST_CHARACTERS:
        return
    problem = Problem(
        path=path,
        message="names more places than the policies of the job's role have room for",
        got=f"some {size:,} characters in the role's policies",
        allowed=f"{MOST_CHARACTERS:,} characters",
        fix="give the trainer runtime_overrides whose training_dataset lists the folder or bucket "
        "that they are all in: its jobs may then read what is below it",
    )
    raise TrainerError(scope.node.path, [problem])


def deployed_length(document: dict[str, Any]) -> int:
    """About how many characters a policy has once tokens have become what they stand for."""
    text = json.dumps(document, separators=(",", ":"))

    def value(token: re.Match[str]) -> str:
        known = (length for name, length in _LENGTHS.items() if name in token[0])
        is_whole = text[token.start() - 1] == text[token.end()] == '"'
        return "x" * next(known, _LENGTH_OF_AN_ARN if is_whole else _LENGTH_OF_A_NAME)

    return len(STRING_TOKEN.sub(value, text))
