"""What can be said of a trainer's props without its recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from constructs_trainers.errors import Problem, did_you_mean
from constructs_trainers.jobs.request.optimized_integration import members_not_known_to_be_taken
from constructs_trainers.jobs.request.tags import normalise_tags
from constructs_trainers.recipes.validation import sequence_length_in_tokens
from constructs_trainers.trainers.input_channels import InputChannels
from constructs_trainers.trainers.props.networking import networking_problems
from constructs_trainers.trainers.props.s3_location import exclusive
from constructs_trainers.trainers.props.trainer_props import TrainingType
from constructs_trainers.values import resource_names
from constructs_trainers.values.arns import is_arn
from constructs_trainers.values.job_names import base_job_name_problems
from constructs_trainers.values.resource_names import ecr_repository, key_problems
from constructs_trainers.values.s3 import is_s3_uri, s3_uri_problems
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk.aws_stepfunctions import IntegrationPattern
    from constructs import Construct

    from constructs_trainers.trainers.kinds.compute_kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps

MEMBERS_NOT_KNOWN = "constructs-trainers:runJobMembersNotKnown"
_TOKENS_PER_K = 1024
IMAGE_NOT_IN_ECR = "constructs-trainers:imageNotInEcr"

_TRAINING_TYPES = [member.value for member in TrainingType]
_MODELS = (
    "the hub's name of a model; a model package's ARN, or a CfnModelPackage; the S3 URI of a "
    "checkpoint; or another trainer"
)
_BASE_MODEL_FIX = "give base_model_name, the hub's name of the model that it was trained from"


def deciding_problems(kind: ComputeKind) -> list[Problem]:
    """What keeps the recipe from being looked up."""
    props = kind.props
    return [
        *_model_source_problems(kind),
        *_training_type_problems(props.training_type_name),
        *_sequence_length_problems(props.sequence_length),
    ]


def other_problems(kind: ComputeKind) -> list[Problem]:
    """What is wrong with the props that the recipe does not depend on."""
    props = kind.props
    found = normalise_tags(props.tags)[1]
    found += InputChannels(props).problems()
    found += kind.data_problems()
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
    if props.told is not None:
        found += props.told.problems()
    if props.integration_pattern is not None and not props.runs_job:
        found.append(_does_not_wait(props.integration_pattern))
    if props.retry is not None:
        found += props.retry.problems("retry")
    if props.runtime_overrides is not None:
        found += props.runtime_overrides.problems("runtime_overrides")
    queue = props.stop_rule_dead_letter_queue
    if queue is not None and queue.fifo:
        found.append(
            Problem(
                path="stop_rule_dead_letter_queue",
                message="is a FIFO queue, which EventBridge takes for no dead-letter queue",
                fix="give a standard queue",
            )
        )
    return found + kind.prop_problems()


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


def _training_type_problems(name: str) -> list[Problem]:
    if name in _TRAINING_TYPES:
        return []
    return [
        Problem(
            path="training_type",
            message="unknown training type",
            got=short_repr(name),
            allowed=", ".join(_TRAINING_TYPES),
            fix=did_you_mean(name, _TRAINING_TYPES),
        )
    ]


def _sequence_length_problems(length: str | None) -> list[Problem]:
    if length is None or sequence_length_in_tokens(length):
        return []
    return [
        Problem(
            path="sequence_length",
            message="must be a number of 1,024 tokens and the letter K",
            got=short_repr(length),
            allowed="such as '4K'",
            fix=_length_meant(length),
        )
    ]


def _length_meant(length: str) -> str | None:
    """The length of ``4k`` or ``4096``."""
    number = length.strip().removesuffix("k")
    if not number.isascii() or not number.isdecimal():
        return None
    tokens = int(number) * (1 if length.strip() == number else _TOKENS_PER_K)
    return f"write '{tokens // _TOKENS_PER_K}K'" if tokens % _TOKENS_PER_K == 0 else None


def _does_not_wait(given: IntegrationPattern) -> Problem:
    return Problem(
        path="integration_pattern",
        message="would not wait for the job, or wait for a token that nothing sends",
        got=given.name,
        allowed="IntegrationPattern.RUN_JOB, or leave it out: the trainer then looks at its job "
        "itself",
    )


def warn_of_members_not_known(scope: Construct, request: Mapping[str, object]) -> None:
    """Say which members of a request Step Functions may refuse when it waits for the job itself."""
    unknown = members_not_known_to_be_taken(request)
    if unknown:
        cdk.Annotations.of(scope).add_warning_v2(
            MEMBERS_NOT_KNOWN,
            f"{', '.join(unknown)}: not known to be taken by createTrainingJob.sync of Step "
            "Functions, which has refused members that it did not know. An execution would then "
            "fail with States.Runtime before there is a job. Leave integration_pattern out, or run "
            "it once before you rely on it.",
        )


def warn_of_image(scope: Construct, image: str | None) -> None:
    """Say what it means that an image is in no repository that a role can be granted."""
    if image is not None and not is_token(image) and ecr_repository(image) is None:
        cdk.Annotations.of(scope).add_warning_v2(
            IMAGE_NOT_IN_ECR,
            f"training_image: {short_repr(image)} is not in Amazon ECR, so the job's role is given "
            "no permission for it. SageMaker pulls images from ECR, or through the job's VPC from "
            "a registry that TrainingImageConfig names, which no prop here sets",
        )


def _model_source_problems(kind: ComputeKind) -> list[Problem]:
    model: Any = kind.props.model
    base_model_name = kind.props.base_model_name
    if not model:
        message = "must be known when the app is synthesized: its recipe is looked up"
        return [Problem(path="model", message=message, got=short_repr(model), allowed=_MODELS)]
    is_text = isinstance(model, str)
    found = kind.start_problems() or _group_problems(model)
    if found:
        return found
    if hasattr(model, "resolved_recipe") or (is_text and _is_hub_name(model)):
        return _needless_base_model(base_model_name)
    if is_text and is_token(model) and not is_arn(model) and not is_s3_uri(model):
        if not base_model_name:
            message = "is only known at deployment, and its recipe is looked up at synthesis"
            fix = f"for a model package, {_BASE_MODEL_FIX}"
            found.append(Problem(path="model", message=message, allowed=_MODELS, fix=fix))
        return found
    if is_text and is_arn(model):
        found += resource_names.model_package_arn_problems("model", model)
    if is_text and is_s3_uri(model):
        found += s3_uri_problems("model", model)
    if not base_model_name:
        message = "is needed beside a model package or checkpoint: synthesis looks nothing up"
        found.append(Problem(path="base_model_name", message=message, fix=_BASE_MODEL_FIX))
    elif is_token(base_model_name):
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


def _needless_base_model(base_model_name: str | None) -> list[Problem]:
    if base_model_name is None:
        return []
    message = "has no effect: 'model' names the base model already"
    return [Problem(path="base_model_name", message=message, fix="leave it out")]
