"""What the machine of a pipeline does, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class TrainStep:
    """One run of a trainer.

    Attributes:
        name: The state's name, and the output's.
        machine_arn: The trainer's machine.
        execution_input: The input of its execution.
        source: The step whose model package it goes on training from; None for none.
        wait_timeout: Seconds after which it is stopped; None for no bound.
        hyperparameter_bytes: Bytes of the trainer's own hyperparameters, which are in its output.
    """

    name: str
    machine_arn: str
    execution_input: Mapping[str, object]
    source: str | None = None
    wait_timeout: int | None = None
    hyperparameter_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class SweepStep:
    """Runs of a trainer over a list.

    Attributes:
        name: The state's name, and the output's.
        run: One of the runs; what is in its input is in all of theirs.
        items: The inputs of the executions.
        max_concurrency: How many run at once.
    """

    name: str
    run: TrainStep
    items: Sequence[Mapping[str, object]]
    max_concurrency: int


@dataclass(frozen=True, kw_only=True)
class ManifestStep:
    """Runs of a trainer over a file in S3.

    Attributes:
        name: The state's name, and the output's.
        run: One of the runs.
        file: Bucket and key of the file.
        input_type: ``JSON`` or ``JSONL``.
        results: Bucket and key prefix of what is written.
        max_concurrency: How many run at once.
        tolerated_failure_percentage: How many of a hundred may fail.
    """

    name: str
    run: TrainStep
    file: tuple[str, str]
    input_type: str
    results: tuple[str, str]
    max_concurrency: int
    tolerated_failure_percentage: float


@dataclass(frozen=True, kw_only=True)
class ParallelStep:
    """Steps that run at once.

    Attributes:
        name: The state's name.
        steps: The steps.
    """

    name: str
    steps: Sequence[SingleStep]


SingleStep = TrainStep | SweepStep | ManifestStep
Step = SingleStep | ParallelStep


def output_names(step: Step) -> list[str]:
    """The names of the outputs that a step gives."""
    if isinstance(step, ParallelStep):
        return [inner.name for inner in step.steps]
    return [step.name]
