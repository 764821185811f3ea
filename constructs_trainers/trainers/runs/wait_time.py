"""How long a state waits for training."""

from __future__ import annotations

import math
from typing import Final

import aws_cdk as cdk

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_number_token

# Developer guide, "Task workflow state": TimeoutSeconds.
_LONGEST: Final = 99_999_999
_PATH: Final = "wait_timeout"
_ALLOWED: Final = f"whole seconds from 1 to {_LONGEST:,}, or a Duration"


def wait_seconds(given: object, *, wait: bool) -> tuple[int | None, list[Problem]]:
    """A time to wait in seconds, and what is wrong with it.

    Args:
        given: What was given as ``wait_timeout``.
        wait: Whether the state waits at all.
    """
    if given is None:
        return None, []
    if not wait:
        fix = "leave it out, or wait"
        return None, [Problem(path=_PATH, message="has no effect without 'wait'", fix=fix)]
    seconds = _seconds(given)
    if seconds is None or not 1 <= seconds <= _LONGEST or not seconds.is_integer():
        message = "is no time that a state can wait"
        return None, [Problem(path=_PATH, message=message, got=short_repr(given), allowed=_ALLOWED)]
    return int(seconds), []


def _seconds(given: object) -> float | None:
    if isinstance(given, cdk.Duration):
        return None if given.is_unresolved() else float(given.to_milliseconds()) / 1000
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    return None if is_number_token(given) or not math.isfinite(given) else float(given)
