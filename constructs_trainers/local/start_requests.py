"""What StartExecution refuses, where ministack takes it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from constructs_trainers.workflows.sizes import MOST_PAYLOAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

# API reference, StartExecution: name.
_LONGEST_NAME: Final = 80
_ILLEGAL: Final = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]")


def refusal(request: Mapping[str, Any]) -> tuple[str, str] | None:
    """The error of a request that would be refused, and what is wrong; None for a good one.

    Args:
        request: The request of StartExecution.
    """
    name = request.get("name")
    if name is not None and (not 1 <= len(name) <= _LONGEST_NAME or _ILLEGAL.search(name)):
        return "InvalidName", f"Invalid Name: '{name}'"
    given = request.get("input", "{}")
    try:
        read_json(given)
    except ValueError as error:
        return "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
    if len(given.encode()) > MOST_PAYLOAD_BYTES:
        message = f"the input has more than {MOST_PAYLOAD_BYTES:,} bytes"
        return "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{message}'"
    return None


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value of JSON as the standard has it: without NaN and infinities.

    Args:
        text: JSON.

    Raises:
        ValueError: It is none, or is nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
