"""Definitions on moto's Step Functions interpreter: in process, and no time passes.

Wait states and retries only move the clock of the execution on. What of moto is replaced stands in
``moto_parts``.
"""

from __future__ import annotations

import copy
import json
import logging
import pickle
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from moto.stepfunctions.parser.api import StateMachineType
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

from tests.conformance.moto_parts import replace_parts
from tests.support.reference_jsonata import ReferenceJsonata

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

START = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
EXECUTION_ARN = "arn:aws:states:us-west-2:123456789012:execution:Machine:run-1"
ROLE_ARN = "arn:aws:iam::123456789012:role/machine"

# Moto knows no limit of an execution's history, and an endless loop would take all memory.
_MOST_STEPS = 10_000
_LONGEST_BRANCH = 5.0


class _NeverEndsError(BaseException):
    """An execution goes on and on. No Exception, which moto would take for the machine's own."""


@dataclass(frozen=True)
class Ended:
    """How an execution ended.

    Attributes:
        status: ``SUCCEEDED`` or ``FAILED``; ``RUNNING`` of one that goes on and on.
        error: The error of one that failed.
        cause: Its Cause.
        output: The output of one that succeeded.
        calls: What it asked for: the action, and with what.
        waits: The seconds that it waited, one after the other.
    """

    status: str
    error: str | None
    cause: str | None
    output: Any
    calls: list[tuple[str, dict[str, Any]]]
    waits: list[float]


@dataclass
class _Run:
    """The execution that runs; one at a time."""

    answer: Callable[[str, Mapping[str, Any]], Any]
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    steps: int = 0
    thread: threading.Thread = field(default_factory=threading.current_thread)


class Engine:
    """Runs definitions; a context manager, for the node process behind it."""

    def __init__(self) -> None:
        self._jsonata = ReferenceJsonata()
        # Tasks and branches have threads of their own.
        self._lock = threading.Lock()
        self._run = _Run(lambda _action, _arguments: None)
        self._parsed: dict[str, bytes] = {}
        logging.getLogger("moto").setLevel(logging.CRITICAL)

    def __enter__(self) -> Self:
        self._jsonata.__enter__()
        replace_parts(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._jsonata.__exit__()

    def now(self) -> str:
        """The time of the execution that runs."""
        moment = START + timedelta(seconds=sum(self._run.waits))
        return _text(moment)

    def run(
        self,
        definition: Mapping[str, Any],
        execution_input: object,
        answer: Callable[[str, Mapping[str, Any]], Any],
        execution: Mapping[str, Any] = MappingProxyType({}),
    ) -> Ended:
        """Run a definition to its end.

        Args:
            definition: Amazon States Language.
            execution_input: The execution's input.
            answer: Answers calls, or raises ``TaskError``.
            execution: What the context's Execution has in place of this engine's own.
        """
        self._run = run = _Run(answer)
        others = set(threading.enumerate())
        environment = Environment(
            aws_execution_details=AWSExecutionDetails("123456789012", "us-west-2", ROLE_ARN),
            execution_type=StateMachineType.STANDARD,
            cloud_watch_logging_session=None,
            activity_store={},
            context=_context({"Input": execution_input, **execution}),
            event_history_context=EventHistoryContext.of_program_start(),
        )
        program = self._program(json.dumps(definition))
        environment.next_state_name = program.start_at.start_at_name
        try:
            program._eval_body(environment)
        except _NeverEndsError:
            return Ended("RUNNING", None, "it never ends", None, run.calls, run.waits)
        _wait_for(others)
        state = environment.program_state()
        if isinstance(state, ProgramEnded):
            output = environment.states.get_input()
            return Ended("SUCCEEDED", None, None, output, run.calls, run.waits)
        error = state.error or {}
        cause = error.get("cause")
        return Ended("FAILED", error.get("error"), cause, None, run.calls, run.waits)

    def _program(self, text: str) -> Any:  # noqa: ANN401 - moto's own
        """A definition that is parsed once: that takes longer than most runs."""
        if text not in self._parsed:
            self._parsed[text] = pickle.dumps(AmazonStateLanguageParser.parse(text)[0])
        return pickle.loads(self._parsed[text])  # noqa: S301 - of this process

    def value(self, code: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What comes of an expression."""
        with self._lock:
            if not self._goes_on():
                # Moto waits for its threads, however they end: here a state fails in place of it.
                return {"error": "it never ends"}
            return self._jsonata.answer(code, variables)

    def call(self, action: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """What a task is answered with."""
        with self._lock:
            self._run.calls.append((action, copy.deepcopy(arguments)))
            return copy.deepcopy(self._run.answer(action, arguments))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._goes_on()
            self._run.waits.append(seconds)

    def _goes_on(self) -> bool:
        """Count a step; whether there may be more."""
        self._run.steps += 1
        is_over = self._run.steps > _MOST_STEPS
        if is_over and threading.current_thread() is self._run.thread:
            raise _NeverEndsError
        return not is_over


def _wait_for(others: set[threading.Thread]) -> None:
    """Wait for the branches beside one that failed: they must not go on into the next run."""
    deadline = time.monotonic() + _LONGEST_BRANCH
    while (left := set(threading.enumerate()) - others) and time.monotonic() < deadline:
        for thread in left:
            # One that was just started is listed before it can be joined.
            if thread.is_alive():
                thread.join(_LONGEST_BRANCH)


def _context(given: Mapping[str, Any]) -> dict[str, Any]:
    execution = {
        "Id": EXECUTION_ARN,
        "Name": "run-1",
        "RoleArn": ROLE_ARN,
        "StartTime": _text(START),
        "RedriveCount": 0,
        **given,
    }
    return {"Execution": execution, "StateMachine": {"Id": "arn", "Name": "Machine"}}


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
