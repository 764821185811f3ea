"""What tells a construct from all others of its account: two apps may have the same paths."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from constructs import Construct

# API reference: CreateStateMachine, name.
_LONGEST_NAME = 80
_DIGITS = 8


def owner_of(construct: Construct) -> str:
    """The name of the construct's stack, and its path below the stack.

    The name of a nested stack is only known at deployment: there the path goes on up to the
    outermost stack.
    """
    stack = cdk.Stack.of(construct)
    if is_token(stack.stack_name):
        return construct.node.path
    return f"{stack.stack_name}/{construct.node.path.removeprefix(f'{stack.node.path}/')}"


def unique_name(construct: Construct) -> str:
    """A name for what is made for a construct, of letters, digits, hyphens and underscores.

    Known at synthesis, so that what names a resource need not wait for it.
    """
    owner = owner_of(construct)
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", owner).strip("-")[: _LONGEST_NAME - 1 - _DIGITS]
    return f"{readable}-{sha256(owner.encode()).hexdigest()[:_DIGITS]}"
