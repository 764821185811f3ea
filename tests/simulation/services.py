"""The services that states call, and what goes wrong with them."""

from __future__ import annotations

from typing import NamedTuple

from tests.simulation.faults import BURSTS, FAULTS, FINE, KINDS, LEAST_RATES, ONCE, SLOW
from tests.simulation.interpreter import Call, StateError
from tests.simulation.sagemaker import Registry, SageMaker
from tests.simulation.schedule import Schedule
from tests.simulation.values import Json

_BEFORE, _BEFORE_SLOW = 0.1, 45
# One fault seldom comes alone: how often another call has one too.
_TROUBLE = 0.25
_LABELS = {action: f"{action} is {kinds}" for action, kinds in KINDS.items()}


class Asked(NamedTuple):
    """A call, and what is to happen to it.

    Attributes:
        action: The service's action.
        arguments: Its request.
        kind: One of ``faults.KINDS``.
        is_waiting: Whether the integration waits for the job.
        takes: Seconds until it has its effect.
    """

    action: str
    arguments: Json
    kind: str
    is_waiting: bool
    takes: float


class Answer(NamedTuple):
    """What a call was answered.

    Attributes:
        said: ``FINE``, the fault, or the name of the service's own error.
        result: The service's answer, also when it was lost; None for an error.
        error: The error that the execution learns of.
    """

    said: str
    result: Json
    error: StateError | None


class Services:
    """SageMaker, its registry and Step Functions' own look-ups.

    Args:
        schedule: Its chance.
        sagemaker: The training jobs.
        registry: The registry; None where nothing asks for it.
    """

    def __init__(self, schedule: Schedule, sagemaker: SageMaker, registry: Registry | None) -> None:
        self._schedule, self._sagemaker, self._registry = schedule, sagemaker, registry
        self._bursts: dict[str, tuple[str, int]] = {}
        self._is_in_trouble = False

    def ask(self, call: Call) -> Asked:
        """Decide what is to happen to a call."""
        name = call.resource.rpartition(":")[2]
        action = name.removesuffix(".sync")
        kind = self._kind(action)
        takes = _BEFORE_SLOW if kind == SLOW else _BEFORE
        return Asked(action, call.arguments, kind, action != name, takes)

    def _kind(self, action: str) -> str:
        kind, left = self._bursts.get(action, (FINE, 0))
        if left > 0:
            self._bursts[action] = (kind, left - 1)
            return kind
        kinds = KINDS[action]
        rate = max(self._schedule.rate, LEAST_RATES.get(action, 0.0))
        if self._is_in_trouble:
            rate = max(rate, _TROUBLE)
        kind = kinds[self._schedule.draw(len(kinds), _LABELS[action], rate)]
        if kind not in ONCE:
            label = f"{action} is {kind} in a row: {BURSTS}"
            often = BURSTS[self._schedule.draw(len(BURSTS), label, 0.7)]
            self._bursts[action] = (kind, often - 1)
        return kind

    def answer(
        self, asked: Asked, *, redrive: int = 0, attempt: int = 0, known: Json = None
    ) -> Answer:
        """Have a call's effect, and give what comes of it.

        Args:
            asked: The call.
            redrive: How often the execution had been redriven when it called.
            attempt: Its attempt then.
            known: What Step Functions knows itself, for its own look-ups.
        """
        said = asked.kind
        if said == "hidden" and not self._sagemaker.is_hidden(asked.arguments["TrainingJobName"]):
            said = FINE
        fault = FAULTS.get(said)
        result, refusal = None, None
        if fault is None or fault.has_effect:
            try:
                result = self._do(asked, redrive, attempt, known)
            except StateError as error:
                refusal = error
        self._is_in_trouble = fault is not None or refusal is not None
        if refusal is not None:
            # What is refused has no effect to lose the answer of.
            return Answer(refusal.error, None, refusal)
        if fault is None:
            return Answer(FINE, result, None)
        is_states = asked.action in ("describeStateMachineForExecution", "getExecutionHistory")
        return Answer(said, result, fault.of(is_states=is_states, is_waiting=asked.is_waiting))

    def _do(self, asked: Asked, redrive: int, attempt: int, known: Json) -> Json:
        name = asked.arguments.get("TrainingJobName", "")
        match asked.action:
            case "createTrainingJob":
                return self._sagemaker.create(name, asked.kind, redrive=redrive, attempt=attempt)
            case "describeTrainingJob":
                return self._sagemaker.describe(name)
            case "stopTrainingJob":
                return self._sagemaker.stop(name)
            case "describeStateMachineForExecution" | "getExecutionHistory":
                return known
            case _:
                return self._ask_registry(asked)

    def _ask_registry(self, asked: Asked) -> Json:
        assert self._registry is not None, asked.action
        what = "HubContent" if asked.action.endswith("Content") else "Hub"
        if asked.action.startswith("describe"):
            return self._registry.describe(what)
        return self._registry.make(what, asked.kind)
