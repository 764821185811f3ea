"""Permissions of a machine that sweeps over a file in S3.

Source: Step Functions developer guide, "IAM policies for using Distributed Map states".
"""

from __future__ import annotations

from constructs_trainers.jobs.policy_statements import Statement


def manifest_statements(
    file: tuple[str, str], results: tuple[str, str], partition: str
) -> list[Statement]:
    """What a machine needs to read the file of a sweep and to write its results.

    Args:
        file: Bucket and key of the file.
        results: Bucket and key prefix of what is written.
        partition: The AWS partition.
    """
    bucket, key = file
    results_bucket, prefix = results
    return [
        Statement(
            ["s3:GetObject"],
            [f"arn:{partition}:s3:::{bucket}/{key}"],
            reason="reading the file of a sweep",
        ),
        Statement(
            [
                "s3:PutObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:AbortMultipartUpload",
            ],
            [f"arn:{partition}:s3:::{results_bucket}/{prefix}/*"],
            reason="writing the results of a sweep, whose names are made when it runs",
        ),
    ]


def map_run_statements(machine_arn: str, executions_arn: str) -> list[Statement]:
    """What a machine needs to run the iterations of a sweep as executions of its own.

    Args:
        machine_arn: The machine.
        executions_arn: What the ARNs of its executions begin with.
    """
    return [
        Statement(["states:StartExecution"], [machine_arn], reason="running a sweep"),
        Statement(
            ["states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"],
            # Those of a Map Run have its label behind the machine's name.
            [f"{executions_arn}/*", f"{executions_arn}:*"],
            reason="running a sweep, the names of whose executions are made when it runs",
        ),
    ]
