"""Props that name an AWS resource by its ARN, or by a name that an ARN is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from constructs_trainers.errors import Problem
from constructs_trainers.values import arns
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import UNKNOWN, mask_tokens

if TYPE_CHECKING:
    from constructs_trainers.values.arns import Environment


# API reference: CreateModelPackageGroup, ModelPackageGroupName.
_GROUP_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", re.ASCII)
_LONGEST_GROUP_NAME = 63
# API reference: kms:DescribeKey, KeyId.
_KEY_ARN = re.compile(r"arn:[^:]+:kms:[^:]+:[0-9]{12}:(key|alias)/.+", re.ASCII)
_KEY_NAME = re.compile(r"(alias/)?[A-Za-z0-9/_-]+", re.ASCII)
# IAM user guide, "Resource" and "Policy variables".
_WILDCARD = re.compile(r"[*?]|\$\{")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


def pattern_problems(path: str, value: str, allowed: str) -> list[Problem]:
    """What would make a text a pattern, or another text, in the policy of a role.

    Args:
        path: Where it was written.
        value: An ARN, an id, an image. Only what is literal in it is checked, not its CDK tokens.
        allowed: What is expected, in words.
    """
    text = mask_tokens(value).replace(UNKNOWN, "")
    message = None
    if _WILDCARD.search(text):
        message = "has *, ? or ${, which the policy of a role takes for a pattern"
    elif text != text.strip() or not text.isprintable():
        message = "has spaces around it, or line breaks or other control characters in it"
    if message is None:
        return []
    return [Problem(path=path, message=message, got=short_repr(value), allowed=allowed)]


def role_arn_problems(path: str, value: object) -> list[Problem]:
    """What is wrong with the ARN of a job's role.

    Args:
        path: Where it was written.
        value: ``arn:<partition>:iam::<account>:role/<path and name>``, or CDK tokens.
    """
    if isinstance(value, str) and _ROLE_NAME.fullmatch(value):
        # The SDK looks a bare name up with GetRole; there is nothing to ask during synthesis.
        return [
            Problem(
                path=path,
                message="is a role's name where its ARN is needed",
                got=short_repr(value),
                allowed=arns.ROLE.template,
                fix=f"write arn:aws:iam::<account>:role/{value}, or give the role itself",
            )
        ]
    return arns.arn_problems(path, value, arns.ROLE)


def model_package_group_problems(path: str, value: object) -> list[Problem]:
    """What is wrong with a model package group, given by name or ARN.

    Args:
        path: Where it was written.
        value: A name of 1 to 63 letters, digits and inner hyphens, an ARN, or CDK tokens.
    """
    if not isinstance(value, str) or arns.is_arn(value):
        return arns.arn_problems(path, value, arns.MODEL_PACKAGE_GROUP)
    text = mask_tokens(value)
    # A token may be a whole name or ARN; of a part of one nothing certain is known.
    if UNKNOWN in text or (_GROUP_NAME.fullmatch(text) and len(text) <= _LONGEST_GROUP_NAME):
        return []
    return [
        Problem(
            path=path,
            message="is neither the name nor the ARN of a model package group",
            got=short_repr(value),
            allowed="a name of 1 to 63 letters, digits and inner hyphens, or "
            + arns.MODEL_PACKAGE_GROUP.template,
        )
    ]


def model_package_group_arn(value: str, environment: Environment) -> str:
    """The ARN of a model package group that was given by name or ARN.

    Args:
        value: A name or an ARN. One whole CDK token is taken as an ARN; a token within a text
            without colons is part of a name.
        environment: Where the stack is deployed to.
    """
    text = mask_tokens(value)
    if ":" in text or text == UNKNOWN:
        return value
    return environment.arn("sagemaker", f"model-package-group/{value}")


def key_problems(path: str, value: str) -> list[Problem]:
    """What is wrong with a KMS key, given by id, ARN or alias."""
    text = mask_tokens(value)
    is_arn = arns.is_arn(text)
    if UNKNOWN in text or (is_arn and _KEY_ARN.fullmatch(text)):
        return []
    if not is_arn and _KEY_NAME.fullmatch(text):
        return []
    return [
        Problem(
            path=path,
            message="is no key of KMS",
            got=short_repr(value),
            allowed="a key's id, alias/<name>, or the ARN of a key or an alias",
        )
    ]


def is_key_arn(key: str) -> bool:
    """Whether a KMS key is given by its own ARN, and by no alias."""
    return arns.split_resource(key, "key") is not None


def is_alias(key: str) -> bool:
    """Whether a KMS key is given by alias, or by the ARN of one."""
    return key.startswith("alias/") or arns.split_resource(key, "alias") is not None


def aliased_keys(key: str, environment: Environment) -> tuple[str, str] | None:
    """What a KMS key that is given by alias may be, or None for any other key.

    Returns:
        The ARN, with a wildcard, of the keys beside the alias, and ``alias/<name>``.
    """
    before, alias = arns.split_resource(key, "alias") or ("", "")
    if not before and key.startswith("alias/"):
        before = environment.arn("kms", "").removesuffix(":")
        alias = key.removeprefix("alias/")
    return (f"{before}:key/*", f"alias/{alias}") if alias else None


def model_package_arn_problems(path: str, value: object) -> list[Problem]:
    """What is wrong with the ARN of a model package that training goes on from."""
    return arns.arn_problems(path, value, arns.MODEL_PACKAGE)


def evaluator_arn_problems(path: str, value: object) -> list[Problem]:
    """What is wrong with the ARN of an evaluator that is registered in a hub."""
    return arns.arn_problems(path, value, arns.EVALUATOR)


def mlflow_problems(
    resource_arn: object,
    experiment_name: object = None,
    run_name: object = None,
) -> list[Problem]:
    """What is wrong with a trainer's three MLflow props.

    Args:
        resource_arn: The prop ``mlflow_resource_arn``: a tracking server's or an app's ARN.
        experiment_name: The prop ``mlflow_experiment_name``.
        run_name: The prop ``mlflow_run_name``.

    Returns:
        Problems whose paths are the names of the props.
    """
    if resource_arn is not None:
        return arns.arn_problems("mlflow_resource_arn", resource_arn, arns.MLFLOW_RESOURCE)
    names = {"mlflow_experiment_name": experiment_name, "mlflow_run_name": run_name}
    return [
        Problem(
            path=name,
            message="has no effect without mlflow_resource_arn",
            got=short_repr(value),
            fix="give mlflow_resource_arn too, or leave this out",
        )
        for name, value in names.items()
        if value is not None
    ]


_ECR: Final = re.compile(
    r"(?P<account>[^.]+)\.dkr\.ecr\.(?P<region>[^.]+)\.[^/]+/(?P<repository>[^:@]+)"
)


class EcrRepository(NamedTuple):
    """A repository of images in Amazon ECR; each part may be a CDK token."""

    account: str
    region: str
    name: str


def ecr_repository(image: str) -> EcrRepository | None:
    """The repository that an image is in; None for one that is not known to be in Amazon ECR."""
    match = _ECR.match(image)
    return match and EcrRepository(match["account"], match["region"], match["repository"])
