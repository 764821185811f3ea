"""What an execution may say, and the expressions that check and apply it.

All members are optional: ``TrainingDataset``, ``ValidationDataset``, ``HyperParameters`` and
``SourceModelPackageArn`` replace what the trainer was given; the last is required where the trainer
goes on from another trainer's model. ``Comment`` and
``AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID`` are put there by the console and by parent
workflows; they are let through unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.workflows.allowed_input import Dataset, Hyperparameters
from constructs_trainers.workflows.cause import at_most_some
from constructs_trainers.workflows.hyperparameter_guard import hyperparameter_violations
from constructs_trainers.workflows.jsonata import constant, text
from constructs_trainers.workflows.place_guard import dataset_violation, source_violation
from constructs_trainers.workflows.variables import EXECUTION_INPUT, REQUEST, UNREAD

if TYPE_CHECKING:
    from constructs_trainers.workflows.allowed_input import AllowedInput

OVERRIDES = ("TrainingDataset", "ValidationDataset", "HyperParameters", "SourceModelPackageArn")

_SOURCE_IS_REQUIRED = (
    "SourceModelPackageArn: is required: this trainer goes on from the model package that another "
    "trainer's execution gave as OutputModelPackageArn"
)
# Of a hostile input only the beginning is told.
_LONGEST_ECHO = 200


def violations(allowed: AllowedInput, request_size: int = 0) -> str:
    """JSONata for an array with a text for everything that is wrong with the execution's input.

    There are no more of them, and they are no longer, than a Cause holds.

    Args:
        allowed: What the input may give.
        request_size: Bytes of the request as it was deployed.
    """
    refused = {member: rules for member, rules in _rules(allowed) if isinstance(rules, str)}
    members = [member for member in OVERRIDES if member not in refused]
    known = [*OVERRIDES, *UNREAD]
    unknown = text(": unknown member; allowed: " + (", ".join(members) or "none"))
    unknown_key = f"$k in {constant(known)} ? () : $brief($k) & {unknown}"
    checks = [
        f"$each($in, function($v, $k) {{ {unknown_key} }})",
        *(_member_violation(member, rules, request_size) for member, rules in _rules(allowed)),
    ]
    if allowed.needs_source_model_package:
        checks.append(f"$exists($in.SourceModelPackageArn) ? () : {text(_SOURCE_IS_REQUIRED)}")
    return (
        f"($in := {EXECUTION_INPUT}; "
        f"$brief := function($x) {{ $substring($string($x), 0, {_LONGEST_ECHO}) }}; "
        "$shown := function($x) { $type($x) = 'string' ? '\"' & $brief($x) & '\"' : $brief($x) }; "
        "$found := $type($in) != 'object' "
        f"? ['the input must be an object, got ' & $type($in)] : [{', '.join(checks)}]; "
        f"{at_most_some('$found')})"
    )


def hyperparameters() -> str:
    """JSONata for the hyperparameters to send: those of the request, the input's over them."""
    as_text = "$type($v) = 'boolean' ? ($v ? 'True' : 'False') : $string($v)"
    given = (
        f"$merge($each({EXECUTION_INPUT}.HyperParameters, "
        f"function($v, $k) {{ {{$k: {as_text}}} }}))"
    )
    return f"$merge([{REQUEST}.HyperParameters, {given}])"


def input_data_config(s3_data_type: str) -> str:
    """JSONata for the channels to send: those of the request, the input's datasets in place.

    Args:
        s3_data_type: The S3DataType for a dataset that the input names by S3 URI.
    """
    s3_source = (
        f"{{'S3DataSource': {{'S3DataType': {text(s3_data_type)}, 'S3Uri': $data, "
        "'S3DataDistributionType': 'FullyReplicated'}}"
    )
    hub_source = "{'DatasetSource': {'DatasetArn': $data}}"
    source = f"$substring($data, 0, 5) = 's3://' ? {s3_source} : {hub_source}"
    channel = f"function($name, $data) {{ {{'ChannelName': $name, 'DataSource': {source}}} }}"
    return (
        f"($channel := {channel}; [{_channel('train', 'TrainingDataset')}, "
        f"{_channel('validation', 'ValidationDataset')}, "
        f"{REQUEST}.InputDataConfig[$not(ChannelName in ['train', 'validation'])]])"
    )


def model_package_config() -> str:
    """JSONata for the ModelPackageConfig to send; nothing where the request has none.

    The input's model package takes the place of the request's.
    """
    given = f"{EXECUTION_INPUT}.SourceModelPackageArn"
    source = f"$exists({given}) ? {{'SourceModelPackageArn': {given}}} : {{}}"
    config = f"{REQUEST}.ModelPackageConfig"
    return f"$exists({config}) ? $merge([{config}, {source}]) : ()"


def _channel(name: str, member: str) -> str:
    given = f"{EXECUTION_INPUT}.{member}"
    default = f"{REQUEST}.InputDataConfig[ChannelName = '{name}']"
    # What else the channel says, such as its input mode, holds for any data.
    return f"$exists({given}) ? $merge([{default}, $channel('{name}', {given})]) : {default}"


def _rules(allowed: AllowedInput) -> list[tuple[str, object]]:
    return [
        ("TrainingDataset", allowed.training_dataset),
        ("ValidationDataset", allowed.validation_dataset),
        ("HyperParameters", allowed.hyperparameters),
        ("SourceModelPackageArn", allowed.source_model_packages),
    ]


def _member_violation(member: str, rules: object, request_size: int) -> str:
    if isinstance(rules, str):
        return f"$exists($in.{member}) ? {text(f'{member}: {rules}')} : ()"
    if isinstance(rules, Dataset):
        return dataset_violation(member, rules)
    if isinstance(rules, Hyperparameters):
        return hyperparameter_violations(rules, request_size)
    return source_violation(rules if isinstance(rules, (list, tuple)) else None)
