"""What an execution of a trainer may give in place of what was deployed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.values.s3 import file_name, is_within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_trainers.recipes.spec import Parameter


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Which data an execution may give for a channel.

    Attributes:
        places: S3 URIs and ARNs of hub DataSets: themselves, and what is below them. None for
            any place.
        is_file: What the recipe in a file reads: one file of the name in ``file_name`` (True), a
            folder (False), or either (None).
        file_name: The file's name.
    """

    places: Sequence[str] | None = None
    is_file: bool | None = None
    file_name: str = ""

    def lists(self, uri: str) -> bool:
        """Whether a place is one of those that are listed, or below one."""
        return any(is_within(uri, place) for place in self.places or ())

    def problems(self, path: str, uri: str) -> list[Problem]:
        """What an execution that gives a place would be refused for.

        Args:
            path: Where the place was given.
            uri: The place: a valid S3 URI, or ARN of a DataSet.
        """
        if self.places is not None and not self.lists(uri):
            message = "is not within what runtime_overrides of the trainer allows"
            allowed = ", ".join(self.places)
            return [Problem(path=path, message=message, got=uri, allowed=allowed)]
        name = file_name(uri)
        if self.is_file and name != self.file_name:
            message = "is not of the shape that the recipe, which is in a file, was written for"
            allowed = f"an S3 URI that ends with /{self.file_name}"
            return [Problem(path=path, message=message, got=uri, allowed=allowed)]
        if self.is_file is False and "." in name:
            message = "is not of the shape that the recipe, which is in a file, was written for"
            allowed = "a folder: an S3 URI whose last part has no dot"
            return [Problem(path=path, message=message, got=uri, allowed=allowed)]
        return []


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """Which hyperparameters an execution may give, and what they are held against.

    Attributes:
        spec: Those that may be given, with their rules.
        values: The deployed recipe's values by parameter or leaf name, for rules between values.
        defaults: The hub's values by the same names.
        sequence_length: The recipe's sequence length, such as ``4K``.
    """

    spec: Mapping[str, Parameter] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    sequence_length: str | None = None


@dataclass(frozen=True, kw_only=True)
class AllowedInput:
    """What an execution may give. A text in place of rules: not at all, and why.

    Attributes:
        training_dataset: For ``TrainingDataset``.
        validation_dataset: For ``ValidationDataset``.
        hyperparameters: For ``HyperParameters``.
        source_model_packages: For ``SourceModelPackageArn``: what the ARNs begin with; None for
            any model package.
        needs_source_model_package: Whether each execution must name the model package that
            training goes on from.
    """

    training_dataset: Dataset | str = Dataset()
    validation_dataset: Dataset | str = Dataset()
    hyperparameters: Hyperparameters | str = Hyperparameters()
    source_model_packages: Sequence[str] | str | None = None
    needs_source_model_package: bool = False
