"""What executions of a trainer may give in place of what was deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from constructs_trainers.values.arns import is_arn
from constructs_trainers.values.resource_names import model_package_group_problems
from constructs_trainers.values.s3 import dataset_problems, s3_uri

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk.aws_s3 import IBucket

    from constructs_trainers.errors import Problem

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

    def problems(self, path: str) -> list[Problem]:
        """What is wrong with the members, but for what compute and recipe know.

        Args:
            path: The prop that holds them.
        """
        found: list[Problem] = []
        for name, index, item in self.listed_datasets():
            if isinstance(item, str):
                found += dataset_problems(f"{path}.{name}[{index}]", item)
        for index, group in enumerate(_listed(self.source_model_package_arn)):
            found += model_package_group_problems(
                f"{path}.source_model_package_arn[{index}]", group
            )
        return found

    def listed_datasets(self) -> Iterator[tuple[str, int, str | IBucket]]:
        """Each place of data that is listed, with its member and its index there."""
        for name in ("training_dataset", "validation_dataset"):
            for index, item in enumerate(_listed(getattr(self, name))):
                yield name, index, item

    def arns(self, path: str) -> Iterator[tuple[str, str]]:
        """The ARNs that are listed, each with its path below the prop that holds them."""
        groups = enumerate(_listed(self.source_model_package_arn))
        listed = [
            *self.listed_datasets(),
            *(("source_model_package_arn", index, group) for index, group in groups),
        ]
        for name, index, item in listed:
            if isinstance(item, str) and is_arn(item):
                yield f"{path}.{name}[{index}]", item

    @property
    def buckets(self) -> list[IBucket]:
        """The buckets that are given as constructs."""
        datasets = [*_listed(self.training_dataset), *_listed(self.validation_dataset)]
        return [item for item in datasets if not isinstance(item, str)]


def places(given: Sequence[str | IBucket] | str) -> list[str] | None:
    """The places as S3 URIs and ARNs; None for any place."""
    if isinstance(given, str):
        return None
    return [item if isinstance(item, str) else s3_uri(item.bucket_name) for item in _listed(given)]


def _listed(given: Any) -> list[Any]:  # noqa: ANN401 - what its member takes
    return [] if isinstance(given, str) else list(given)
