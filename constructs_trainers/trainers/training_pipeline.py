"""Trainers one after another, at once, and over lists."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from constructs import Construct

from constructs_trainers.errors import Problem, TrainerError
from constructs_trainers.jobs.display import shown
from constructs_trainers.jobs.expressions import Expression
from constructs_trainers.trainers.metrics import ExecutionMetrics
from constructs_trainers.trainers.pipeline_stages import Parallel, Stage, Sweep
from constructs_trainers.trainers.run_data import run_data
from constructs_trainers.trainers.train_state import machine_statements
from constructs_trainers.trainers.training_machine import create_machine
from constructs_trainers.trainers.training_runs import permit_data, wait_seconds
from constructs_trainers.workflows.pipeline import (
    RESERVED_NAMES,
    ParallelStep,
    SweepStep,
    TrainStep,
    output_names,
    pipeline_definition,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_stepfunctions as sfn

    from constructs_trainers.trainers.base_trainer import BaseTrainer
    from constructs_trainers.trainers.pipeline_stages import PipelineStage
    from constructs_trainers.workflows.pipeline import Step

_LONGEST_NAME = 70
# Developer guide, "Map state in Inline mode": up to 40 iterations at once.
_MOST_AT_ONCE = 40
# The outputs of a sweep, some 2 KB each, share a payload of 256 KiB.
_MOST_RUNS = 100


class TrainingPipeline(ExecutionMetrics, Construct):
    """A state machine that runs trainers, in sequence, in parallel and over lists.

    The output of an execution has one member for each stage: the output of the trainer's execution,
    of a sweep a list of them. A stage that fails ends the execution with the trainer's own error
    (such as ``TrainingJobFailed``), and stops the jobs that run beside it.

    An execution's input may have a member for each stage, with what that stage's trainer takes as
    an execution's input; for a sweep a list, which replaces its runs.

    Args:
        scope: The parent construct.
        id: The construct's id.
        stages: ``Stage``, ``Sweep`` and ``Parallel``, in the order in which they run.

    Raises:
        TrainerError: With everything that is wrong with the stages.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the CDK's name for it
        *,
        stages: Sequence[PipelineStage],
    ) -> None:
        """Make a pipeline; the class describes the props."""
        super().__init__(scope, id)
        try:
            steps = _Steps(self)
            for index, stage in enumerate(stages):
                steps.add(stage, f"stages[{index}]")
            self._state_machine = self._build(steps)
        except Exception:
            # Whoever goes on after an error must not find half a pipeline in the tree.
            scope.node.try_remove_child(id)
            raise

    @property
    def state_machine(self) -> sfn.StateMachine:
        """The state machine that runs the stages."""
        return self._state_machine

    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone start executions, and so jobs.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return self._state_machine.grant_start_execution(grantee)

    def _build(self, steps: _Steps) -> sfn.StateMachine:
        if not steps.steps:
            steps.problem("stages", "has no stage", fix="give one Stage at least")
        if steps.problems:
            raise TrainerError(f"{self.node.path} (TrainingPipeline)", steps.problems)
        for name, (trainer, data) in steps.data.items():
            if data:
                permit_data(Construct(self, f"{name}Data"), trainer.role, data)
        machines = {t.node.path: t.state_machine for t in steps.trainers}
        statements = [s for machine in machines.values() for s in machine_statements(machine)]
        definition = pipeline_definition(steps.steps, partition=cdk.Stack.of(self).partition)
        return create_machine(self, definition, statements)


