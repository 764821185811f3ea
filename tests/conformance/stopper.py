"""The stopper's definition, told of executions of a trainer as the trainer's rule tells it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.conformance.judge import invalid, name_of
from tests.conformance.moto_engine import EXECUTION_ARN, START
from tests.conformance.moto_parts import TaskError
from tests.conformance.sagemaker import (
    FOR_EVER,
    NOT_FOUND,
    SageMaker,
    Script,
    lost,
    refused,
    throttled,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.conformance.moto_engine import Engine
    from tests.conformance.sagemaker import Fault
    from tests.conformance.trainers import Trainer

COULD_NOT_STOP = "CouldNotStop"
_MOST_ATTEMPTS = 20
_DENIED = "User is not authorized to perform sagemaker:StopTrainingJob"
_RUNNING, _LOST = ("InProgress", None), [refused("Access denied", FOR_EVER)]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the stopper finds.

    Attributes:
        name: What it is.
        stops: Faults of StopTrainingJob.
        has_job: Whether a job runs.
        is_defined: Whether it may read the execution's definition.
        is_renamed: Whether the rule has another stem by now.
        is_alien: Whether the execution's job has a name that is none of its attempts'.
        error: The error that it ends with; None for success.
    """

    name: str
    stops: tuple[Fault, ...] = ()
    has_job: bool = True
    is_defined: bool = True
    is_renamed: bool = False
    is_alien: bool = False
    error: str | None = None


ROWS = [
    Row(name="nothing to stop", has_job=False),
    Row(name="a job runs"),
    Row(name="a job runs, throttled, then stopped", stops=(throttled(12),)),
    Row(name="a job runs, and answers are lost", stops=(lost(after=True, times=3),)),
    Row(name="a job that is seen late", stops=(replace(NOT_FOUND, times=5),)),
    Row(name="refused for ever", stops=(refused(_DENIED, FOR_EVER),), error=COULD_NOT_STOP),
    Row(name="a job runs, and its trainer has another stem by now", is_renamed=True),
    Row(name="a job runs, and the definition cannot be read", is_defined=False),
    Row(name="a job of another name was created", is_alien=True, error=COULD_NOT_STOP),
]


def check(
    engine: Engine,
    definition: Mapping[str, Any],
    trainer: Trainer,
    told: Callable[[str, list[str]], None],
) -> None:
    """Run all rows about a trainer, and tell what is wrong with each."""
    for row in ROWS:
        found = list(_check_row(engine, definition, trainer, row))
        told(f"{trainer.name}: the stopper: {row.name}", found)


def _check_row(
    engine: Engine, definition: Mapping[str, Any], trainer: Trainer, row: Row
) -> Iterator[str]:
    sagemaker = _left(engine, trainer, row)
    called = [f"{name}-renamed" if row.is_alien else name for name in sagemaker.jobs]
    sagemaker.jobs = dict(zip(called, sagemaker.jobs.values(), strict=True))
    history = _history(trainer) if row.has_job else []

    def answer(action: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        if action == "describeStateMachineForExecution":
            if not row.is_defined:
                raise TaskError("Sfn.SfnException", "User is not authorized")
            return {"Definition": json.dumps(trainer.definition)}
        if action == "getExecutionHistory":
            return {"Events": history}
        return sagemaker.call(action, arguments)

    stem = "another" if row.is_renamed else None
    ended = engine.run(definition, rule_input(trainer.document["rule"], stem), answer)
    end = ("SUCCEEDED", None) if row.error is None else ("FAILED", row.error)
    if (ended.status, ended.error) != end:
        yield f"{ended.status} {ended.error}, and not {end}: {ended.cause}"
    for action, arguments in ended.calls:
        yield from invalid(action, arguments)
    most = trainer.begin["maxAttempts"] if row.is_defined else _MOST_ATTEMPTS
    names = [name_of(trainer.begin["stem"], attempt + 1) for attempt in range(most)]
    asked = {a["TrainingJobName"] for action, a in ended.calls if action == "stopTrainingJob"}
    if asked != set(names):
        yield f"it asked for {sorted(asked)}, and not for {names}"
    if bool(sagemaker.running()) != (row.error is not None):
        yield f"these run: {sagemaker.running()}"
    named = names if row.error is not None else []
    missing = [name for name in named if name not in (ended.cause or "")]
    if missing:
        yield f"the Cause does not name {missing}: {ended.cause}"


def _left(engine: Engine, trainer: Trainer, row: Row) -> SageMaker:
    """What an execution leaves that could not look at its job, or was refused one."""
    script = Script(jobs=[_RUNNING], describes=_LOST, stops=row.stops, is_registered=True)
    if not row.has_job:
        script = replace(script, creates=[refused("No", FOR_EVER)], stops=())
    sagemaker = SageMaker(script, engine.now)
    engine.run(trainer.definition, trainer.needed, sagemaker.call)
    return sagemaker


def _history(trainer: Trainer) -> list[dict[str, Any]]:
    """What GetExecutionHistory says of a job that was created."""
    kind, kind_of_resource, resource = (
        ("TaskSubmitted", "sagemaker", "createTrainingJob.sync")
        if trainer.is_waiting
        else ("TaskSucceeded", "aws-sdk:sagemaker", "createTrainingJob")
    )
    details = {"ResourceType": kind_of_resource, "Resource": resource}
    entered = {"Id": 1, "Type": "ExecutionStarted", "ExecutionStartedEventDetails": {}}
    return [entered, {"Id": 7, "Type": kind, f"{kind}EventDetails": details}]


def rule_input(rule: Mapping[str, Any], stem: str | None = None) -> Any:  # noqa: ANN401 - JSON
    """What a rule gives the stopper when the execution of this engine has ended.

    Args:
        rule: The target's InputTransformer.
        stem: Another stem in place of the rule's.
    """
    detail = {
        "executionArn": EXECUTION_ARN,
        "startDate": round(START.timestamp() * 1000),
        "redriveCount": 0,
    }
    text: str = rule["InputTemplate"]
    for name, path in rule["InputPathsMap"].items():
        text = text.replace(f"<{name}>", str(detail[path.removeprefix("$.detail.")]))
    given = json.loads(text)
    return given if stem is None else {**given, "Stem": stem}
