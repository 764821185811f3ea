"""How much room the outputs of a pipeline's stages take: all of them are in the pipeline's own.

An execution whose output is too large fails after its jobs were paid for, and fails again when it
is redriven. So it is refused before the first job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_trainers.workflows.jsonata import constant, text
from constructs_trainers.workflows.pipeline_steps import ParallelStep, SweepStep, TrainStep
from constructs_trainers.workflows.sizes import MOST_PAYLOAD_BYTES, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_trainers.workflows.pipeline_steps import Step

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

    Args:
        steps: The pipeline's steps.
    """
    return _size_of_stages(steps) + sum(map(_size_of_sweep, sweeps_over_lists(steps)))


def output_violations(steps: Sequence[Step], execution_input: str) -> str:
    """JSONata for texts, between commas, on the runs that an execution asks for.

    Args:
        steps: The pipeline's steps.
        execution_input: JSONata for the execution's input, an object.
    """
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
