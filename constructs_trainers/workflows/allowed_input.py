"""What an execution of a trainer may give in place of what was deployed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
