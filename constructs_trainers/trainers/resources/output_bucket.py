"""The bucket that jobs of a stack write to when they are given none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.trainers.resources.acknowledged_findings import acknowledge

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

_ID = "ConstructsTrainersOutput"
_NO_ACCESS_LOGS = (
    "Access logs need a bucket of their own, which is for the account to choose. Give trainers an "
    "output bucket that has them, or record data events with CloudTrail."
)


def shared_output_bucket(scope: Construct) -> s3.IBucket:
    """The stack's output bucket, made when the first trainer asks for it.

    Encrypted, private, reached over TLS only, and kept when the stack is deleted: what is in it
    took days to train.
    """
    # Only here, because it takes as long to import as the rest of a small app does to run.
    from aws_cdk import aws_s3 as s3

    stack = cdk.Stack.of(scope)
    existing = stack.node.try_find_child(_ID)
    if isinstance(existing, s3.Bucket):
        return existing
    bucket = s3.Bucket(
        stack,
        _ID,
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    acknowledge(bucket, {"AwsSolutions-S1": _NO_ACCESS_LOGS})
    return bucket
