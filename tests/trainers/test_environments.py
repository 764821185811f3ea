"""Trainers of another account or region: a machine cannot run what is not beside it."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from constructs_trainers import Stage, TrainerError, TrainingPipeline
from tests.support.trainers import TrainerMaker


@pytest.fixture
def elsewhere(stack: cdk.Stack) -> cdk.Stack:
    """A stack of another region."""
    env = cdk.Environment(account="123456789012", region="eu-west-1")
    return cdk.Stack(cdk.Stage.of(stack), "Elsewhere", env=env)


def test_a_pipeline_says_so(elsewhere: cdk.Stack, make_trainer: TrainerMaker) -> None:
    with pytest.raises(TrainerError, match=r"stages\[0\]\.trainer: .*\s+got: .*us-west-2"):
        TrainingPipeline(elsewhere, "Pipeline", stages=[Stage(trainer=make_trainer())])


def test_a_state_says_so(elsewhere: cdk.Stack, make_trainer: TrainerMaker) -> None:
    with pytest.raises(TrainerError, match=r"scope: .*\s+got: .*eu-west-1"):
        make_trainer().train(scope=elsewhere)


def test_another_stack_of_the_same_place_will_do(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    env = cdk.Environment(account=stack.account, region=stack.region)
    beside = cdk.Stack(cdk.Stage.of(stack), "Beside", env=env)
    TrainingPipeline(beside, "Pipeline", stages=[Stage(trainer=make_trainer())])
