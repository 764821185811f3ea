"""What a pipeline consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk as cdk

    from constructs_trainers.trainers.base_trainer import BaseTrainer
    from constructs_trainers.trainers.pipelines.sweep_manifest import SweepManifest
    from constructs_trainers.trainers.props.training_data import Channel


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One run of a trainer.

    A trainer whose ``model`` is another trainer goes on from that one's stage, which must come
    before.

    Attributes:
        trainer: The trainer.
        name: The stage's name, in the output too. Default: the trainer's id.
        input_data_config: The data of this run, as for ``train()``. Default: the trainer's.
        hyperparameters: Hyperparameters of this run, by name, held against the recipe's rules at
            synthesis. Default: the trainer's.
        wait_timeout: Seconds, or a Duration, after which the stage is stopped, and fails. Default:
            as long as the job runs.
    """

    trainer: BaseTrainer
    name: str | None = None
    input_data_config: Mapping[str, str] | Sequence[Channel] | None = None
    hyperparameters: Mapping[str, object] | None = None
    wait_timeout: float | cdk.Duration | None = None


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Runs of a trainer over data sets, or over sets of hyperparameters: all pairs of the two.

    A pipeline's output has room for 100 such runs, in all its sweeps together; for fewer where
    their hyperparameters are long, because each output has those of its job.

    Attributes:
        trainer: The trainer.
        datasets: The data of each run: an S3 URI for ``train``, or what a Stage takes as
            ``input_data_config``. Default: the trainer's.
        hyperparameters: Hyperparameters of each run, by name. Default: the trainer's.
        manifest: In place of these two: a file in S3 with the inputs of the runs, for sweeps of
            more than 100 runs (Step Functions' Distributed Map). Exclusive with them.
        max_concurrency: How many jobs run at once: 1 to 40, with a ``manifest`` 1 to 1,000.
            Default: 5.
        tolerated_failure_percentage: With a ``manifest``: how many runs of a hundred may fail
            before the stage does. Default: 0.
        name: As in a Stage. The output is a list in the order of the runs: each data set with all
            sets of hyperparameters, then the next data set. With a ``manifest`` it says where in S3
            the list is.
        wait_timeout: As in a Stage, for each run.
    """

    trainer: BaseTrainer
    datasets: Sequence[str | Mapping[str, str] | Sequence[Channel]] | None = None
    hyperparameters: Sequence[Mapping[str, object]] | None = None
    manifest: SweepManifest | None = None
    max_concurrency: int = 5
    tolerated_failure_percentage: float | None = None
    name: str | None = None
    wait_timeout: float | cdk.Duration | None = None


@dataclass(frozen=True, kw_only=True)
class Parallel:
    """Stages that run at once. When one fails, the jobs of the others are stopped.

    Attributes:
        stages: The stages.
        name: Its name in the workflow. Default: the names of the stages.
    """

    stages: Sequence[Stage | Sweep]
    name: str | None = None


PipelineStage = Stage | Sweep | Parallel
