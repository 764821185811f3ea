"""What permissions are read off beside the request: where a trainer's job runs, and its props."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_trainers.jobs.permissions.statements import PermissionContext, Upstream
from constructs_trainers.trainers.execution_rules import readable_places, source_packages
from constructs_trainers.trainers.props.s3_location import locate
from constructs_trainers.trainers.props.training_data import S3DataSource
from constructs_trainers.trainers.resources.job_resources import packages_in
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk.aws_kms import IKey

    from constructs_trainers.trainers.kinds.kind import ComputeKind
    from constructs_trainers.trainers.props.trainer_props import TrainerProps
    from constructs_trainers.trainers.resources.job_resources import JobResources
    from constructs_trainers.trainers.technique import Technique
    from constructs_trainers.values.environment import Environment


def permission_context(
    props: TrainerProps,
    kind: ComputeKind,
    request: Mapping[str, Any],
    resources: JobResources,
    *,
    technique: Technique,
    place: Environment,
    stem: str,
) -> PermissionContext:
    """A trainer's job as far as permissions are read off it.

    Args:
        props: The trainer's props.
        kind: The kind of compute.
        request: The request.
        resources: What its request names.
        technique: The customization technique.
        place: Where the stack is deployed to.
        stem: What the names of its jobs begin with.
    """
    return PermissionContext(
        environment=place,
        request=request,
        job_name_stem="" if is_token(stem) else stem,
        model_packages=resources.model_packages,
        reward_lambda_arn=technique.reward_lambda_arn,
        registers_evaluator=kind.registers_evaluator,
        upstream=_upstream(props),
        runtime_data=readable_places(props, kind),
        runtime_model_packages=source_packages(props, kind, place),
        runs_job=props.runs_job,
        read_keys=[key.key_arn for key in read_keys(props)],
        written_keys=[key.key_arn for key in written_keys(props)],
        key_arns=[key.key_arn for key in given_keys(props, kind)],
        locate=locate,
    )


def _upstream(props: TrainerProps) -> Upstream | None:
    source = props.source.trainer
    if source is None:
        return None
    group = source.model_package_group
    return Upstream(
        model_packages=None if group is None else packages_in(group[1]),
        output_data_config=source.training_job_request["OutputDataConfig"],
    )


def read_keys(props: TrainerProps) -> list[IKey]:
    """The keys of buckets that are read, as far as their constructs know them."""
    sources = [
        props.training_dataset,
        props.validation_dataset,
        *(item.data_source for item in props.input_data_config or ()),
    ]
    buckets: list[Any] = [item.bucket for item in sources if isinstance(item, S3DataSource)]
    if props.runtime_overrides is not None:
        buckets += props.runtime_overrides.buckets
    return _keys_of(buckets)


def written_keys(props: TrainerProps) -> list[IKey]:
    """The keys of buckets that are written, as far as their constructs know them."""
    checkpoints = props.checkpoint_config
    return _keys_of([props.output.bucket, None if checkpoints is None else checkpoints.bucket])


def given_keys(props: TrainerProps, kind: ComputeKind) -> list[IKey]:
    """The keys that are given as constructs and named in the request."""
    output = props.output.kms_key
    return [*([] if output is None else [output]), *kind.keys()]


def _keys_of(buckets: Sequence[Any]) -> list[IKey]:
    keys = [bucket.encryption_key for bucket in buckets if bucket is not None]
    return [key for key in keys if key is not None]
