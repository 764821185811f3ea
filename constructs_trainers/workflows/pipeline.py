"""The machine of a pipeline: trainers in sequence, in parallel, and over inputs.

A failed step is not caught: a Fail state would fail again when the execution is redriven, where a
task is tried again.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from constructs_trainers.values.expressions import Expression
from constructs_trainers.workflows.asl import choice, fail, integration
from constructs_trainers.workflows.cause import INVALID_EXECUTION_INPUT, at_most_some, cause
from constructs_trainers.workflows.jsonata import constant, expression, text
from constructs_trainers.workflows.pipeline_steps import (
    MOST_RUNS,
    ParallelStep,
    SweepStep,
    TrainStep,
    output_violations,
)
from constructs_trainers.workflows.train_task import TrainTask
from constructs_trainers.workflows.variables import EXECUTION_INPUT, UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_trainers.workflows.asl import State
    from constructs_trainers.workflows.pipeline_steps import ManifestStep, SingleStep, Step

_OUTPUTS = "$outputs"
_INVALID = "InvalidInput"
_END = "Outputs"
# Developer guide, "Map state in Distributed mode": Label.
_LONGEST_LABEL = 40
_LABEL_DIGITS = 8
# What a stage's and a sweep's member of the input has to be.
_STAGE, _SWEEP = "object", "array"


def pipeline_definition(steps: Sequence[Step]) -> dict[str, object]:
    """The definition: one state for each step, and the outputs by name at the end.

    Args:
        steps: The steps in their order; at least one.

    Returns:
        Amazon States Language as a dict, before ``with_partition``. Its QueryLanguage is JSONata.
    """
    states: dict[str, object] = {
        "Prepare": {
            "Type": "Pass",
            "Assign": {
                "outputs": {},
                "violations": expression(
                    f"($found := {_violations(steps)}; {at_most_some('$found')})"
                ),
            },
            "Next": "IsInputValid",
        },
        "IsInputValid": choice(("$count($violations) = 0", steps[0].name), default=_INVALID),
        _INVALID: fail(
            INVALID_EXECUTION_INPUT, cause("'No stage was started. ' & $join($violations, '; ')")
        ),
    }
    for step, following in zip(steps, [*(s.name for s in steps[1:]), _END], strict=True):
        states[step.name] = {**_state(step, outermost=True), "Next": following}
    states[_END] = {"Type": "Pass", "Output": expression(_OUTPUTS), "End": True}
    return {
        "Comment": "Runs trainers, and ends with the output of each.",
        "QueryLanguage": "JSONata",
        "StartAt": "Prepare",
        "States": states,
    }


RESERVED_NAMES = ("Prepare", "IsInputValid", _INVALID, _END, *UNREAD)
"""Names of states, and of members of the input, that no step may have."""


def _state(step: Step, *, outermost: bool) -> State:
    if isinstance(step, ParallelStep):
        return _parallel(step)
    if isinstance(step, TrainStep):
        remember = Expression(f"$merge([{_OUTPUTS}, {{{text(step.name)}: $output}}])")
        return _task(step, _given(step)).state(assign={"outputs": remember} if outermost else None)
    state = _map(step) if isinstance(step, SweepStep) else _manifest(step)
    if outermost:
        member = f"{text(step.name)}: {_result(step, '$states.result')}"
        state["Assign"] = {"outputs": expression(f"$merge([{_OUTPUTS}, {{{member}}}])")}
    return state


def _parallel(step: ParallelStep) -> State:
    branches = [
        {
            "StartAt": inner.name,
            "States": {inner.name: {**_state(inner, outermost=False), "End": True}},
        }
        for inner in step.steps
    ]
    results = ", ".join(
        f"{text(inner.name)}: {_result(inner, f'$states.result[{index}]')}"
        for index, inner in enumerate(step.steps)
    )
    return {
        "Type": "Parallel",
        "Branches": branches,
        "Assign": {"outputs": expression(f"$merge([{_OUTPUTS}, {{{results}}}])")},
    }


def _result(step: SingleStep, result: str) -> str:
    # An array of one stays an array between brackets.
    return f"[{result}]" if isinstance(step, SweepStep) else result


def _map(step: SweepStep) -> State:
    given = _given(step)
    return {
        "Type": "Map",
        "Items": expression(
            f"$exists({given}) ? [{given}] : {constant([dict(item) for item in step.items])}"
        ),
        "MaxConcurrency": step.max_concurrency,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            **_processor(step.run, _task(step.run, "$states.input")),
        },
    }


def _manifest(step: ManifestStep) -> State:
    """A Distributed Map: its runs are executions of their own, which know no variable of this one.

    So what comes from steps before it is put into each item.
    """
    run = TrainStep(
        name=step.run.name,
        machine_arn=step.run.machine_arn,
        execution_input={},
        wait_timeout=step.run.wait_timeout,
    )
    # What is no object only its own run shall fail for: the trainer refuses such a member.
    item = "$type($item) = 'object' ? $item : {'NotAnObject': $item}"
    said = [_package(step.run), item]
    bucket, key = step.file
    results_bucket, results_prefix = step.results
    return {
        "Type": "Map",
        "Label": _label(step.name),
        "ItemReader": {
            "Resource": integration("s3:getObject"),
            "ReaderConfig": {"InputType": step.input_type},
            "Arguments": {"Bucket": bucket, "Key": key},
        },
        "ItemSelector": expression(
            f"($item := $states.context.Map.Item.Value; $merge([{', '.join(filter(None, said))}]))"
        ),
        "MaxConcurrency": step.max_concurrency,
        "ToleratedFailurePercentage": step.tolerated_failure_percentage,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            **_processor(run, _task(run, "$states.input")),
        },
        "ResultWriter": {
            "Resource": integration("s3:putObject"),
            "Arguments": {"Bucket": results_bucket, "Prefix": results_prefix},
        },
    }


def _label(name: str) -> str:
    """Letters and digits that tell a sweep from the others of the machine."""
    readable = "".join(c for c in name if c.isascii() and c.isalnum())
    digits = sha256(name.encode()).hexdigest()[:_LABEL_DIGITS]
    return readable[: _LONGEST_LABEL - _LABEL_DIGITS] + digits


def _processor(run: TrainStep, task: TrainTask) -> State:
    return {"StartAt": run.name, "States": {run.name: {**task.state(), "End": True}}}


def _given(step: TrainStep | SweepStep) -> str:
    """What the execution's input has for a step."""
    return f"$lookup({EXECUTION_INPUT}, {text(step.name)})"


