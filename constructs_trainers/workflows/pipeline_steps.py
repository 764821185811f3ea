"""What the machine of a pipeline does, step by step, and what it returns of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.workflows.jsonata import constant, text
from constructs_trainers.workflows.sizes import MOST_PAYLOAD_BYTES, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


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


MOST_RUNS: Final = 100
"""The runs of all sweeps over lists together."""

# Names, ARNs, S3 URIs and console addresses, all rather long.
_BYTES_OF_AN_OUTPUT: Final = 1400
_TOO_MANY = f"the sweeps have more than {MOST_RUNS} runs together"
_TOO_LARGE = (
    f"the outputs of the stages are larger than the {MOST_PAYLOAD_BYTES:,} bytes of an execution's "
    "output: give fewer runs, or shorter hyperparameters"
)


def sweeps_over_lists(steps: Sequence[Step]) -> list[SweepStep]:
    """The sweeps whose outputs are in that of the pipeline."""
    return [step for step in _all_steps(steps) if isinstance(step, SweepStep)]


def size_of_outputs(steps: Sequence[Step]) -> int:
    """Bytes of a pipeline's output, about.

    An output has the hyperparameters of its job: those of the trainer, and what a run is given.
    """
    return _size_of_stages(steps) + sum(map(_size_of_sweep, sweeps_over_lists(steps)))


def output_violations(steps: Sequence[Step], execution_input: str) -> str:
    """JSONata for texts, between commas, on the runs that an execution asks for."""
    sweeps = {
        sweep.name: {
            "runs": len(sweep.items),
            "bytes": _size_of_sweep(sweep),
            "each": _size_of_output(sweep.run),
        }
        for sweep in sweeps_over_lists(steps)
    }
    if not sweeps:
        return "()"
    given = f"$given := $lookup({execution_input}, $name); $exists($given)"
    runs = f"function($s, $name) {{({given} ? $count($given) : $s.runs)}}"
    size = f"function($s, $name) {{({given} ? $count($given) * $s.each : $s.bytes)}}"
    stages = f"{_size_of_stages(steps)} + $length($string({execution_input}))"
    # Of one sweep the number was looked at before.
    too_many = f"$sum($each($sweeps, {runs})) > {MOST_RUNS} ? {text(_TOO_MANY)} : "
    return (
        f"($sweeps := {constant(sweeps)}; {too_many if len(sweeps) > 1 else ''}"
        f"$sum($each($sweeps, {size})) + {stages} > {MOST_PAYLOAD_BYTES} "
        f"? {text(_TOO_LARGE)} : ())"
    )


def _size_of_stages(steps: Sequence[Step]) -> int:
    stages = [step for step in _all_steps(steps) if isinstance(step, TrainStep)]
    return sum(_size_of_output(step) + size_of(step.execution_input) for step in stages)


def _size_of_sweep(sweep: SweepStep) -> int:
    return len(sweep.items) * _size_of_output(sweep.run) + size_of(sweep.items)


def _size_of_output(step: TrainStep) -> int:
    return _BYTES_OF_AN_OUTPUT + step.hyperparameter_bytes


def _all_steps(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, ParallelStep):
            yield from step.steps
        else:
            yield step
