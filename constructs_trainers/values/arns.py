"""Amazon Resource Names: taken apart, and checked part by part.

CDK tokens in them are taken as right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from constructs_trainers.errors import Problem
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, is_token, mask_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Stack(Protocol):
    """What knows its environment, such as a stack of the CDK."""

    @property
    def partition(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def account(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An account in a region: what AWS keeps its resources apart by.

    Attributes:
        partition: The AWS partition, or a CDK token, like those that follow.
        region: The region, such as ``us-west-2``.
        account: The 12 digits of the account.
    """

    partition: str
    region: str
    account: str

    @classmethod
    def of(cls, stack: _Stack) -> Environment:
        """Where a stack is deployed to, as far as synthesis knows."""
        return cls(partition=stack.partition, region=stack.region, account=stack.account)

    @property
    def known_region(self) -> str | None:
        """The region, or None when it is a token."""
        return None if is_token(self.region) else self.region

    @property
    def known_partition(self) -> str | None:
        """The partition, or None when neither it nor the region is known."""
        if not is_token(self.partition):
            return self.partition
        return None if is_token(self.region) else partition_of(self.region)

    def problems(self, path: str, arn: str) -> list[Problem]:
        """What keeps a resource from being used by what is deployed here.

        Args:
            path: Where its ARN was written.
            arn: The ARN. A CDK token in it, or here, is taken as right.
        """
        return place_problems(path, arn, partition=self.known_partition, region=self.known_region)

    def arn(
        self, service: str, resource: str, *, region: str | None = None, account: str | None = None
    ) -> str:
        """The ARN of a resource here, but for what is given.

        Args:
            service: The service's name in ARNs.
            resource: What follows the account.
            region: Another region; empty for what belongs to none.
            account: Another account; empty for what belongs to none.
        """
        region = self.region if region is None else region
        account = self.account if account is None else account
        return f"arn:{self.partition}:{service}:{region}:{account}:{resource}"

    def s3_arn(self, path: str) -> str:
        """The ARN of a bucket, or of objects in one: the account that owns it stands in none."""
        return self.arn("s3", path, region="", account="")


_PARTITIONS: Final = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
"""By what the names of their regions begin with; botocore's partitions.json says the same."""


def partition_of(region: str) -> str:
    """The partition of a region. The CDK knows it as a token only, unless a feature flag is set.

    Args:
        region: The region's name.
    """
    found = (name for start, name in _PARTITIONS.items() if region.startswith(start))
    return next(found, "aws")


GROUP_MARKER: Final = "model-package-group/"
"""What stands before the name in the ARN of a model package group."""
PACKAGE_MARKER: Final = "model-package/"
"""What stands before the names of group and version in the ARN of a model package."""

