"""What is wrong with the model that a trainer starts from, and with the props around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import Problem
from constructs_trainers.values import resource_names
from constructs_trainers.values.arns import is_arn
from constructs_trainers.values.s3 import is_s3_uri, s3_uri_problems
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from constructs_trainers.trainers.kinds.kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps

_ALLOWED = (
    "the hub's name of a model; a model package's ARN, or a CfnModelPackage; the S3 URI of a "
    "checkpoint; or another trainer"
)
_BASE_MODEL_FIX = "give base_model_name, the hub's name of the model that it was trained from"


def model_source_problems(props: TrainerProps, kind: ComputeKind) -> list[Problem]:
    """What keeps the recipe from being looked up."""
    model: Any = props.model
    if not model:
        message = "must be known when the app is synthesized: its recipe is looked up"
        return [Problem(path="model", message=message, got=short_repr(model), allowed=_ALLOWED)]
    is_text = isinstance(model, str)
    found = kind.start_problems(props) or _group_problems(model)
    if found:
        return found
    if hasattr(model, "resolved_recipe") or (is_text and _is_hub_name(model)):
        return _needless_base_model(props)
    if is_text and is_token(model) and not is_arn(model) and not is_s3_uri(model):
        if not props.base_model_name:
            message = "is only known at deployment, and its recipe is looked up at synthesis"
            fix = f"for a model package, {_BASE_MODEL_FIX}"
            found.append(Problem(path="model", message=message, allowed=_ALLOWED, fix=fix))
        return found
    if is_text and is_arn(model):
        found += resource_names.model_package_arn_problems("model", model)
    if is_text and is_s3_uri(model):
        found += s3_uri_problems("model", model)
    if not props.base_model_name:
        message = "is needed beside a model package or checkpoint: synthesis looks nothing up"
        found.append(Problem(path="base_model_name", message=message, fix=_BASE_MODEL_FIX))
    elif is_token(props.base_model_name):
        message = "must be known when the app is synthesized: its recipe is looked up"
        found.append(Problem(path="base_model_name", message=message))
    return found


def _group_problems(model: Any) -> list[Problem]:  # noqa: ANN401 - as the prop
    if not hasattr(model, "resolved_recipe") or model.model_package_group is not None:
        return []
    return [
        Problem(
            path="model",
            message="goes on from a trainer whose jobs register no model package",
            got=model.node.path,
            fix="give that trainer a model_package_group",
        )
    ]


def _is_hub_name(model: str) -> bool:
    return not is_token(model) and not is_arn(model) and not is_s3_uri(model)


def _needless_base_model(props: TrainerProps) -> list[Problem]:
    if props.base_model_name is None:
        return []
    message = "has no effect: 'model' names the base model already"
    return [Problem(path="base_model_name", message=message, fix="leave it out")]
