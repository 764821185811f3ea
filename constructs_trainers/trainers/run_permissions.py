"""What the jobs of a trainer must be allowed for the data of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.jobs.channels import TRAIN, VALIDATION, channel
from constructs_trainers.jobs.data_sources import data_source
from constructs_trainers.jobs.permissions import data_statements
from constructs_trainers.jobs.policy_statements import Surroundings
from constructs_trainers.trainers.job_role import permit_job
from constructs_trainers.trainers.surroundings import locate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.aws_s3 import IBucket
    from constructs import Construct

_CHANNELS = {"TrainingDataset": TRAIN, "ValidationDataset": VALIDATION}


def permit_data(
    scope: Construct,
    role: iam.IRole,
    data: Mapping[str, object],
    buckets: Sequence[IBucket] = (),
) -> None:
    """Let the jobs' role read the data of a run, as far as synthesis knows it.

    Args:
        scope: Where the policy is made.
        role: The role that the jobs work under.
        data: The members of the execution's input.
        buckets: The buckets among the data that were given as constructs, for their keys.
    """
    stack = cdk.Stack.of(scope)
    channels = [
        channel(_CHANNELS[member], data_source(place, "S3Prefix"))
        for member, place in data.items()
        if member in _CHANNELS and isinstance(place, str)
    ]
    if channels:
        keys = [bucket.encryption_key for bucket in buckets]
        at = Surroundings(
            partition=stack.partition,
            region=stack.region,
            account=stack.account,
            read_keys=[key.key_arn for key in keys if key is not None],
            locate=locate,
        )
        permit_job(scope, role, data_statements({"InputDataConfig": channels}, at))
