"""What workflows around trainers need, written down a second time.

In plain ARNs, as a template has them, and without the code that makes the statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from tests.support.needed_permissions import MACHINE_SERVICES, needs
from tests.support.role_policies import plain

if TYPE_CHECKING:
    from constructs_trainers import BaseTrainer
    from tests.support.needed_permissions import Need

PLACE = "us-west-2:123456789012"
"""Of the stacks of these tests, which are in the partition ``aws``."""

OBSERVED = needs(MACHINE_SERVICES, "*")
"""What a pipeline needs beside its stages: logs and traces."""


def of_run(trainer: BaseTrainer, *, wait: bool = True) -> set[Need]:
    """What a state needs that runs a trainer."""
    stack = cdk.Stack.of(trainer)
    machine = plain(stack.resolve(trainer.state_machine.state_machine_arn))
    found = needs("states:StartExecution", machine)
    if wait:
        name = plain(stack.resolve(trainer.state_machine.state_machine_name))
        executions = f"arn:aws:states:{PLACE}:execution:{name}:*"
        found |= needs("states:DescribeExecution states:StopExecution", executions)
        rule = f"arn:aws:events:{PLACE}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
        found |= needs("events:PutTargets events:PutRule events:DescribeRule", rule)
    return found


def of_manifest(machine: str, name: str, file: str, results: str) -> set[Need]:
    """What a machine needs to sweep over a file.

    Args:
        machine: The machine's ARN.
        name: Its name.
        file: Bucket and key of the file.
        results: Bucket and folder of the results.
    """
    executions = f"arn:aws:states:{PLACE}:execution:{name}"
    writes = "s3:PutObject s3:GetObject s3:ListMultipartUploadParts s3:AbortMultipartUpload"
    controls = "states:DescribeExecution states:StopExecution states:RedriveExecution"
    return (
        needs("s3:GetObject", f"arn:aws:s3:::{file}")
        | needs(writes, f"arn:aws:s3:::{results}/*")
        | needs("states:StartExecution", machine)
        | needs(controls, f"{executions}/*")
        | needs(controls, f"{executions}:*")
    )


def of_data(place: str) -> set[Need]:
    """What the job's role needs for data of a run: bucket and key."""
    bucket, _, key = place.partition("/")
    listed = {"StringLike": {"s3:prefix": f"{key}*"}}
    return (
        needs("s3:GetObject", f"arn:aws:s3:::{place}*")
        | needs("s3:GetBucketLocation", f"arn:aws:s3:::{bucket}")
        | needs("s3:ListBucket", f"arn:aws:s3:::{bucket}", listed)
    )
