"""Trainers for fault tests, and machines that run one of them.

Usage: python faults_app.py LOCKS

The engine shortens every wait to a thousandth: ``Hasty`` tries again at once, ``Patient`` only
after 86 seconds, so that a test finds it waiting. ``Parent`` runs ``Hasty`` for as long as it
takes, ``Impatient`` for a second. ``Waiting`` is connected to its job with ``.sync``,
and ``WaitingParent`` to ``Waiting``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_trainers import BaseTrainer, JobRetry, TrainingJobCompute
from tests.support.trainers import INSTANCE_TYPE, TrainerMaker

DAY = 86_400


def main(locks: str) -> None:
    """Synthesize."""
    app = cdk.App()
    stack = cdk.Stack(app, "Faults", env=cdk.Environment(region="us-west-2"))
    make_trainer = TrainerMaker(stack, Path(locks))
    trainers: dict[str, BaseTrainer] = {}
    for name, interval in (("Hasty", 1), ("Patient", DAY)):
        trainers[name] = make_trainer(
            hub="one technique",
            scope=Construct(stack, name),
            base_job_name=name.lower(),
            retry=JobRetry(max_attempts=3, interval_in_seconds=interval),
        )
    # Own instances, whose jobs Step Functions itself waits for.
    trainers["Waiting"] = make_trainer(
        hub="one technique",
        scope=Construct(stack, "Waiting"),
        base_job_name="waiting",
        compute=TrainingJobCompute(instance_type=INSTANCE_TYPE, instance_count=1),
        integration_pattern=sfn.IntegrationPattern.RUN_JOB,
        retry=JobRetry(max_attempts=3, interval_in_seconds=1),
    )
    machine = trainers["Hasty"].state_machine
    add_parent(stack, "Parent", machine)
    add_parent(stack, "Impatient", machine, timeout=1)
    add_parent(stack, "WaitingParent", trainers["Waiting"].state_machine)
    app.synth()


def add_parent(
    stack: cdk.Stack, name: str, machine: sfn.IStateMachine, timeout: int | None = None
) -> None:
    """A machine that runs another one and waits for it."""
    task: dict[str, object] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {"StateMachineArn": machine.state_machine_arn, "Input": {}},
        "End": True,
    }
    if timeout is not None:
        task["TimeoutSeconds"] = timeout
    role = iam.Role(stack, f"{name}Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
    sfn.CfnStateMachine(
        stack,
        name,
        role_arn=role.role_arn,
        definition={"QueryLanguage": "JSONata", "StartAt": "Run", "States": {"Run": task}},
    )


if __name__ == "__main__":
    main(sys.argv[1])
