"""The arguments of ``train()``: their types, and what is wrong with those that make its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.props.types import type_problems
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_number_token, is_token
from constructs_trainers.workflows.train_task import LONGEST_NAME

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_trainers.trainers.runs.run_data import RunData

# Developer guide, "Task workflow state": TimeoutSeconds.
_LONGEST_WAIT: Final = 99_999_999


@dataclass(frozen=True, kw_only=True)
class TrainArguments:
    """What ``train()`` is called with; it says what each means."""

    input_data_config: RunData | None
    wait: bool
    logs: bool
    wait_timeout: float | cdk.Duration | None
    id: str
    scope: Construct | None

    def problems(self, trainer: Construct) -> list[Problem]:
        """What is wrong with the arguments, but for the data."""
        found = type_problems(self)
        wrong = {problem.path for problem in found}
        if "wait_timeout" not in wrong:
            found += wait_problems(self.wait_timeout, wait="wait" in wrong or self.wait)
        if "scope" not in wrong and self.scope is not None:
            found += _environment_problems(trainer, self.scope)
        if not any(problem.path in {"id", "scope"} for problem in found):
            found += _id_problems(trainer, self.id, self.scope)
        return found


def wait_problems(given: float | cdk.Duration | None, *, wait: bool = True) -> list[Problem]:
    """What is wrong with a time to wait.

    Args:
        given: What was given as ``wait_timeout``.
        wait: Whether the state waits at all.
    """
    path = "wait_timeout"
    if given is None:
        return []
    if not wait:
        fix = "leave it out, or wait"
        return [Problem(path=path, message="has no effect without 'wait'", fix=fix)]
    if wait_seconds(given) is not None:
        return []
    message = "is no time that a state can wait"
    allowed = f"whole seconds from 1 to {_LONGEST_WAIT:,}, or a Duration"
    return [Problem(path=path, message=message, got=short_repr(given), allowed=allowed)]


def wait_seconds(given: float | cdk.Duration | None) -> int | None:
    """A time to wait in seconds; None for no bound, and for one that no state can wait.

    Args:
        given: What was given as ``wait_timeout``.
    """
    seconds: float | None
    if isinstance(given, cdk.Duration):
        seconds = None if given.is_unresolved() else float(given.to_milliseconds()) / 1000
    else:
        seconds = None if is_number_token(given) else given
    if seconds is None or not 1 <= seconds <= _LONGEST_WAIT or int(seconds) != seconds:
        return None
    return int(seconds)


def _environment_problems(trainer: Construct, scope: Construct) -> list[Problem]:
    here, there = cdk.Stack.of(trainer).environment, cdk.Stack.of(scope).environment
    if here == there:
        return []
    message = "is in another account or region, whose machines cannot run this trainer"
    fix = "give both stacks the same env"
    return [Problem(path="scope", message=message, got=there, allowed=here, fix=fix)]


def _id_problems(trainer: Construct, id: str, scope: Construct | None) -> list[Problem]:  # noqa: A002 - as in train()
    if not id.isprintable() or not id or is_token(id):
        message = "cannot be a construct's id"
        return [Problem(path="id", message=message, got=short_repr(id), allowed="readable text")]
    name = f"{trainer.node.id}{id}"
    if len(name) > LONGEST_NAME:
        message = f"makes a state name longer than {LONGEST_NAME} characters"
        return [Problem(path="id", message=message, got=short_repr(name))]
    home, own_id = (trainer, id) if scope is None else (scope, name)
    if home.node.try_find_child(own_id) is None:
        return []
    fix = "give each call an id of its own, such as id='TrainAgain'"
    return [Problem(path="id", message="is taken", got=short_repr(id), fix=fix)]
