"""What the jobs of a trainer must be allowed for the data of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.jobs.permissions.inputs import INPUT_PERMISSIONS
from constructs_trainers.jobs.permissions.statements import PermissionContext, merged, statements_of
from constructs_trainers.jobs.request.channels import TRAIN, VALIDATION, channel, data_source
from constructs_trainers.trainers.props.s3_location import locate
from constructs_trainers.values.arns import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aws_cdk.aws_s3 import IBucket
    from constructs import Construct

    from constructs_trainers.trainers.resources.job_role import JobPolicies
    from constructs_trainers.workflows.allowed_input import AllowedInput, Dataset


def permit_data(
    scope: Construct,
    policies: JobPolicies,
    allowed: AllowedInput,
    runs: Iterable[Mapping[str, object]],
    buckets: Sequence[IBucket] = (),
) -> Construct | None:
    """Let the jobs' role read the data of runs, as far as synthesis knows it.

    What ``runtime_overrides`` of the trainer lists its jobs may read already.

    Args:
        scope: Where the policy is made.
        policies: The policies of the role that the trainer's jobs work under.
        allowed: What executions of the trainer may give.
        runs: The members of the executions' inputs.
        buckets: The buckets among the data that were given as constructs, for their keys.

    Returns:
        The policy to wait for; None where there is none.

    Raises:
        TrainerError: They are more than a role's policies have room for.
    """
    channels = [
        channel(name, data_source(place, "S3Prefix")) for name, place in _granted(allowed, runs)
    ]
    keys = [bucket.encryption_key for bucket in buckets]
    context = PermissionContext(
        request={"InputDataConfig": channels},
        environment=Environment.of(cdk.Stack.of(scope)),
        read_keys=list(dict.fromkeys(key.key_arn for key in keys if key is not None)),
        locate=locate,
    )
    statements = merged(statements_of(INPUT_PERMISSIONS, context))
    return policies.add(scope, statements, path="input_data_config") if statements else None


def _granted(
    allowed: AllowedInput, runs: Iterable[Mapping[str, object]]
) -> Iterable[tuple[str, str]]:
    """The places to be granted with their channels, each once."""
    rules: dict[str, tuple[str, Dataset | str]] = {
        "TrainingDataset": (TRAIN, allowed.training_dataset),
        "ValidationDataset": (VALIDATION, allowed.validation_dataset),
    }
    found: dict[str, str] = {}
    for run in runs:
        for member, (name, rule) in rules.items():
            place = run.get(member)
            if isinstance(place, str) and (isinstance(rule, str) or not rule.lists(place)):
                found.setdefault(place, name)
    return [(name, place) for place, name in found.items()]
