"""Amazon Resource Names, checked part by part. CDK tokens in them are taken as right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, mask_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class ArnPart:
    """One part of an ARN.

    Attributes:
        name: What the part is called in a message.
        pattern: What the whole of the part must match.
        allowed: The pattern in words.
    """

    name: str
    pattern: re.Pattern[str]
    allowed: str


@dataclass(frozen=True, kw_only=True)
class ArnForm:
    """What an ARN of one kind of resource looks like.

    Attributes:
        what: The kind in words, such as ``the ARN of an IAM role``.
        template: The ARN with names in angle brackets for its parts.
        header: The parts before the resource, which colons divide: five of them.
        resource: The parts of the resource; the last holds what remains.
        optional: How many of the resource's last parts may be left out.
        separator: What divides the parts of the resource.
    """

    what: str
    template: str
    header: Sequence[ArnPart]
    resource: Sequence[ArnPart]
    optional: int = 0
    separator: str = "/"


def _part(name: str, pattern: str, allowed: str) -> ArnPart:
    return ArnPart(name, re.compile(pattern, re.ASCII), allowed)


def _literal(name: str, *values: str) -> ArnPart:
    return _part(name, "|".join(map(re.escape, values)), " or ".join(values))


def _sagemaker(*, account: ArnPart) -> Sequence[ArnPart]:
    return (_ARN, _PARTITION, _literal("service", "sagemaker"), _REGION, account)


_ARN = _literal("prefix", "arn")
_REGION = _part("region", r"[a-z0-9-]+", "a region such as us-west-2")
_PARTITION = _part("partition", r"aws[a-z-]*", "aws, aws-cn, aws-us-gov or another aws-*")
_ACCOUNT = _part("account", r"\d{12}", "12 digits")
_HUB_ACCOUNT = _part("account", r"\d{12}|aws", "12 digits, or aws for SageMaker's public hub")
_HUB_NAME = _part(
    "hub name", r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", "1 to 63 letters, digits and inner hyphens"
)
_CONTENT_NAME = _part(
    "name", r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}", "1 to 64 letters, digits and inner hyphens"
)
_VERSION = _part("version", r"\d{1,4}\.\d{1,4}\.\d{1,4}", "a version such as 1.0.0")
_NAME = _part("name", r"[^\s*?$]+", "a name without spaces and wildcards")

ROLE = ArnForm(
    what="the ARN of an IAM role",
    template="arn:<partition>:iam::<account>:role/<name>",
    header=(_ARN, _PARTITION, _literal("service", "iam"), _part("region", "", "nothing"), _ACCOUNT),
    resource=(
        _literal("resource type", "role"),
        _part("role name", r"[\w+=,.@/-]+", "letters, digits and _ + = , . @ - with / in a path"),
    ),
)
"""API reference: CreateTrainingJob, RoleArn; IAM reference: role names and paths."""

MODEL_PACKAGE_GROUP = ArnForm(
    what="the ARN of a model package group",
    template="arn:<partition>:sagemaker:<region>:<account>:model-package-group/<name>",
    header=_sagemaker(account=_ACCOUNT),
    resource=(_literal("resource type", "model-package-group"), _NAME),
)
"""API reference: ModelPackageConfig, ModelPackageGroupArn."""

MODEL_PACKAGE = ArnForm(
    what="the ARN of a model package",
    template="arn:<partition>:sagemaker:<region>:<account>:model-package/<group>/<version>",
    header=_sagemaker(account=_ACCOUNT),
    resource=(_literal("resource type", "model-package"), _NAME),
)
"""API reference: ModelPackageConfig, SourceModelPackageArn."""

MLFLOW_RESOURCE = ArnForm(
    what="the ARN of an MLflow tracking server or app",
    template="arn:<partition>:sagemaker:<region>:<account>:mlflow-app/<name>",
    header=_sagemaker(account=_ACCOUNT),
    resource=(_literal("resource type", "mlflow-tracking-server", "mlflow-app"), _NAME),
)
"""API reference: MlflowConfig, MlflowResourceArn."""

DATASET = ArnForm(
    what="the ARN of a hub's DataSet",
    template="arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/DataSet/<name>/<version>",
    header=_sagemaker(account=_HUB_ACCOUNT),
    resource=(
        _literal("resource type", "hub-content"),
        _HUB_NAME,
        _literal("content type", "DataSet"),
        _CONTENT_NAME,
        _VERSION,
    ),
    optional=1,
)
"""API reference: DatasetSource, DatasetArn."""

EVALUATOR = ArnForm(
    what="the ARN of a hub's evaluator",
    template="arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/JsonDoc/<name>/<version>",
    header=_sagemaker(account=_HUB_ACCOUNT),
    resource=(
        _literal("resource type", "hub-content"),
        _HUB_NAME,
        _literal("content type", "JsonDoc"),
        _CONTENT_NAME,
        _VERSION,
    ),
    optional=1,
)
"""What the SageMaker Python SDK registers a reward function as: a JsonDoc of a hub."""

LAMBDA_FUNCTION = ArnForm(
    what="the ARN of a Lambda function",
    template="arn:<partition>:lambda:<region>:<account>:function:<name>",
    header=(_ARN, _PARTITION, _literal("service", "lambda"), _REGION, _ACCOUNT),
    resource=(
        _literal("resource type", "function"),
        _part(
            "function name", r"[a-zA-Z0-9_-]{1,64}", "1 to 64 letters, digits, hyphens, underscores"
        ),
        _part(
            "qualifier",
            r"\$LATEST|[a-zA-Z0-9_-]{1,128}",
            "a version's number, an alias, or $LATEST",
        ),
    ),
    optional=1,
    separator=":",
)
"""Lambda API reference: Invoke, FunctionName and Qualifier."""


def arn_pattern(form: ArnForm) -> str:
    """A regular expression, of Python and of JavaScript, that the whole of an ARN matches.

    Args:
        form: What it should look like.
    """
    header = ":".join(map(_group, form.header))
    required = len(form.resource) - form.optional
    resource = form.separator.join(map(_group, form.resource[:required]))
    more = "".join(f"({form.separator}{_group(part)}" for part in form.resource[required:])
    return f"{header}:{resource}{more}{')?' * form.optional}"


def _group(part: ArnPart) -> str:
    # Outside of ASCII \d means digits too, in engines that were not told.
    return f"({part.pattern.pattern})".replace(r"\d", "[0-9]")


def arn_problems(path: str, value: object, form: ArnForm) -> list[Problem]:
    """What is wrong with an ARN: one problem for each part that is.

    Args:
        path: Where the ARN was written.
        value: The ARN, which may hold CDK tokens or be one.
        form: What it should look like.

    Returns:
        Problems that name the part; none when nothing literal in the value is wrong.
    """
    if not isinstance(value, str):
        return [_problem(path, value, form, "is not a string", form.template)]
    text = mask_tokens(value)
    if text.startswith(UNKNOWN):
        return []
    if not text.startswith("arn:"):
        return [_problem(path, value, form, f"is not {form.what}", form.template)]
    header = text.split(":", len(form.header))
    wrong = _wrong_parts(header[: len(form.header)], form.header)
    if len(header) > len(form.header):
        resource = header[-1].split(form.separator, len(form.resource) - 1)
        wrong += _wrong_parts(resource, form.resource, form.optional)
    elif UNKNOWN not in text:
        wrong += [part for part in form.resource[:1] if part not in wrong]
    return [
        _problem(path, value, form, f"the {part.name} of {form.what} is wrong", part.allowed)
        for part in wrong
    ]


def _wrong_parts(
    parts: Sequence[str], expected: Sequence[ArnPart], optional: int = 0
) -> list[ArnPart]:
    present = list(parts)
    missing: Sequence[ArnPart] = expected[len(parts) : len(expected) - optional]
    if missing and any(UNKNOWN in part for part in parts):
        # A token may stand for several parts: only what is before it has a certain place.
        present = present[: [UNKNOWN in part for part in parts].index(True)]
        missing = ()
    pairs = zip(present, expected, strict=False)
    return [
        *(rule for part, rule in pairs if UNKNOWN not in part and not rule.pattern.fullmatch(part)),
        *missing,
    ]


def _problem(path: str, value: object, form: ArnForm, message: str, allowed: str) -> Problem:
    fix = f"write it as {form.template}" if allowed != form.template else None
    return Problem(path=path, message=message, got=short_repr(value), allowed=allowed, fix=fix)
