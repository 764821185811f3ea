"""The keys that a job uses and that its request does not name, and the policies of all its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam as iam

from constructs_trainers.jobs.compute_permissions import VOLUME_KEY_ACTIONS
from constructs_trainers.jobs.s3_permissions import INPUT_KEY_ACTIONS, OUTPUT_KEY_ACTIONS
from constructs_trainers.trainers.data_sources import S3DataSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aws_cdk.aws_kms import IKey

    from constructs_trainers.trainers.trainer_props import TrainerProps


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


def open_key_policies(role: iam.IRole, props: TrainerProps) -> None:
    """Let a role of this app through the policies of keys that do not leave that to IAM.

    Such as those of another account. What the role itself must allow is in its own policy.
    """
    if isinstance(role, iam.Role):
        for key, actions in _uses(props):
            # A role that takes no statements: only the key's policy is left to be changed.
            key.grant(role.without_policy_updates(), *actions)


def _uses(props: TrainerProps) -> Iterator[tuple[IKey, Sequence[str]]]:
    for key in read_keys(props):
        yield key, INPUT_KEY_ACTIONS
    output_key = props.output.kms_key
    for key in [*([] if output_key is None else [output_key]), *written_keys(props)]:
        yield key, OUTPUT_KEY_ACTIONS
    volume_key = None if props.compute is None else props.compute.volume_kms_key
    if volume_key is not None:
        yield volume_key, VOLUME_KEY_ACTIONS


def _keys_of(buckets: Sequence[Any]) -> list[IKey]:
    keys = [bucket.encryption_key for bucket in buckets if bucket is not None]
    return [key for key in keys if key is not None]
