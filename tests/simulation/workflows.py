"""Workflows under test that run trainers: pipelines, and machines with ``train()``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_trainers.workflows.asl import with_partition
from constructs_trainers.workflows.pipeline import pipeline_definition
from constructs_trainers.workflows.pipeline_steps import ParallelStep, SweepStep, TrainStep
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
        is_sequence: Whether one state runs after the other: then it is redriven too.
        stages: How often each stage runs when all goes well.
        sources: Stages that go on from another one's model, with that one.
    """

    name: str
    machine: Machine
    trainers: Mapping[str, Trainer]
    is_sequence: bool
    stages: Mapping[str, int]
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
    items = [{"TrainingDataset": f"s3://amzn-s3-demo-bucket/data/{name}"} for name in "bcd"]
    runs = SweepStep(name="Runs", run=run, items=items, max_concurrency=3)
    made = [
        _pipeline("sequence", [first, second], stages=["First", "Second"], second="First"),
        _pipeline("bounded", [bounded], stages=["Bounded"]),
        _pipeline("pair", [ParallelStep(name="Pair", steps=[first, bounded])], stages=["First"]),
        _pipeline("sweep", [runs], stages=["Runs"], times=3),
        _train("train", wait=True),
        _train("train-and-go-on", wait=False),
    ]
    return {workflow.name: workflow for workflow in made}


def _pipeline(
    name: str, steps: list[Any], *, stages: list[str], times: int = 1, second: str | None = None
) -> Workflow:
    sources = {} if second is None else {stages[1]: second}
    return _workflow(
        name,
        pipeline_definition(steps),
        is_sequence=len(steps) > 1,
        stages=dict.fromkeys(stages, times),
        sources=sources,
    )


def _train(name: str, *, wait: bool) -> Workflow:
    """A machine of one's own with ``train()``."""
    task = TrainTask(name="Train", machine_arn=_ARN + _STAGE, execution_input={}, wait=wait)
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Train",
        "States": {"Train": {**task.state(), "End": True}},
    }
    return _workflow(name, definition, is_sequence=True, stages={}, sources={})


def _workflow(name: str, definition: Mapping[str, Any], **more: Any) -> Workflow:  # noqa: ANN401 - attributes of any kind
    return Workflow(
        name=name,
        machine=Machine("workflow", with_partition(definition, "aws")),
        trainers={_ARN + _STAGE: trainers()[_STAGE]},
        **more,
    )