class _Steps:
    """The stages as the workflow has them, with all that is wrong with them."""

    def __init__(self, pipeline: TrainingPipeline) -> None:
        self.steps: list[Step] = []
        self.problems: list[Problem] = []
        self.trainers: list[BaseTrainer] = []
        self.data: dict[str, tuple[BaseTrainer, dict[str, object]]] = {}
        self._pipeline = pipeline
        self._names: set[str] = set(RESERVED_NAMES)
        # The last stage of each trainer that later stages can go on from.
        self._done: dict[str, str] = {}

    def problem(self, path: str, message: str, **more: str) -> None:
        self.problems.append(Problem(path=path, message=message, **more))

    def add(self, stage: PipelineStage, path: str) -> None:
        if isinstance(stage, Parallel):
            given = [self._inner(s, f"{path}.stages[{i}]") for i, s in enumerate(stage.stages)]
            inner = [step for step in given if step is not None]
            if not inner:
                self.problem(path, "has no stage")
                return
            default = "And".join(name for step in inner for name in output_names(step))
            name = self._named(f"{path}.name", stage.name or default)
            self.steps.append(ParallelStep(name=name, steps=inner))
            stages: Sequence[object] = stage.stages
        else:
            step = self._inner(stage, path)
            if step is None:
                return
            self.steps.append(step)
            stages = [stage]
        # Stages beside each other cannot go on from each other.
        for done in stages:
            if isinstance(done, Stage):
                self._done[done.trainer.node.path] = done.name or done.trainer.node.id

    def _inner(self, stage: object, path: str) -> TrainStep | SweepStep | None:
        if not isinstance(stage, (Stage, Sweep)):
            allowed = "Stage, Sweep, or on the outermost level Parallel"
            self.problem(path, "is no stage", got=shown(stage), allowed=allowed)
            return None
        name = self._named(f"{path}.name", stage.name or stage.trainer.node.id)
        self.trainers.append(stage.trainer)
        seconds, problems = wait_seconds(stage.wait_timeout, wait=True)
        self.problems += [problem.under(path) for problem in problems]
        run = TrainStep(
            name=name,
            machine_arn=stage.trainer.state_machine.state_machine_arn,
            execution_input={},
            source=self._source(stage.trainer, path),
            wait_timeout=seconds,
        )
        if isinstance(stage, Sweep):
            return self._sweep(stage, run, path)
        given = self._input(stage.trainer, stage.input_data_config, stage.hyperparameters, path)
        self.data[name] = (stage.trainer, given)
        return TrainStep(
            name=name,
            machine_arn=run.machine_arn,
            execution_input=given,
            source=run.source,
            wait_timeout=seconds,
        )

    def _sweep(self, stage: Sweep, run: TrainStep, path: str) -> SweepStep:
        datasets: Sequence[object] = [None] if stage.datasets is None else stage.datasets
        sets = [None] if stage.hyperparameters is None else stage.hyperparameters
        items = []
        for number, (data, values) in enumerate(product(datasets, sets)):
            config: Any = {"train": data} if isinstance(data, str) else data
            given = self._input(stage.trainer, config, values, f"{path}[{number}]")
            self.data[f"{run.name}{number}"] = (stage.trainer, given)
            items.append(given)
        if stage.datasets is None and stage.hyperparameters is None:
            self.problem(path, "has nothing to go over", fix="give datasets or hyperparameters")
        elif not 1 <= len(items) <= _MOST_RUNS:
            allowed = f"1 to {_MOST_RUNS} runs"
            self.problem(path, "has no runs, or too many", got=str(len(items)), allowed=allowed)
        if not 1 <= stage.max_concurrency <= _MOST_AT_ONCE:
            self.problem(
                f"{path}.max_concurrency",
                "is out of range",
                got=shown(stage.max_concurrency),
                allowed=f"1 to {_MOST_AT_ONCE}",
            )
        inner = TrainStep(
            name=f"{run.name}Run",
            machine_arn=run.machine_arn,
            execution_input={},
            source=run.source,
            wait_timeout=run.wait_timeout,
        )
        self._named(f"{path}.name", inner.name)
        return SweepStep(
            name=run.name, run=inner, items=items, max_concurrency=stage.max_concurrency
        )

    def _input(
        self,
        trainer: BaseTrainer,
        data: Any,  # noqa: ANN401 - run_data checks it
        values: Mapping[str, object] | None,
        path: str,
    ) -> dict[str, object]:
        try:
            given = run_data(self._pipeline.node.path, data)
        except TrainerError as error:
            self.problems += [problem.under(path) for problem in error.problems]
            given = {}
        if any(isinstance(place, Expression) for place in given.values()):
            fix = "give the data in the execution's input, under the stage's name"
            self.problem(f"{path}.input_data_config", "has an expression", fix=fix)
            given = {}
        if values is None:
            return given
        spec = trainer.open_hyperparameters
        for name in values:
            if name not in spec:
                allowed = ", ".join(spec) or "none: the recipe of own instances is in a file"
                where = f"{path}.hyperparameters.{name}"
                self.problem(where, "cannot be given to a run", allowed=allowed)
        return {**given, "HyperParameters": dict(values)}

    def _named(self, path: str, name: str) -> str:
        if name in self._names:
            self.problem(path, "is taken", got=shown(name), fix="give another name")
        if not 1 <= len(name) <= _LONGEST_NAME:
            allowed = f"1 to {_LONGEST_NAME} characters"
            self.problem(path, "has a wrong length", got=shown(name), allowed=allowed)
        self._names.add(name)
        return name

    def _source(self, trainer: BaseTrainer, path: str) -> str | None:
        source = trainer.source_trainer
        if source is None:
            return None
        if source.node.path not in self._done:
            self.problem(
                path,
                "goes on from a trainer that has no stage before it",
                got=shown(source.node.path),
                fix=f"put Stage(trainer=...) of {source.node.path} before it",
            )
            return None
        return self._done[source.node.path]
