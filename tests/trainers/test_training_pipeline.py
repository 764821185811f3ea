"""Pipelines: their templates, their permissions, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from constructs_trainers import Expression, Parallel, Stage, Sweep, TrainerError, TrainingPipeline
from tests.support.templates import template_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_trainers import SFTTrainer

OTHER = "s3://amzn-s3-demo-other"


def resources(stack: cdk.Stack, start: str, kind: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for name, resource in template_of(stack)["Resources"].items()
        if name.startswith(start) and resource["Type"] == kind
    ]


def definition(stack: cdk.Stack) -> dict[str, Any]:
    (machine,) = resources(stack, "Pipeline", "AWS::StepFunctions::StateMachine")
    found: dict[str, Any] = machine["Definition"]
    return found


def test_a_sequence_hands_the_model_on(stack: cdk.Stack, sft: Callable[..., SFTTrainer]) -> None:
    first = sft()
    second = sft(construct_id="More", model=first)
    TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=first), Stage(trainer=second)])
    states = definition(stack)["States"]
    assert states["Sft"]["Next"] == "More"
    assert states["More"]["Next"] == "Outputs"
    code = str(states["More"]["Arguments"]["Input"])
    assert "'SourceModelPackageArn': $lookup($outputs, \"Sft\").OutputModelPackageArn" in code


def test_the_role_may_run_each_trainer_and_read_nothing(
    stack: cdk.Stack, sft: Callable[..., SFTTrainer]
) -> None:
    stages = Parallel(stages=[Stage(trainer=sft()), Stage(trainer=sft(construct_id="Two"))])
    TrainingPipeline(stack, "Pipeline", stages=[stages])
    (policy,) = resources(stack, "PipelineStateMachineRole", "AWS::IAM::Policy")
    statements = policy["PolicyDocument"]["Statement"]
    starts = [s["Resource"] for s in statements if s["Action"] == "states:StartExecution"]
    assert [len(machines) for machines in starts] == [2]
    assert {a for s in statements if isinstance(s["Action"], list) for a in s["Action"]} >= {
        "states:DescribeExecution",
        "events:PutTargets",
    }


def test_a_sweep_goes_over_all_pairs(stack: cdk.Stack, sft: Callable[..., SFTTrainer]) -> None:
    sweep = Sweep(
        trainer=sft(),
        datasets=[f"{OTHER}/a", {"train": f"{OTHER}/b", "validation": f"{OTHER}/v"}],
        hyperparameters=[{"max_epochs": 1}, {"max_epochs": 2}],
        max_concurrency=3,
    )
    TrainingPipeline(stack, "Pipeline", stages=[sweep])
    state = definition(stack)["States"]["Sft"]
    assert state["MaxConcurrency"] == 3
    assert state["Items"].count("max_epochs") == 4
    assert state["Items"].count(f'"{OTHER}/v"') == 2
    assert len(resources(stack, "PipelineSft", "AWS::IAM::Policy")) == 1


def test_a_refused_pipeline_leaves_nothing_behind(
    stack: cdk.Stack, sft: Callable[..., SFTTrainer]
) -> None:
    with pytest.raises(TrainerError, match="has no stage"):
        TrainingPipeline(stack, "Pipeline", stages=[])
    TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=sft())])


def wrong_stages(sft: Callable[..., SFTTrainer]) -> dict[str, Any]:
    first = sft()
    second = sft(construct_id="More", model=first)
    stage = Stage(trainer=first)
    return {
        "is taken": [stage, stage],
        "has no stage before it": [Stage(trainer=second), stage],
        "is no hyperparameter that may be given to a run": [
            Stage(trainer=first, hyperparameters={"learning_rat": 1})
        ],
        "has nothing to go over": [Sweep(trainer=first)],
        "has no runs, or too many": [Sweep(trainer=first, datasets=[])],
        "max_concurrency: is out of range": [
            Sweep(trainer=first, datasets=[f"{OTHER}/a"], max_concurrency=0)
        ],
        "is not an S3 URI": [Sweep(trainer=first, datasets=["a"])],
        "has an expression": [
            Stage(trainer=first, input_data_config={"train": Expression("$x")})  # type: ignore[dict-item]
        ],
        "is no stage": [Parallel(stages=[Parallel(stages=[stage])])],  # type: ignore[list-item]
        "is no time": [Stage(trainer=first, wait_timeout="1h")],  # type: ignore[arg-type]
        "has a wrong length": [Stage(trainer=first, name="N" * 80)],
    }


@pytest.mark.parametrize(
    "message",
    [
        "is taken",
        "has no stage before it",
        "is no hyperparameter that may be given to a run",
        "has nothing to go over",
        "has no runs, or too many",
        "max_concurrency: is out of range",
        "is not an S3 URI",
        "has an expression",
        "is no stage",
        "is no time",
        "has a wrong length",
    ],
)
def test_wrong_stages_are_refused(
    stack: cdk.Stack, sft: Callable[..., SFTTrainer], message: str
) -> None:
    with pytest.raises(TrainerError, match=message):
        TrainingPipeline(stack, "Pipeline", stages=wrong_stages(sft)[message])


def test_sweeps_share_what_an_output_can_hold(
    stack: cdk.Stack, sft: Callable[..., SFTTrainer]
) -> None:
    values = [{"max_epochs": 1}] * 60
    trainer = sft()
    sweeps = [Sweep(trainer=trainer, name=name, hyperparameters=values) for name in ("A", "B")]
    for stages in (sweeps, [Parallel(stages=sweeps)]):
        with pytest.raises(TrainerError, match="100 runs in all sweeps together"):
            TrainingPipeline(stack, "Pipeline", stages=stages)


def test_stages_beside_each_other_cannot_go_on_from_each_other(
    stack: cdk.Stack, sft: Callable[..., SFTTrainer]
) -> None:
    first = sft()
    second = sft(construct_id="More", model=first)
    beside = Parallel(stages=[Stage(trainer=first), Stage(trainer=second)])
    with pytest.raises(TrainerError, match="has no stage before it"):
        TrainingPipeline(stack, "Pipeline", stages=[beside])
