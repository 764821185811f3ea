"""The stages of a pipeline as the steps of its machine, with all that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.pipelines.stage_checks import (
    StageNames,
    list_problems,
    manifest_problems,
    stage_input,
)
from constructs_trainers.trainers.pipelines.stages import Parallel, Stage
from constructs_trainers.trainers.props.types import leads_into, right_items
from constructs_trainers.trainers.runs.run_data import buckets_of
from constructs_trainers.trainers.runs.train_arguments import wait_problems, wait_seconds
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.workflows.pipeline_steps import (
    ManifestStep,
    ParallelStep,
    SweepStep,
    TrainStep,
    output_names,
)
from constructs_trainers.workflows.sizes import size_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_s3 import IBucket

    from constructs_trainers.trainers.base_trainer import BaseTrainer
    from constructs_trainers.trainers.pipelines.stages import PipelineStage, Sweep, SweepManifest
    from constructs_trainers.trainers.runs.run_data import RunData
    from constructs_trainers.workflows.pipeline_steps import SingleStep, Step


@dataclass(frozen=True)
class StageData:
    """The data that a stage gives to its trainer, which the trainer's jobs must be able to read.

    Attributes:
        name: The stage's name.
        trainer: The trainer.
        runs: The members of its executions' inputs.
        buckets: The buckets among them that were given as constructs.
    """

    name: str
    trainer: BaseTrainer
    runs: Sequence[Mapping[str, object]]
    buckets: Sequence[IBucket]


@dataclass
class PipelineSteps:
    """Turns stages into steps, one after the other.

    Attributes:
        environment: The account and region of the pipeline.
        wrong_types: What is of a wrong type in the stages: these are passed over.
        steps: The steps so far.
        problems: What is wrong so far.
        trainers: The trainers that are run.
        data: What their jobs read.
        manifests: The files that sweeps go over.
        stages: The trainers of the stages that are no sweeps, by the stage's name.
    """

    environment: str
    wrong_types: Sequence[Problem]
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    trainers: list[BaseTrainer] = field(default_factory=list)
    data: list[StageData] = field(default_factory=list)
    manifests: list[SweepManifest] = field(default_factory=list)
    stages: dict[str, BaseTrainer] = field(default_factory=dict)
    _names: StageNames = field(default_factory=StageNames)
    # The last stage of each trainer that later stages can go on from; of a Parallel all of them.
    _done: dict[str, list[str]] = field(default_factory=dict)

    def add_all(self, stages: Sequence[PipelineStage]) -> None:
        """All stages of a pipeline.

        Args:
            stages: What was given as ``stages``.
        """
        wrong = [problem.path for problem in self.wrong_types]
        for index, stage in enumerate([] if "stages" in wrong else stages):
            path = f"stages[{index}]"
            # Of a Parallel only what is wrong inside is passed over.
            if isinstance(stage, Parallel) or not any(leads_into(path, each) for each in wrong):
                self._add(stage, path)

    def _add(self, stage: PipelineStage, path: str) -> None:
        step: Step | None
        singles: Sequence[tuple[str, Stage | Sweep]]
        if isinstance(stage, Parallel):
            singles = right_items(f"{path}.stages", stage.stages, self.wrong_types)
            step = self._parallel(stage, singles, path)
        else:
            singles = [(path, stage)]
            step = self._single(stage, path)
        if step is None:
            return
        self.steps.append(step)
        # Only now: stages beside each other cannot go on from each other.
        done: dict[str, list[str]] = {}
        for _, each in singles:
            if isinstance(each, Stage):
                name = each.name or each.trainer.node.id
                done.setdefault(each.trainer.node.path, []).append(name)
        self._done.update(done)

    def _problem(self, path: str, message: str, **more: str | None) -> None:
        self.problems.append(Problem(path=path, message=message, **more))

    def _parallel(
        self, stage: Parallel, singles: Sequence[tuple[str, Stage | Sweep]], path: str
    ) -> ParallelStep | None:
        given = [self._single(each, where) for where, each in singles]
        inner = [step for step in given if step is not None]
        if not stage.stages:
            self._problem(path, "has no stage", fix="give two stages, or leave it out")
        if not inner:
            return None
        names = [name for step in inner for name in output_names(step)]
        # A state of its own needs a name of its own.
        default = "And".join(names) if len(names) > 1 else f"{names[0]}Alone"
        own = stage.name if isinstance(stage.name, str) else None
        name = self._named(path, own or default)
        return ParallelStep(name=name, steps=inner)

    def _single(self, stage: Stage | Sweep, path: str) -> SingleStep | None:
        name = stage.name or stage.trainer.node.id
        is_bounded = stage.wait_timeout is not None
        self.trainers.append(stage.trainer)
        self.problems += self._environment_problems(stage.trainer, path)
        if isinstance(stage, Stage):
            self._named(path, name, is_bounded=is_bounded)
            given = self._input(stage.trainer, stage.input_data_config, stage.hyperparameters, path)
            self.data.append(
                StageData(name, stage.trainer, [given], buckets_of(stage.input_data_config))
            )
            self.stages[name] = stage.trainer
            return self._run(stage, name, given, path)
        self._named(path, name)
        run_name = self._named(path, f"{name}Run", is_bounded=is_bounded)
        run = self._run(stage, run_name, {}, path)
        if stage.manifest is not None:
            return self._from_file(stage, stage.manifest, name, run, path)
        return self._over_list(stage, name, run, path)

    def _run(
        self, stage: Stage | Sweep, name: str, given: Mapping[str, object], path: str
    ) -> TrainStep:
        problems = wait_problems(stage.wait_timeout)
        self.problems += [problem.under(path) for problem in problems]
        return TrainStep(
            name=name,
            machine_arn=stage.trainer.state_machine.state_machine_arn,
            execution_input=given,
            source=self._source(stage.trainer, path),
            wait_timeout=wait_seconds(stage.wait_timeout),
            hyperparameter_bytes=size_of(
                stage.trainer.training_job_request.get("HyperParameters", {})
            ),
        )

    def _over_list(self, stage: Sweep, name: str, run: TrainStep, path: str) -> SweepStep:
        datasets = [None] if stage.datasets is None else stage.datasets
        sets = [None] if stage.hyperparameters is None else stage.hyperparameters
        items: list[Mapping[str, object]] = []
        buckets: list[IBucket] = []
        for number, (data, values) in enumerate(product(datasets, sets)):
            config = {"train": data} if isinstance(data, str) else data
            given = self._input(stage.trainer, config, values, f"{path}[{number}]")
            items.append(given)
            buckets += buckets_of(config)
        self.data.append(StageData(name, stage.trainer, items, buckets))
        self.problems += list_problems(stage, path, len(items))
        return SweepStep(name=name, run=run, items=items, max_concurrency=stage.max_concurrency)

    def _from_file(
        self, stage: Sweep, manifest: SweepManifest, name: str, run: TrainStep, path: str
    ) -> ManifestStep | None:
        problems = manifest_problems(stage, manifest, path)
        self.problems += problems
        if problems:
            return None
        self.manifests.append(manifest)
        return ManifestStep(
            name=name,
            run=run,
            file=manifest.location,
            input_type=manifest.input_type,
            results=manifest.results,
            max_concurrency=stage.max_concurrency,
            tolerated_failure_percentage=stage.tolerated_failure_percentage or 0,
        )

    def _input(
        self,
        trainer: BaseTrainer,
        data: RunData | None,
        values: Mapping[str, object] | None,
        path: str,
    ) -> dict[str, object]:
        given, problems = stage_input(path, data, values, trainer.allowed_input)
        self.problems += problems
        return given

    def _environment_problems(self, trainer: BaseTrainer, path: str) -> list[Problem]:
        there, here = cdk.Stack.of(trainer).environment, self.environment
        if there == here:
            return []
        message = "is in another account or region, whose machines a pipeline cannot run"
        where = f"{path}.trainer"
        fix = "give both stacks the same env"
        return [Problem(path=where, message=message, got=there, allowed=here, fix=fix)]

    def _named(self, path: str, name: str, *, is_bounded: bool = False) -> str:
        self.problems += self._names.take(f"{path}.name", name, is_bounded=is_bounded)
        return name

    def _source(self, trainer: BaseTrainer, path: str) -> str | None:
        source = trainer.source_trainer
        if source is None:
            return None
        stages = self._done.get(source.node.path, [])
        if not stages:
            self._problem(
                path,
                "goes on from a trainer that has no stage before it",
                got=short_repr(source.node.path),
                fix=f"put Stage(trainer=...) of {source.node.path} before it",
            )
        elif len(stages) > 1:
            self._problem(
                path,
                "goes on from a trainer that has several stages beside each other",
                got=", ".join(stages),
                fix="make a trainer of its own for each of them, and go on from one",
            )
        return stages[0] if stages else None
