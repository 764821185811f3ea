"""Pipelines: what they start, with which inputs, and how they end.

The executions that they start are answered by a script. What these are given is run afterwards on
the trainer's own definition, which must take it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.conformance.judge import invalid
from tests.conformance.moto_parts import TaskError
from tests.conformance.rows import SUCCESS
from tests.conformance.sagemaker import SageMaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.conformance.moto_engine import Ended, Engine
    from tests.conformance.trainers import Trainer

_START = "startExecution.sync:2"
_PACKAGE = "arn:aws:sagemaker:us-west-2:123456789012:model-package/tiny/{}"
_ERROR = "TrainingJobFailed"


@dataclass
class _Children:
    """Answers the calls that start executions; the number that ``fails`` fails."""

    fails: int | None = None
    started: list[Mapping[str, Any]] = field(default_factory=list)

    def call(self, action: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        assert action == _START
        self.started.append(arguments)
        number = len(self.started)
        arn = f"arn:aws:states:us-west-2:123456789012:execution:Trainer:run-{number}"
        child = {"ExecutionArn": arn, "StateMachineArn": arguments["StateMachineArn"]}
        if number == self.fails:
            told = {**child, "Status": "FAILED", "Error": _ERROR, "Cause": f'run {number} "ü"'}
            raise TaskError("States.TaskFailed", json.dumps(told))
        package = _PACKAGE.format(number)
        output = {"TrainingJobName": f"job-{number}", "OutputModelPackageArn": package}
        return {**child, "Status": "SUCCEEDED", "Output": output}


def check(
    engine: Engine,
    document: Mapping[str, Any],
    trainers: Mapping[str, Trainer],
    told: Callable[[str, list[str]], None],
) -> None:
    """Run a pipeline that succeeds, one that fails and some bad inputs.

    Args:
        engine: The engine.
        document: What ``definitions`` wrote of the pipeline.
        trainers: The trainers by the ARNs of their machines.
        told: Is told what is wrong with each run.
    """
    name, definition, expected = document["name"], document["definition"], document["pipeline"]
    children = _Children()
    ended = engine.run(definition, {}, children.call)
    told(f"{name}: None", list(_wrong_success(expected, ended, children)))
    for number, arguments in enumerate(children.started, 1):
        trainer = trainers[arguments["StateMachineArn"]]
        sagemaker = SageMaker(SUCCESS.script, engine.now)
        run = engine.run(trainer.definition, arguments["Input"], sagemaker.call)
        wrong = [] if run.status == "SUCCEEDED" else [f"{run.error}: {run.cause}"]
        told(f"{name}: what run {number} is given", wrong)
    for number in range(1, len(children.started) + 1):
        failing = _Children(number)
        ended = engine.run(definition, {}, failing.call)
        told(f"{name}: run {number} fails", list(_wrong_failure(ended, number)))
    bad: tuple[object, ...] = ([], "x", None, {"Foo": {}}, dict.fromkeys(expected["stages"], 1))
    for given in bad:
        refused = _Children()
        ended = engine.run(definition, given, refused.call)
        end = (ended.status, ended.error, len(refused.started))
        refusal = ("FAILED", "InvalidExecutionInput", 0)
        wrong = [] if end == refusal else [f"{end}, and not {refusal}: {ended.cause}"]
        told(f"{name}: input {json.dumps(given)}", wrong)


def _wrong_success(expected: Mapping[str, Any], ended: Ended, children: _Children) -> Iterator[str]:
    if ended.status != "SUCCEEDED":
        yield f"{ended.status} {ended.error}: {ended.cause}"
        return
    for action, arguments in ended.calls:
        yield from invalid(action, arguments)
    # A sweep has a list of runs, a stage the one.
    runs = {stage: run if isinstance(run, list) else [run] for stage, run in ended.output.items()}
    counts = {stage: len(found) for stage, found in runs.items()}
    if counts != expected["stages"]:
        yield f"the output has the runs {counts}, and not {expected['stages']}"
    jobs = sorted(run["TrainingJobName"] for found in runs.values() for run in found)
    if jobs != [f"job-{number}" for number in range(1, len(children.started) + 1)]:
        yield f"the output has the jobs {jobs}"
    for stage, machine in expected["sources"].items():
        (given,) = [a["Input"] for a in children.started if a["StateMachineArn"] == machine]
        if given["SourceModelPackageArn"] != ended.output[stage]["OutputModelPackageArn"]:
            yield f"the run after {stage} was given {given}"


def _wrong_failure(ended: Ended, number: int) -> Iterator[str]:
    if (ended.status, ended.error) != ("FAILED", "States.TaskFailed"):
        yield f"{ended.status} {ended.error}: {ended.cause or ended.output}"
        return
    child = json.loads(ended.cause or "{}")
    if (child.get("Error"), child.get("Cause")) != (_ERROR, f'run {number} "ü"'):
        yield f"the Cause does not tell why: {ended.cause}"
