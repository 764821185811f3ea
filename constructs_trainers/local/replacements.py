"""The one place where functions of ministack's own are replaced, each once.

What replaces them stands with its subject: executions, nested workflows and branches, Distributed
Maps, variables. A test holds each name, and its parameters, against the pinned version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ministack import app
from ministack.services import stepfunctions

from constructs_trainers.local import (
    distributed_hooks,
    execution_hooks,
    nested_hooks,
    variable_hooks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TABLES: Final[tuple[Mapping[str, Callable[..., Any]], ...]] = (
    execution_hooks.REPLACED,
    nested_hooks.REPLACED,
    distributed_hooks.REPLACED,
    variable_hooks.REPLACED,
)
"""By name, what takes the place of ministack's functions of Step Functions."""


def replace_functions() -> None:
    """Let ministack run state machines as Step Functions documents it."""
    for table in TABLES:
        for name, function in table.items():
            setattr(stepfunctions, name, function)
    app.SERVICE_HANDLERS["states"] = execution_hooks.handle
