"""What is wrong with the arguments of ``train()`` that make its state, and not its data."""

from __future__ import annotations

from typing import Any, Final

import aws_cdk as cdk
from constructs import Construct

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

# Developer guide, "State machine structure": a state's name has 80 characters; states inside one
# of a bounded wait add their own word.
_LONGEST_NAME: Final = 70


def flag_problems(**flags: object) -> list[Problem]:
    """Flags that are neither True nor False.

    Args:
        flags: Their values by name.
    """
    message, allowed = "has the wrong type", "True or False"
    return [
        Problem(path=name, message=message, got=short_repr(value), allowed=allowed)
        for name, value in flags.items()
        if not isinstance(value, bool)
    ]


def scope_problems(trainer: Construct, scope: Any) -> list[Problem]:  # noqa: ANN401 - it is checked
    """What is wrong with the construct that the state is made in.

    Args:
        trainer: The trainer.
        scope: What was given as ``scope``.
    """
    if scope is None:
        return []
    if not Construct.is_construct(scope):
        message, got = "has the wrong type", short_repr(scope)
        return [Problem(path="scope", message=message, got=got, allowed="a construct")]
    here, there = cdk.Stack.of(trainer).environment, cdk.Stack.of(scope).environment
    if here == there:
        return []
    message = "is in another account or region, whose machines cannot run this trainer"
    fix = "give both stacks the same env"
    return [Problem(path="scope", message=message, got=there, allowed=here, fix=fix)]


def id_problems(trainer: Construct, id: object, scope: Construct | None) -> list[Problem]:  # noqa: A002 - as in train()
    """What is wrong with the state's id, in a scope that is a construct.

    Args:
        trainer: The trainer.
        id: What was given as ``id``.
        scope: What was given as ``scope``.
    """
    if not isinstance(id, str) or not id.isprintable() or not id or is_token(id):
        message = "cannot be a construct's id"
        return [Problem(path="id", message=message, got=short_repr(id), allowed="readable text")]
    name = f"{trainer.node.id}{id}"
    if len(name) > _LONGEST_NAME:
        message = f"makes a state name longer than {_LONGEST_NAME} characters"
        return [Problem(path="id", message=message, got=short_repr(name))]
    home, own_id = (trainer, id) if scope is None else (scope, name)
    if home.node.try_find_child(own_id) is None:
        return []
    fix = "give each call an id of its own, such as id='TrainAgain'"
    return [Problem(path="id", message="is taken", got=short_repr(id), fix=fix)]
