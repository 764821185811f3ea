"""What executions of a trainer may give in place of what was deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from constructs_trainers.errors import Problem
from constructs_trainers.values.resource_names import model_package_group_problems
from constructs_trainers.values.s3 import dataset_problems, is_dataset_arn, s3_uri
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk.aws_s3 import IBucket

ANY: Final = "any"
ALL: Final = "all"


@dataclass(frozen=True, kw_only=True)
class RuntimeOverrides:
    """Which members an execution's input may have. What is not named may not be given.

    Places are guarded and granted at once: an execution may name what is listed and what is below
    it, and the job's role may read just that. ``"any"`` guards the form only and grants nothing.

    Attributes:
        training_dataset: For ``TrainingDataset``: S3 URIs (an object, or a folder), ARNs of hub
            DataSets (serverless jobs) and buckets; or ``"any"``. Default: none.
        validation_dataset: For ``ValidationDataset``, likewise.
        hyperparameters: For ``HyperParameters``: names of the recipe's parameters, or ``"all"``.
            Serverless jobs only: on own instances the recipe is a file. Default: none.
        source_model_package_arn: For ``SourceModelPackageArn``: names or ARNs of the model package
            groups that hold it, or ``"any"``. Serverless jobs only. Default: none, but where
            ``model`` is another trainer, whose executions give it.
    """

    training_dataset: Sequence[str | IBucket] | Literal["any"] = ()
    validation_dataset: Sequence[str | IBucket] | Literal["any"] = ()
    hyperparameters: Sequence[str] | Literal["all"] = ()
    source_model_package_arn: Sequence[str] | Literal["any"] = ()

    def problems(self, path: str, *, own_instances: bool) -> list[Problem]:
        """What is wrong with the members, but for what the recipe knows.

        Args:
            path: The prop that holds them.
            own_instances: Whether the job runs on own instances.
        """
        found: list[Problem] = []
        for name in ("training_dataset", "validation_dataset"):
            found += _place_problems(
                f"{path}.{name}", getattr(self, name), own_instances=own_instances
            )
        for index, group in enumerate(_listed(self.source_model_package_arn)):
            found += model_package_group_problems(
                f"{path}.source_model_package_arn[{index}]", group
            )
        if own_instances:
            found += self._own_instances_problems(path)
        return found

    @property
    def buckets(self) -> list[IBucket]:
        """The buckets that are given as constructs."""
        datasets = [*_listed(self.training_dataset), *_listed(self.validation_dataset)]
        return [item for item in datasets if not isinstance(item, str)]

    def _own_instances_problems(self, path: str) -> Iterator[Problem]:
        names = ("hyperparameters", "source_model_package_arn")
        for name in names:
            if getattr(self, name):
                yield Problem(
                    path=f"{path}.{name}",
                    message="cannot be followed on own instances: the recipe is a file that is "
                    "written at synthesis",
                    got=short_repr(getattr(self, name)),
                    allowed="training_dataset and validation_dataset",
                    fix="leave it out, or leave compute out for a serverless job",
                )


def places(given: Sequence[str | IBucket] | str) -> list[str] | None:
    """The places as S3 URIs and ARNs; None for any place."""
    if isinstance(given, str):
        return None
    return [item if isinstance(item, str) else s3_uri(item.bucket_name) for item in _listed(given)]


def _listed(given: Any) -> list[Any]:  # noqa: ANN401 - what its member takes
    return [] if isinstance(given, str) else list(given)


def _place_problems(path: str, given: object, *, own_instances: bool) -> Iterator[Problem]:
    for index, item in enumerate(_listed(given)):
        where = f"{path}[{index}]"
        if hasattr(item, "bucket_name"):
            continue
        yield from dataset_problems(where, item)
        if own_instances and isinstance(item, str) and is_dataset_arn(item):
            yield Problem(
                path=where,
                message="a job on own instances cannot read a hub's DataSet",
                got=short_repr(item),
                allowed="an S3 URI, or a bucket",
            )
