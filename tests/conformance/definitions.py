"""The state machines that run on the second engine, written to a file.

Usage: python -m tests.conformance.definitions FILE

The CDK makes them, which the second engine's own environment does not have. So each comes with what
its executions are held against, and with the rule that tells the stopper of their ends.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_trainers import (
    BaseTrainer,
    JobRetry,
    Parallel,
    RuntimeOverrides,
    Stage,
    Sweep,
    TrainingJobCompute,
    TrainingPipeline,
)
from examples.all_trainers.app import AllTrainers
from tests.support.templates import template_of
from tests.support.trainers import INSTANCE_TYPE, TrainerMaker
from tests.support.trainers_in import trainers_in
from tools.validate_definitions import machines, reference, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
REWARDS = "arn:aws:lambda:us-west-2:123456789012:function:rewards"
OTHER_DATA = "s3://amzn-s3-demo-bucket/other/"


def main(file: Path) -> None:
    """Write the definitions."""
    file.parent.mkdir(parents=True, exist_ok=True)
    found = [*_of_the_example(), *_of_all_trainers(), *_of_tests()]
    file.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _of_the_example() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as assembly, chdir(ROOT):
        # It synthesizes itself.
        os.environ["CDK_OUTDIR"] = assembly
        app = runpy.run_path("app.py")["app"]
        del os.environ["CDK_OUTDIR"]
        return list(_machines(app.node.find_child("Example")))


def _of_all_trainers() -> list[dict[str, Any]]:
    # Its recipes and its lock are found from its own folder.
    with chdir(ROOT / "examples" / "all_trainers"):
        stack = AllTrainers(cdk.App(), "AllTrainers", env=cdk.Environment(region="us-west-2"))
        return list(_machines(stack))


def _of_tests() -> list[dict[str, Any]]:
    """What the examples do not have."""
    stack = cdk.Stack(
        cdk.App(), "Tests", env=cdk.Environment(account="123456789012", region="us-west-2")
    )
    with tempfile.TemporaryDirectory() as folder:
        make = TrainerMaker(stack, Path(folder))

        def made(name: str, technique: str = "SFT", **props: Any) -> BaseTrainer:  # noqa: ANN401 - props
            scope = Construct(stack, name)
            return make(technique, hub="one technique", scope=scope, **props)

        own = TrainingJobCompute(instance_type=INSTANCE_TYPE, instance_count=1)
        # Two hyphens in a row must stay two for the stopper too.
        first = made("Serverless", base_job_name="my--model")
        made("Once", retry=JobRetry(max_attempts=1))
        made("Waiting", compute=own, integration_pattern=sfn.IntegrationPattern.RUN_JOB)
        made("Rewards", "RLVR", custom_reward_function=REWARDS)
        overrides = RuntimeOverrides(training_dataset=[OTHER_DATA], hyperparameters="all")
        varied = made("Overridden", runtime_overrides=overrides)
        second = made("Second", model=first)
        expected = _pipelines(stack, first, second, varied)
        found = list(_machines(stack))
    for construct_id, outcome in expected.items():
        (document,) = [each for each in found if f"Tests.{construct_id}State" in each["name"]]
        document["pipeline"] = outcome
    return found


def _pipelines(
    stack: cdk.Stack, first: BaseTrainer, second: BaseTrainer, varied: BaseTrainer
) -> dict[str, Any]:
    """Make pipelines; gives by id how often stages run, and which machine goes on after one."""
    sequence = [Stage(name="First", trainer=first), Stage(name="Second", trainer=second)]
    TrainingPipeline(stack, "Sequence", stages=sequence)
    pair = [Stage(name="One", trainer=first), Stage(name="Two", trainer=first)]
    TrainingPipeline(stack, "Pair", stages=[Parallel(stages=pair)])
    rates = [{"learning_rate": rate} for rate in (0.0001, 0.0002, 0.0003)]
    sweep = Sweep(name="Runs", trainer=varied, hyperparameters=rates, max_concurrency=2)
    TrainingPipeline(stack, "Sweep", stages=[sweep])
    after_first = resolve(stack.resolve(second.state_machine.state_machine_arn))
    return {
        "Sequence": {"stages": {"First": 1, "Second": 1}, "sources": {"First": after_first}},
        "Pair": {"stages": {"One": 1, "Two": 1}, "sources": {}},
        "Sweep": {"stages": {"Runs": 3}, "sources": {}},
    }


def _machines(stack: cdk.Stack) -> Iterator[dict[str, Any]]:
    template = template_of(stack)
    trainers = {
        stack.resolve(trainer.state_machine.state_machine_arn)["Ref"]: trainer
        for trainer in trainers_in(stack)
    }
    for logical_id, definition in machines(template):
        trainer = trainers.get(logical_id)
        yield {
            "name": f"{stack.stack_name}.{logical_id}",
            "arn": reference(logical_id),
            "definition": definition,
            "pipeline": None,
            "request": None if trainer is None else _request(stack, trainer),
            "rule": _rule(template, template["Resources"][logical_id]["Properties"]),
        }


def _request(stack: cdk.Stack, trainer: BaseTrainer) -> Any:  # noqa: ANN401 - JSON
    """What an execution without input sends, but for the name; null for what it computes itself."""
    request = trainer.training_job_request
    config = request.get("ServerlessJobConfig", {})
    if str(config.get("EvaluatorArn")).startswith("{%"):
        config["EvaluatorArn"] = "(computed)"
    return resolve(stack.resolve(request))


def _rule(template: dict[str, Any], machine: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """How a rule tells the stopper of an end of this machine's executions; None without one."""
    name = f':stateMachine:{machine.get("StateMachineName")}"'
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Events::Rule":
            continue
        properties = resource["Properties"]
        if name not in json.dumps(properties["EventPattern"]):
            continue
        for target in properties["Targets"]:
            told = resolve(target.get("InputTransformer", {}))
            if "ExecutionArn" in told.get("InputTemplate", ""):
                return told
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
