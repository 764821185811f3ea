"""What an execution may say, and the expressions that check and apply it.

All members are optional: ``TrainingDataset``, ``ValidationDataset``, ``HyperParameters`` and
``SourceModelPackageArn`` replace what the trainer was given; the last is required where the trainer
goes on from another trainer's model. ``Comment`` and
``AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID`` are put there by the console and by parent
workflows; they are let through unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_trainers.workflows.jsonata import constant, text
from constructs_trainers.workflows.variables import EXECUTION_INPUT, REQUEST

if TYPE_CHECKING:
    from collections.abc import Sequence

OVERRIDES = ("TrainingDataset", "ValidationDataset", "HyperParameters", "SourceModelPackageArn")
UNREAD = ("Comment", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")

# API reference, HyperParameters: a value has at most 2,500 characters.
_MAX_HYPERPARAMETER = 2500
# API reference, S3DataSource: S3Uri.
_MAX_URI = 1024
_DATASET = (
    "an S3 URI such as s3://bucket/key, or the ARN of a hub DataSet "
    "(arn:...:hub-content/HUB/DataSet/NAME/VERSION)"
)
_BUCKET = r"[a-z0-9]([a-z0-9-]|\.[a-z0-9]){1,61}[a-z0-9]"
_ARN = (
    r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:([0-9]{12}|aws)"
    r":hub-content\/[^\/\s]+\/DataSet\/[^\/\s]+(\/[0-9.]+)?"
)
_DATASET_PATTERN = rf"/^(s3:\/\/{_BUCKET}(\/[^\r\n]*)?|{_ARN})$/"
# API reference, ModelPackageConfig: SourceModelPackageArn.
_PACKAGE_PATTERN = (
    r"/^arn:aws[a-z-]*:sagemaker:[a-z0-9-]{9,16}:[0-9]{12}:model-package\/[^\s]{1,2048}$/"
)

# A Fail state's Cause holds 32,768 characters: of a hostile input only the beginning is told.
_MOST_VIOLATIONS = 20
_LONGEST_ECHO = 200


def violations(
    hyperparameter_names: Sequence[str], *, needs_source_model_package: bool = False
) -> str:
    """JSONata for an array with a text for everything that is wrong with the execution's input.

    Of more than 20 violations only the number of the others is told.

    Args:
        hyperparameter_names: The hyperparameters that the recipe has.
        needs_source_model_package: Whether the input must name a model package.
    """
    known = [*OVERRIDES, *UNREAD]
    unknown = text(": unknown member; allowed: " + ", ".join(OVERRIDES))
    unknown_key = f"$k in {constant(known)} ? () : $brief($k) & {unknown}"
    others = f"'and ' & $string($count($found) - {_MOST_VIOLATIONS}) & ' more'"
    return (
        f"($in := {EXECUTION_INPUT}; "
        f"$brief := function($x) {{ $substring($string($x), 0, {_LONGEST_ECHO}) }}; "
        "$found := $type($in) != 'object' "
        "? ['the input must be an object, got ' & $type($in)] : ["
        f"$each($in, function($v, $k) {{ {unknown_key} }}), "
        f"{_dataset_violation('TrainingDataset')}, "
        f"{_dataset_violation('ValidationDataset')}, "
        f"{_hyperparameter_violations(hyperparameter_names)}, "
        f"{_source_violation(required=needs_source_model_package)}]; "
        f"$count($found) <= {_MOST_VIOLATIONS} ? $found "
        f": [$found[[0..{_MOST_VIOLATIONS - 1}]], {others}])"
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
    return f"$exists({given}) ? $channel('{name}', {given}) : {default}"


def _dataset_violation(member: str) -> str:
    given = f"$in.{member}"
    return (
        f"$exists({given}) ? ($type({given}) = 'string' and $length({given}) <= {_MAX_URI} "
        f"and $contains({given}, {_DATASET_PATTERN}) ? () "
        f": '{member}: expected ' & {text(_DATASET)} & ', got ' & "
        f"($type({given}) = 'string' ? '\"' & $brief({given}) & '\"' : $brief({given}))) : ()"
    )


def _source_violation(*, required: bool) -> str:
    given = "$in.SourceModelPackageArn"
    missing = text(
        "SourceModelPackageArn: is required: this trainer goes on from the model package that "
        "another trainer's execution gave as OutputModelPackageArn"
    )
    return (
        f"$exists({given}) ? ($type({given}) = 'string' and "
        f"$contains({given}, {_PACKAGE_PATTERN}) ? () "
        f": 'SourceModelPackageArn: expected the ARN of a model package, got ' & $brief({given})) "
        f": {missing if required else '()'}"
    )


def _hyperparameter_violations(names: Sequence[str]) -> str:
    allowed = text(": unknown hyperparameter; allowed: " + ", ".join(names))
    checks = (
        "$where := 'HyperParameters.' & $brief($k); "
        f"$not($k in {constant(list(names))}) ? $where & {allowed} "
        ": $not($type($v) in ['string', 'number', 'boolean']) "
        "? $where & ': expected text, a number or a boolean, got ' & $type($v) "
        f": $length($string($v)) > {_MAX_HYPERPARAMETER} "
        f"? $where & ': longer than {_MAX_HYPERPARAMETER} characters' "
        ": $contains($string($v), /[\\r\\n]/) ? $where & ': must not have line breaks' : ()"
    )
    return (
        "$exists($in.HyperParameters) ? ($type($in.HyperParameters) = 'object' "
        f"? $each($in.HyperParameters, function($v, $k) {{ ({checks}) }}) "
        ": 'HyperParameters: expected an object, got ' & $type($in.HyperParameters)) : ()"
    )
