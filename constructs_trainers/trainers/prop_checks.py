"""What can be said of a trainer's props without its recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.request.optimized_integration import members_not_known_to_be_taken
from constructs_trainers.jobs.request.tags import normalise_tags
from constructs_trainers.recipes.validation import sequence_length_in_tokens
from constructs_trainers.trainers.input_channels import channel_problems
from constructs_trainers.trainers.props.networking import networking_problems
from constructs_trainers.trainers.props.s3_location import exclusive
from constructs_trainers.trainers.props.trainer_props import TrainingType
from constructs_trainers.values import resource_names
from constructs_trainers.values.arns import is_arn
from constructs_trainers.values.job_names import base_job_name_problems
from constructs_trainers.values.resource_names import key_problems
from constructs_trainers.values.s3 import is_s3_uri, s3_uri_problems
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from constructs_trainers.trainers.kinds.kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps


_TRAINING_TYPES = [member.value for member in TrainingType]


def deciding_problems(props: TrainerProps, kind: ComputeKind) -> list[Problem]:
    """What keeps the recipe from being looked up."""
    return [
        *model_source_problems(props, kind),
        *_training_type_problems(props),
        *_sequence_length_problems(props),
    ]


def other_problems(props: TrainerProps, kind: ComputeKind) -> list[Problem]:
    """What is wrong with the props that the recipe does not depend on."""
    found = normalise_tags(props.tags)[1]
    found += channel_problems(props)
    found += kind.data_problems(props)
    if isinstance(props.role, str):
        found += resource_names.role_arn_problems("role", props.role)
    if isinstance(props.model_package_group, str):
        found += resource_names.model_package_group_problems(
            "model_package_group", props.model_package_group
        )
    found += resource_names.mlflow_problems(
        props.mlflow_resource_arn, props.mlflow_experiment_name, props.mlflow_run_name
    )
    if props.base_job_name is not None:
        found += base_job_name_problems("base_job_name", props.base_job_name)
    found += _output_problems(props)
    if props.networking is not None:
        found += networking_problems(props.networking)
    found += _workflow_problems(props)
    return found + kind.prop_problems(props)


def _workflow_problems(props: TrainerProps) -> list[Problem]:
    """What is wrong with how a job is run, bounded and told of."""
    found: list[Problem] = []
    if props.told is not None:
        found += props.told.problems()
    found += integration_problems(props)
    if props.retry is not None:
        found += props.retry.problems("retry")
    if props.runtime_overrides is not None:
        found += props.runtime_overrides.problems("runtime_overrides")
    return found


def _output_problems(props: TrainerProps) -> list[Problem]:
    """The output, which may be given as the API has it or as the SDK has it."""
    found: list[Problem] = []
    group = props.output_data_config
    if group is not None:
        found += group.problems()
    for name, value in (("s3_output_path", props.s3_output_path), ("kms_key_id", props.kms_key_id)):
        if value is not None and group is not None:
            found.append(exclusive(name, "output_data_config"))
    if group is None and props.s3_output_path is not None:
        found += s3_uri_problems("s3_output_path", props.s3_output_path)
    if group is None and props.kms_key_id is not None:
        found += key_problems("kms_key_id", props.kms_key_id)
    return found


def _training_type_problems(props: TrainerProps) -> list[Problem]:
    if props.training_type_name in _TRAINING_TYPES:
        return []
    name = props.training_type_name
    return [
        Problem(
            path="training_type",
            message="unknown training type",
            got=short_repr(name),
            allowed=", ".join(_TRAINING_TYPES),
            fix=did_you_mean(str(name), _TRAINING_TYPES),
        )
    ]


def _sequence_length_problems(props: TrainerProps) -> list[Problem]:
    if props.sequence_length is None or sequence_length_in_tokens(props.sequence_length):
        return []
    return [
        Problem(
            path="sequence_length",
            message="must be a number of 1,024 tokens and the letter K",
            got=short_repr(props.sequence_length),
            allowed="such as '4K'",
        )
    ]


MEMBERS_NOT_KNOWN = "constructs-trainers:runJobMembersNotKnown"

_PATH = "integration_pattern"
_ALLOWED = "IntegrationPattern.RUN_JOB, or leave it out: the trainer then looks at its job itself"


def integration_problems(props: TrainerProps) -> list[Problem]:
    """What is wrong with the prop ``integration_pattern``."""
    given = props.integration_pattern
    if given is None:
        return []
    if not props.runs_job:
        message = "would not wait for the job, or wait for a token that nothing sends"
        return [Problem(path=_PATH, message=message, got=given.name, allowed=_ALLOWED)]
    return []


def warn_of_members_not_known(
    scope: Construct, props: TrainerProps, request: Mapping[str, object]
) -> None:
    """Say which members of a request Step Functions may refuse when it waits for the job itself.

    Args:
        scope: The trainer.
        props: Its props.
        request: The request.
    """
    unknown = members_not_known_to_be_taken(request) if props.runs_job else []
    if unknown:
        cdk.Annotations.of(scope).add_warning_v2(
            MEMBERS_NOT_KNOWN,
            f"{', '.join(unknown)}: not known to be taken by createTrainingJob.sync of Step "
            "Functions, which has refused members that it did not know. An execution would then "
            "fail with States.Runtime before there is a job. Leave integration_pattern out, or run "
            "it once before you rely on it.",
        )


_MODELS = (
    "the hub's name of a model; a model package's ARN, or a CfnModelPackage; the S3 URI of a "
    "checkpoint; or another trainer"
)
_BASE_MODEL_FIX = "give base_model_name, the hub's name of the model that it was trained from"


def model_source_problems(props: TrainerProps, kind: ComputeKind) -> list[Problem]:
    """What keeps the recipe from being looked up."""
    model: Any = props.model
    if not model:
        message = "must be known when the app is synthesized: its recipe is looked up"
        return [Problem(path="model", message=message, got=short_repr(model), allowed=_MODELS)]
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
            found.append(Problem(path="model", message=message, allowed=_MODELS, fix=fix))
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
