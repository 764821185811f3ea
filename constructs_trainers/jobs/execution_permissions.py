"""Permissions of a machine that runs a trainer's machine.

Source: Step Functions developer guide, "Start Step Functions workflow executions from a task".
"""

from __future__ import annotations

from constructs_trainers.jobs.policy_statements import Statement

_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"


def execution_statements(
    machine_arn: str, *, executions_arn: str, rule_arn_start: str, wait: bool
) -> list[Statement]:
    """What a machine needs to run another one.

    Args:
        machine_arn: The other machine.
        executions_arn: ARN of all its executions, with a wildcard.
        rule_arn_start: What the ARNs of EventBridge rules begin with.
        wait: Whether it waits for the execution, and stops it when it is stopped itself.
    """
    start = Statement(["states:StartExecution"], [machine_arn], reason="running a trainer")
    if not wait:
        return [start]
    return [
        start,
        Statement(
            ["states:DescribeExecution", "states:StopExecution"],
            [executions_arn],
            reason="waiting for executions of a trainer, whose names are made when they start",
        ),
        Statement(
            ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            [f"{rule_arn_start}{_RULE}"],
            reason="hearing that an execution ended",
        ),
    ]
