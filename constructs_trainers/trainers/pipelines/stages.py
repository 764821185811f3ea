"""What a pipeline consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_trainers.errors import Problem
from constructs_trainers.trainers.props.s3_location import exclusive
from constructs_trainers.values.s3 import s3_key_problems, s3_location, split_uri_problems
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import aws_cdk as cdk
    from aws_cdk.aws_s3 import IBucket

    from constructs_trainers.trainers.base_trainer import BaseTrainer
    from constructs_trainers.trainers.props.training_data import Channel


# Developer guide, "ItemReader (Map)": InputType.
_INPUT_TYPES: Final = {".jsonl": "JSONL", ".json": "JSON"}
_FORM: Final = "s3://BUCKET/KEY"
_ALLOWED: Final = "the S3 URI of a file whose name ends with .jsonl or .json"


@dataclass(frozen=True, kw_only=True)
class SweepManifest:
    """A file in S3 with the inputs of a sweep's runs, which is read when the sweep begins.

    Each line of a ``.jsonl`` file, or each item of the array in a ``.json`` file, is the input of
    an execution, such as ``{"TrainingDataset": "s3://...", "HyperParameters": {"max_epochs": 2}}``.

    Attributes:
        s3_uri: The file's S3 URI. Exclusive with ``bucket``.
        bucket: The file's bucket, with ``key``.
        key: The file's key in ``bucket``.
        results_s3_path: S3 URI of the folder, in the same bucket or another one, to which the
            outputs of the runs are written. Default: beside the file, in a folder of its name
            with ``-results`` in place of the extension.
    """

    s3_uri: str | None = None
    bucket: IBucket | None = None
    key: str | None = None
    results_s3_path: str | None = None

    @property
    def location(self) -> tuple[str, str]:
        """The file's bucket and key."""
        if self.bucket is not None:
            return self.bucket.bucket_name, self.key or ""
        return s3_location(self.s3_uri or "")

    @property
    def input_type(self) -> str:
        """Step Functions' word for the file's form."""
        key = self.location[1]
        return next(kind for end, kind in _INPUT_TYPES.items() if key.endswith(end))

    @property
    def results(self) -> tuple[str, str]:
        """Bucket and key prefix, without a slash at its end, of what is written."""
        bucket, key = self.location
        if self.results_s3_path is None:
            return bucket, f"{key.rpartition('.')[0]}-results"
        bucket, prefix = s3_location(self.results_s3_path)
        return bucket, prefix.rstrip("/")

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with the members.

        Args:
            path: Where the manifest was given.
        """
        found = self._place_problems(path)
        if found:
            return found
        if self.results_s3_path is not None:
            found = split_uri_problems(f"{path}.results_s3_path", self.results_s3_path, _FORM)
        key = self.location[1]
        if not key.endswith(tuple(_INPUT_TYPES)):
            where = f"{path}.{'key' if self.bucket is not None else 's3_uri'}"
            message = "does not tell the form of the file"
            got = short_repr(self.key if self.bucket is not None else self.s3_uri)
            found.append(Problem(path=where, message=message, got=got, allowed=_ALLOWED))
        return found

    def _place_problems(self, path: str) -> list[Problem]:
        if self.s3_uri is None:
            given = (self.bucket is not None, self.key is not None)
            if self.key is not None and all(given):
                return s3_key_problems(f"{path}.key", self.key)
            fix = "give s3_uri, or bucket and key"
            return [Problem(path=path, message="does not say where the file is", fix=fix)]
        found = [
            exclusive(f"{path}.{name}", "s3_uri")
            for name in ("bucket", "key")
            if getattr(self, name) is not None
        ]
        return found or split_uri_problems(f"{path}.s3_uri", self.s3_uri, _FORM)


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
