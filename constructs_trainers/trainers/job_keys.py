"""The keys of a job, as far as they are given as constructs, or their buckets are.

Only what a role may do with them is made here. The CDK's keys leave the rest to IAM; the policy of
one that does not, such as another account's, is its owner's to open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_trainers.trainers.props.training_data import S3DataSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk.aws_kms import IKey

    from constructs_trainers.trainers.props.trainer_props import TrainerProps


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


def given_keys(props: TrainerProps) -> list[IKey]:
    """The keys that are given as constructs and named in the request."""
    keys = [props.output.kms_key, None if props.compute is None else props.compute.volume_kms_key]
    return [key for key in keys if key is not None]


def _keys_of(buckets: Sequence[Any]) -> list[IKey]:
    keys = [bucket.encryption_key for bucket in buckets if bucket is not None]
    return [key for key in keys if key is not None]
