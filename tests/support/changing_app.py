"""Trainers that are deployed again while they run, changed, renamed or gone.

Usage: python changing_app.py FOLDER

``trainers.json`` in the folder has the props of each trainer by its construct id: ``model``,
``base_job_name`` and ``max_attempts``; ``stack`` is the stack that it is in, ``shares_role`` has
it share the first stack's role, ``learning_rate`` puts it on own instances, ``given_group`` is the
group that it is given. One with ``group`` is a model package group instead, made last of all.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_trainers import JobRetry, TrainingJobCompute
from tests.support.trainers import IMAGE, INSTANCE_TYPE, TrainerMaker, one_technique

if TYPE_CHECKING:
    from collections.abc import Mapping


def main(folder: Path) -> None:
    """Synthesize."""
    app = cdk.App()
    stacks: dict[str, cdk.Stack] = {}

    def stack_of(name: str) -> cdk.Stack:
        if name not in stacks:
            stacks[name] = cdk.Stack(app, name, env=cdk.Environment(region="us-west-2"))
        return stacks[name]

    make_trainer = TrainerMaker(stack_of("Changing"), folder)
    for name, props in json.loads((folder / "trainers.json").read_text()).items():
        stack = stack_of(props.get("stack", "Changing"))
        if "group" in props:
            make_group(stack, name, props["group"])
            continue
        make_trainer(
            hub=one_technique(model=props.get("model", "tiny-model")),
            scope=Construct(stack, name),
            base_job_name=props.get("base_job_name"),
            retry=JobRetry(max_attempts=props.get("max_attempts", 3), interval_in_seconds=1),
            role=shared_role(stack_of("Changing")) if props.get("shares_role") else None,
            model_package_group=props.get("given_group"),
            **on_own_instances(props),
        )
    app.synth()


def make_group(stack: cdk.Stack, name: str, group: str) -> None:
    """A group that waits for all that is in the stack so far."""
    made = cdk.CfnResource(
        stack,
        name,
        type="AWS::SageMaker::ModelPackageGroup",
        properties={"ModelPackageGroupName": group},
    )
    for child in stack.node.children:
        if child is not made:
            made.node.add_dependency(child)


def shared_role(stack: cdk.Stack) -> iam.Role:
    """A role of the app's."""
    found = stack.node.try_find_child("Shared")
    if isinstance(found, iam.Role):
        return found
    principal = iam.ServicePrincipal("sagemaker.amazonaws.com")
    return iam.Role(stack, "Shared", assumed_by=principal)


def on_own_instances(props: Mapping[str, Any]) -> dict[str, Any]:
    """The props of a trainer whose recipe is a file."""
    if "learning_rate" not in props:
        return {}
    return {
        "compute": TrainingJobCompute(instance_type=INSTANCE_TYPE),
        "training_image": IMAGE,
        "hyperparameters": {"learning_rate": props["learning_rate"]},
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
