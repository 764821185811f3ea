"""Workflows under test that run trainers: pipelines, and machines with ``train()``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_trainers.workflows.asl import with_partition
from constructs_trainers.workflows.pipeline import pipeline_definition
from constructs_trainers.workflows.pipeline_steps import ParallelStep, Step, SweepStep, TrainStep
from constructs_trainers.workflows.train_task import TrainTask
from tests.simulation.definitions import Trainer, trainers
from tests.simulation.machine import Machine

_ARN: Final = "arn:aws:states:us-west-2:123456789012:stateMachine:"
# Half of what a job takes when it is looked at six times.
_WAIT_TIMEOUT: Final = 600
_STAGE = "serverless"


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A machine whose states run trainers.

    Attributes:
        name: What it is called in reports.
        machine: What it runs.
        trainers: The trainers by the ARN of their machines.
        stages: The states that run each stage, an item of a sweep with its number; none for a
            machine with ``train()``.
        sources: Stages that go on from another one's model, with that one.
    """

    name: str
    machine: Machine
    trainers: Mapping[str, Trainer]
    stages: Mapping[str, Sequence[str]]
    sources: Mapping[str, str]

    @property
    def places(self) -> set[tuple[str, str]]:
        """All that a campaign is to reach; what its trainers have is reached by their own."""
        return self.machine.places


def workflows() -> dict[str, Workflow]:
    """All workflows under test by name."""
    first = TrainStep(name="First", machine_arn=_ARN + _STAGE, execution_input={})
    second = TrainStep(name="Second", machine_arn=_ARN + _STAGE, execution_input={}, source="First")
    bounded = TrainStep(
        name="Bounded", machine_arn=_ARN + _STAGE, execution_input={}, wait_timeout=_WAIT_TIMEOUT
    )
    run = TrainStep(name="Run", machine_arn=_ARN + _STAGE, execution_input={})
    items = [{"TrainingDataset": f"s3://amzn-s3-demo-bucket/data/{name}"} for name in "bcc"]
    runs = SweepStep(name="Runs", run=run, items=items, max_concurrency=2)
    pair = ParallelStep(name="Pair", steps=[first, bounded])
    first_runs, bounded_runs = {"First": ["First"]}, {"Bounded": ["Bounded Run"]}
    sequence_runs = {**first_runs, "Second": ["Second"]}
    made = [
        _pipeline("sequence", [first, second], sequence_runs, sources={"Second": "First"}),
        _pipeline("bounded", [bounded], bounded_runs),
        _pipeline("pair", [pair], {**first_runs, **bounded_runs}),
        _pipeline("sweep", [runs], {"Runs": ["Run 0", "Run 1", "Run 2"]}),
        _train("train"),
        _train("train-again", Retry=[{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}]),
        _train("train-bounded", wait_timeout=_WAIT_TIMEOUT),
        _train("train-and-go-on", wait=False),
    ]
    return {workflow.name: workflow for workflow in made}


def _pipeline(
    name: str,
    steps: Sequence[Step],
    stages: Mapping[str, Sequence[str]],
    sources: Mapping[str, str] | None = None,
) -> Workflow:
    return _workflow(name, pipeline_definition(steps), stages=stages, sources=sources or {})


def _train(
    name: str,
    *,
    wait: bool = True,
    wait_timeout: int | None = None,
    **more: Any,  # noqa: ANN401 - members of any kind
) -> Workflow:
    """A machine of one's own with ``train()``, whose state has some more members."""
    task = TrainTask(
        name="Train",
        machine_arn=_ARN + _STAGE,
        execution_input={},
        wait=wait,
        wait_timeout=wait_timeout,
    )
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Train",
        "States": {"Train": {**task.state(), **more, "End": True}},
    }
    return _workflow(name, definition, stages={}, sources={})


def _workflow(name: str, definition: Mapping[str, Any], **more: Any) -> Workflow:  # noqa: ANN401 - attributes of any kind
    return Workflow(
        name=name,
        machine=Machine("workflow", with_partition(definition, "aws")),
        trainers={_ARN + _STAGE: trainers()[_STAGE]},
        **more,
    )
