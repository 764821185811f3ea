"""The machine of a pipeline: trainers in sequence, in parallel, and over a list of inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.jobs.expressions import Expression
from constructs_trainers.workflows import error_names
from constructs_trainers.workflows.jsonata import constant, expression, text
from constructs_trainers.workflows.train_task import TrainTask
from constructs_trainers.workflows.training_failure import FAILURE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

State = dict[str, object]

_OUTPUTS = "$outputs"
_INPUT = "$states.context.Execution.Input"
_UNREAD = ("Comment", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
_INVALID = "InvalidInput"
_FAILED = "StageFailed"
_END = "Outputs"


@dataclass(frozen=True, kw_only=True)
class TrainStep:
    """One run of a trainer.

    Attributes:
        name: The state's name, and the output's.
        machine_arn: The trainer's machine.
        execution_input: The input of its execution.
        source: The step whose model package it goes on training from; None for none.
        wait_timeout: Seconds after which it is stopped; None for no bound.
    """

    name: str
    machine_arn: str
    execution_input: Mapping[str, object]
    source: str | None = None
    wait_timeout: int | None = None


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
class ParallelStep:
    """Steps that run at once.

    Attributes:
        name: The state's name.
        steps: The steps.
    """

    name: str
    steps: Sequence[TrainStep | SweepStep]


Step = TrainStep | SweepStep | ParallelStep


def pipeline_definition(steps: Sequence[Step], *, partition: str) -> dict[str, object]:
    """The definition: one state for each step, and the outputs by name at the end.

    Args:
        steps: The steps in their order; at least one.
        partition: The AWS partition, for the integrations' ARNs.

    Returns:
        Amazon States Language as a dict. Its QueryLanguage is JSONata.
    """
    names = [name for step in steps for name in output_names(step)]
    states: dict[str, object] = {
        "Prepare": {
            "Type": "Pass",
            "Assign": {"outputs": {}, "unknown": expression(_unknown(names))},
            "Next": "IsInputValid",
        },
        "IsInputValid": {
            "Type": "Choice",
            "Choices": [{"Condition": expression("$count($unknown) = 0"), "Next": steps[0].name}],
            "Default": _INVALID,
        },
        _INVALID: {
            "Type": "Fail",
            "Error": error_names.INVALID_EXECUTION_INPUT,
            "Cause": expression(
                "'No stage was started. ' & $join($unknown, ', ') & "
                + text(": unknown stage; allowed: " + ", ".join(names))
            ),
        },
    }
    for step, following in zip(steps, [*(s.name for s in steps[1:]), _END], strict=True):
        states[step.name] = {
            **_state(step, partition, outermost=True),
            # One of the trainers' own errors says more than that a task failed.
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {"failure": FAILURE, "stage": step.name},
                    "Next": _FAILED,
                }
            ],
            "Next": following,
        }
    states[_FAILED] = {
        "Type": "Fail",
        "Error": expression("$failure.Error"),
        "Cause": expression("'Stage ' & $stage & ': ' & $failure.Cause"),
    }
    states[_END] = {"Type": "Pass", "Output": expression(_OUTPUTS), "End": True}
    return {
        "Comment": "Runs trainers, and ends with the output of each.",
        "QueryLanguage": "JSONata",
        "StartAt": "Prepare",
        "States": states,
    }


def output_names(step: Step) -> list[str]:
    """The names of the outputs that a step gives."""
    if isinstance(step, ParallelStep):
        return [inner.name for inner in step.steps]
    return [step.name]


RESERVED_NAMES = ("Prepare", "IsInputValid", _INVALID, _FAILED, _END)
"""Names of states that no step may have."""


def _state(step: Step, partition: str, *, outermost: bool) -> State:
    if isinstance(step, ParallelStep):
        return _parallel(step, partition)
    remember = Expression(f"$merge([{_OUTPUTS}, {{{text(step.name)}: $output}}])")
    if isinstance(step, TrainStep):
        given = f"$lookup({_INPUT}, {text(step.name)})"
        return _task(step, given, partition).state(
            assign={"outputs": remember} if outermost else None
        )
    return _map(step, partition, outermost=outermost)


def _parallel(step: ParallelStep, partition: str) -> State:
    branches = [
        {
            "StartAt": inner.name,
            "States": {inner.name: {**_state(inner, partition, outermost=False), "End": True}},
        }
        for inner in step.steps
    ]
    results = ", ".join(
        f"{text(inner.name)}: {_result(inner, index)}" for index, inner in enumerate(step.steps)
    )
    return {
        "Type": "Parallel",
        "Branches": branches,
        "Assign": {"outputs": expression(f"$merge([{_OUTPUTS}, {{{results}}}])")},
    }


def _result(step: TrainStep | SweepStep, index: int) -> str:
    result = f"$states.result[{index}]"
    # An array of one stays an array between brackets.
    return f"[{result}]" if isinstance(step, SweepStep) else result


def _map(step: SweepStep, partition: str, *, outermost: bool) -> State:
    # An array of one stays an array between brackets.
    remember = f"$merge([{_OUTPUTS}, {{{text(step.name)}: [$states.result]}}])"
    given = f"$lookup({_INPUT}, {text(step.name)})"
    task = _task(step.run, "$states.input", partition)
    return {
        "Type": "Map",
        "Items": expression(f"$exists({given}) ? [{given}] : {_literal(step.items)}"),
        "MaxConcurrency": step.max_concurrency,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": step.run.name,
            "States": {step.run.name: {**task.state(), "End": True}},
        },
        **({"Assign": {"outputs": expression(remember)}} if outermost else {}),
    }


def _literal(items: Sequence[Mapping[str, object]]) -> str:
    return constant([dict(item) for item in items])


def _task(step: TrainStep, given: str, partition: str) -> TrainTask:
    """The input: what the stage says, the model before it, and what the execution says over it."""
    package = (
        ""
        if step.source is None
        else f"{{'SourceModelPackageArn': $lookup({_OUTPUTS}, {text(step.source)})"
        ".OutputModelPackageArn}, "
    )
    return TrainTask(
        name=step.name,
        machine_arn=step.machine_arn,
        execution_input=Expression(
            f"$merge([{constant(dict(step.execution_input))}, {package}{given}])"
        ),
        wait_timeout=step.wait_timeout,
        partition=partition,
    )


def _unknown(names: Sequence[str]) -> str:
    known = constant([*names, *_UNREAD])
    return f"[$keys({_INPUT})[$not($ in {known})]]"
