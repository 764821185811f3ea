"""Where an execution's data and model may be: JSONata for what is wrong with its places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_trainers.values.arns import DATASET, MODEL_PACKAGE, arn_pattern
from constructs_trainers.values.s3 import WILDCARD, as_folder
from constructs_trainers.workflows.jsonata import CONTROLS, SPACES, constant, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_trainers.workflows.allowed_input import Dataset

# API reference, S3DataSource: S3Uri.
_MAX_URI: Final = 1024
_EXPECTED: Final = (
    "an S3 URI such as s3://bucket/key, or the ARN of a hub DataSet "
    "(arn:...:hub-content/HUB/DataSet/NAME/VERSION)"
)
_BUCKET: Final = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_DATASET_ARN: Final = arn_pattern(DATASET).replace("/", r"\/")
_DATASET_PATTERN: Final = rf"/^(s3:\/\/{_BUCKET}(\/.*)?|{_DATASET_ARN})$/"
_URI_PATTERN: Final = rf"/^s3:\/\/{_BUCKET}(\/.*)?$/"
# What synthesis refuses in a place too (values.s3); some engines' $ looks past a line feed.
_STRAY_PATTERN: Final = rf"/[{CONTROLS}]|[{SPACES}]$|^s3:\/\/[^\/]*\.\./"
_WILDCARD_PATTERN: Final = r"/[*?]|\$\{/"
_PACKAGE_ARN: Final = arn_pattern(MODEL_PACKAGE).replace("/", r"\/")
_PACKAGE_PATTERN: Final = f"/^{_PACKAGE_ARN}$/"
# API reference, ModelPackageConfig: SourceModelPackageArn.
_LONGEST_ARN: Final = 2048


def dataset_violation(member: str, dataset: Dataset) -> str:
    """JSONata for the text of what is wrong with a dataset; uses ``$in`` and ``$shown``.

    Args:
        member: ``TrainingDataset`` or ``ValidationDataset``.
        dataset: What may be given.
    """
    given = f"$in.{member}"
    reads_files = dataset.is_file is not None
    pattern = _URI_PATTERN if reads_files else _DATASET_PATTERN
    expected = "an S3 URI such as s3://bucket/key" if reads_files else _EXPECTED
    is_text = f"$type({given}) = 'string' and $length({given}) <= {_MAX_URI}"
    rules = [
        (f"{is_text} and {_has_form(given, pattern)}", f"expected {expected}"),
        (f"$not($contains({given}, {_WILDCARD_PATTERN}))", WILDCARD),
    ]
    if dataset.places is not None:
        rules.append(
            (
                _is_in(given, places_and_below(dataset.places)),
                "is not within what runtime_overrides of the trainer allows: "
                + ", ".join(dataset.places),
            )
        )
    if dataset.is_file:
        name = re.escape(dataset.file_name)
        rules.append(
            (
                rf"$contains({given}, /^s3:\/\/[^\/]+\/(.*\/)?{name}$/)",
                (
                    "the deployed recipe reads one file: expected an S3 URI that ends with "
                    f"/{dataset.file_name}"
                ),
            )
        )
    elif reads_files:
        rules.append(
            (
                rf"$not($contains({given}, /^s3:\/\/[^\/]+\/(.*\/)?[^\/]*\.[^\/]*$/))",
                "the deployed recipe reads a folder: expected an S3 URI whose last part has no dot",
            )
        )
    return _first_broken(member, given, rules)


def source_violation(places: Sequence[str] | None) -> str:
    """JSONata for the text of what is wrong with the model package to go on from.

    Args:
        places: What its ARN may begin with; None for any.
    """
    given = "$in.SourceModelPackageArn"
    is_text = f"$type({given}) = 'string' and $length({given}) <= {_LONGEST_ARN}"
    rules = [
        (
            f"{is_text} and {_has_form(given, _PACKAGE_PATTERN)}",
            "expected the ARN of a model package",
        )
    ]
    if places is not None:
        rules.append(
            (
                _is_in(given, places),
                "is not within what runtime_overrides of the trainer allows: " + ", ".join(places),
            )
        )
    return _first_broken("SourceModelPackageArn", given, rules)


def places_and_below(places: Sequence[str]) -> list[str]:
    """Each place itself and, with a slash at its end, what is below it."""
    return [each for place in places for each in dict.fromkeys((place, as_folder(place)))]


def _has_form(given: str, pattern: str) -> str:
    return f"$contains({given}, {pattern}) and $not($contains({given}, {_STRAY_PATTERN}))"


def _is_in(given: str, places: Sequence[str]) -> str:
    below = f"$substring($, -1) = '/' and $substring({given}, 0, $length($)) = $"
    return f"$exists({constant(list(places))}[$ = {given} or ({below})])"


def _first_broken(member: str, given: str, rules: Sequence[tuple[str, str]]) -> str:
    told = " : ".join(
        f"$not({rule}) ? {text(f'{member}: {words}, got ')} & $shown({given})"
        for rule, words in rules
    )
    return f"$exists({given}) ? ({told} : ()) : ()"