def _package(step: TrainStep) -> str:
    """The model of the step before it as a member of an input; empty without such a step."""
    if step.source is None:
        return ""
    output = f"$lookup({_OUTPUTS}, {text(step.source)})"
    return f"{{'SourceModelPackageArn': {output}.OutputModelPackageArn}}"


def _task(step: TrainStep, given: str) -> TrainTask:
    """The input: what the stage says, the model before it, and what the execution says over it."""
    said = [constant(dict(step.execution_input)), _package(step), given]
    return TrainTask(
        name=step.name,
        machine_arn=step.machine_arn,
        execution_input=Expression(f"$merge([{', '.join(filter(None, said))}])"),
        wait_timeout=step.wait_timeout,
    )


def _violations(steps: Sequence[Step]) -> str:
    """JSONata for what is wrong with the input. Each trainer checks what it is given itself."""
    kinds = {name: kind for step in steps for name, kind in _kinds(step)}
    unknown = text(": unknown stage; allowed: " + (", ".join(kinds) or "none"))
    wrong = constant({_STAGE: "an object", _SWEEP: f"a list of 1 to {MOST_RUNS} objects"})
    return (
        f"$type({EXECUTION_INPUT}) != 'object' ? ['the input must be an object'] : "
        f"[$keys({EXECUTION_INPUT})[$not($ in {constant(UNREAD)})] ~> $map(function($name) {{( "
        f"$kind := $lookup({constant(kinds)}, $name); $value := $lookup({EXECUTION_INPUT}, $name); "
        f"$exists($kind) = false ? $name & {unknown} : "
        f"$type($value) != $kind or $kind = {text(_SWEEP)} and ($count($value) = 0 or "
        f"$count($value) > {MOST_RUNS} or $exists($value[$type($) != 'object'])) "
        f"? $name & ': expected ' & $lookup({wrong}, $kind) )}})"
        f", {output_violations(steps, EXECUTION_INPUT)}]"
    )


def _kinds(step: Step) -> Iterator[tuple[str, str]]:
    """The members that an execution's input may have for a step, each with its JSON type."""
    if isinstance(step, ParallelStep):
        for inner in step.steps:
            yield from _kinds(inner)
    elif isinstance(step, TrainStep):
        yield step.name, _STAGE
    elif isinstance(step, SweepStep):
        yield step.name, _SWEEP