_START: Final = "arn:"
_REGION_AT: Final = 3
# The parts of hub content's resource behind its type: hub, type, name and version.
_CONTENT_PARTS: Final = 4


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
        signs: What tells an ARN of this kind whose service is a CDK token.
    """

    what: str
    template: str
    header: Sequence[ArnPart]
    resource: Sequence[ArnPart]
    optional: int = 0
    separator: str = "/"
    signs: re.Pattern[str] | None = None


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
    signs=re.compile(r":sagemaker:|[:\0]hub-content/|/JsonDoc/"),
)
"""What the SageMaker Python SDK registers a reward function as: a JsonDoc of a hub."""

HUB_MODEL = ArnForm(
    what="the ARN of a hub's model",
    template="arn:<partition>:sagemaker:<region>:<account>:hub-content/<hub>/Model/<name>/<version>",
    header=_sagemaker(account=_HUB_ACCOUNT),
    resource=(
        _literal("resource type", "hub-content"),
        _HUB_NAME,
        _literal("content type", "Model", "ModelReference"),
        _CONTENT_NAME,
        _VERSION,
    ),
)
"""API reference: DescribeHubContent, HubContentArn."""

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
    signs=re.compile(r":lambda:|[:\0]function:"),
)
"""Lambda API reference: Invoke, FunctionName and Qualifier."""


def is_arn(value: str) -> bool:
    """Whether a text begins as ARNs do. An ARN whose parts are CDK tokens does."""
    return value.startswith(_START)


def arn_region(arn: str) -> str | None:
    """The region in an ARN; None when only the deployment knows it, or there is none."""
    parts = mask_tokens(arn).split(":")
    # What comes after a token may stand anywhere.
    if len(parts) <= _REGION_AT or UNKNOWN in "".join(parts[: _REGION_AT + 1]):
        return None
    return parts[_REGION_AT]


def relocated(arn: str, environment: Environment) -> str:
    """The ARN of the same resource in another partition and region; its account stays."""
    parts = arn.split(":")
    parts[1], parts[_REGION_AT] = environment.partition, environment.region
    return ":".join(parts)


def split_resource(arn: str, resource_type: str) -> tuple[str, str] | None:
    """An ARN up to its account, and its resource without the type.

    Returns:
        None when no such type is literal in the ARN.
    """
    before, marker, rest = arn.partition(f":{resource_type}/")
    return (before, rest) if marker else None


def last_name(name_or_arn: str) -> str:
    """The name of a resource that is given by name or ARN."""
    return name_or_arn.rsplit("/", 1)[-1]


def package_group(package_arn: str) -> tuple[str, str] | None:
    """Name and ARN of the group that a model package is in, as far as its ARN tells."""
    before, package = split_resource(package_arn, "model-package") or ("", "")
    name = package.rpartition("/")[0]
    return (name, f"{before}:{GROUP_MARKER}{name}") if name else None


def group_name(group_arn: str) -> str | None:
    """The name of a model package group; None when only the deployment knows it."""
    _, marker, name = group_arn.partition(GROUP_MARKER)
    return name if marker else None


def packages_of(group_arn: str) -> str | None:
    """The ARN, with a wildcard, of the packages in a group: they are in the group's account.

    None when only the deployment knows it.
    """
    if GROUP_MARKER not in group_arn:
        return None
    return f"{group_arn.replace(GROUP_MARKER, PACKAGE_MARKER)}/*"


def hub_of(content_arn: str) -> str | None:
    """The ARN of the hub that a content is in; None when only the deployment knows it."""
    found = split_resource(content_arn, "hub-content")
    return f"{found[0]}:hub/{found[1].partition('/')[0]}" if found else None


def may_be_mlflow_app(arn: str) -> bool:
    """Whether the ARN of an MLflow resource is, or may be once it is known, that of an app."""
    return ":mlflow-tracking-server/" not in arn


def is_version_of_hub(content_arn: str, hub: str, version: str) -> bool:
    """Whether an ARN is that of some content of a hub, in some version."""
    _, content = split_resource(content_arn, "hub-content") or ("", "")
    return content.startswith(f"{hub}/") and content.endswith(f"/{version}")


def names_all_versions(content_arn: str) -> bool:
    """Whether the ARN of a hub's content has no version at its end, for certain."""
    _, content = split_resource(content_arn, "hub-content") or ("", "")
    return bool(content) and not is_token(content) and content.count("/") < _CONTENT_PARTS - 1


def form_of(value: str, forms: Sequence[ArnForm]) -> ArnForm | None:
    """Which of some forms an ARN is meant to have.

    Its service tells; where that is a CDK token, what is literal of the resource.
    """
    text = mask_tokens(value)
    if UNKNOWN in text:
        return next((form for form in forms if form.signs and form.signs.search(text)), None)
    start = re.match(r"arn:[^:]*:([^:]*):", text)
    service = start[1] if start else ""
    return next((form for form in forms if form.header[2].pattern.fullmatch(service)), None)


def arn_pattern(form: ArnForm) -> str:
    """A regular expression, of Python and of JavaScript, that the whole of an ARN matches."""
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
    if not is_arn(text):
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


def place_problems(
    path: str, arn: str, *, partition: str | None, region: str | None
) -> list[Problem]:
    """What keeps a resource from being used by what is deployed to some place.

    Args:
        path: Where its ARN was written.
        arn: The ARN. A CDK token in it is taken as right.
        partition: The place's partition; None for one that is not known.
        region: The place's region; None for one that is not known, or does not matter.
    """
    parts = mask_tokens(arn).split(":")
    if len(parts) <= _REGION_AT:
        return []
    pairs = (("partition", parts[1], partition), ("region", parts[_REGION_AT], region))
    wrong = [
        (name, there)
        for name, here, there in pairs
        if here and UNKNOWN not in here and there is not None and here != there
    ]
    # A region of another partition is another one too: one of them says it.
    return [
        Problem(
            path=path,
            message=f"is in another {name} than the stack",
            got=short_repr(arn),
            allowed=f"an ARN of {name} {there}",
        )
        for name, there in wrong[:1]
    ]
