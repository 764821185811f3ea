"""Executions of this engine's own, replayed: as they were, and with one answer changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.conformance.moto_parts import TaskError
from tests.conformance.replays import Call, Recording, differences
from tests.conformance.rows import TRANSIENT
from tests.conformance.sagemaker import SageMaker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.conformance.moto_engine import Engine
    from tests.conformance.trainers import Trainer


def check(engine: Engine, trainer: Trainer, told: Callable[[str, list[str]], None]) -> None:
    """Replay an execution of a trainer, and tell what is wrong."""
    recording = _recorded(engine, trainer)
    told(f"{trainer.name}: a replay", list(differences(engine, recording)))
    *before, last = recording.calls
    changed = replace(recording, calls=[*before, last._replace(answer=None, error=("Odd", "x"))])
    is_seen = bool(list(differences(engine, changed)))
    told(f"{trainer.name}: a replay with another answer", [] if is_seen else ["it is not seen"])


def _recorded(engine: Engine, trainer: Trainer) -> Recording:
    sagemaker = SageMaker(TRANSIENT.script, engine.now)
    calls: list[Call] = []

    def answer(action: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        try:
            found = sagemaker.call(action, arguments)
        except TaskError as error:
            calls.append(Call(action, arguments, error=(error.name, error.cause)))
            raise
        calls.append(Call(action, arguments, found))
        return found

    ended = engine.run(trainer.definition, trainer.needed, answer)
    return Recording(
        name=trainer.name,
        definition=trainer.definition,
        calls=calls,
        status=ended.status,
        error=ended.error,
        cause=ended.cause,
        output=ended.output,
        given=trainer.needed,
    )
