"""What permissions are read off beside the request: where a trainer's job runs, and its props."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_trainers.jobs.permissions.statements import PermissionContext, Upstream
from constructs_trainers.trainers.execution_rules import ExecutionRules
from constructs_trainers.trainers.input_channels import InputChannels
from constructs_trainers.trainers.props.s3_location import locate
from constructs_trainers.trainers.props.training_data import S3DataSource
from constructs_trainers.trainers.resources.job_resources import packages_in
from constructs_trainers.values.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk.aws_s3 import IBucket

    from constructs_trainers.trainers.job_plan import JobPlan
    from constructs_trainers.trainers.props.model_source import ModelSource
    from constructs_trainers.trainers.resources.job_resources import JobResources


def permission_context(
    plan: JobPlan, request: Mapping[str, Any], resources: JobResources, *, stem: str
) -> PermissionContext:
    """A trainer's job as far as permissions are read off it.

    Args:
        plan: What decides the trainer's jobs.
        request: The request.
        resources: What its request names.
        stem: What the names of its jobs begin with.
    """
    props, kind = plan.props, plan.kind
    rules = ExecutionRules(plan)
    checkpoints = props.checkpoint_config
    key = props.output.kms_key
    return PermissionContext(
        environment=plan.place,
        request=request,
        job_name_stem="" if is_token(stem) else stem,
        model_packages=resources.model_packages,
        reward_lambda_arn=plan.technique.reward_lambda_arn,
        registers_evaluator=kind.registers_evaluator,
        upstream=_upstream(props.source),
        runtime_data=rules.readable_places,
        runtime_model_packages=rules.source_packages,
        runs_job=props.runs_job,
        read_keys=_keys_of(
            *(
                item.bucket
                for item in InputChannels(props).sources
                if isinstance(item, S3DataSource)
            ),
            *(props.runtime_overrides.buckets if props.runtime_overrides else ()),
        ),
        written_keys=_keys_of(
            props.output.bucket, None if checkpoints is None else checkpoints.bucket
        ),
        key_arns=[item.key_arn for item in (key, *kind.keys()) if item is not None],
        locate=locate,
    )


def _upstream(source: ModelSource) -> Upstream | None:
    if source.trainer is None:
        return None
    group = source.trainer.model_package_group
    return Upstream(
        model_packages=None if group is None else packages_in(group[1]),
        output_data_config=source.trainer.training_job_request["OutputDataConfig"],
    )


def _keys_of(*buckets: IBucket | None) -> list[str]:
    """ARNs of the keys of buckets, as far as their constructs know them."""
    keys = [bucket.encryption_key for bucket in buckets if bucket is not None]
    return [key.key_arn for key in keys if key is not None]
