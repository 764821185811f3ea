"""Every trainer in every kind of compute that it has: seven state machines in one stack."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_trainers import (
    BaseTrainer,
    DPOTrainer,
    RLAIFTrainer,
    RLVRTrainer,
    SFTTrainer,
    TrainingJobCompute,
)

MODEL = "meta-textgeneration-llama-3-2-1b-instruct"
DATA = "s3://amzn-s3-demo-bucket"
TUNING, REWARDS = "recipes/tuning.yaml", "recipes/rewards.yaml"
# On own instances the reward function's ARN is in a file, which cannot wait for a function that
# the same deployment makes: this one is there already.
EXISTING_FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function:score-answers"
SCORE = """\
def handler(event, context):
    return [{"id": row["id"], "aggregate_reward_score": 1.0} for row in event]
"""


class AllTrainers(cdk.Stack):
    """Fine-tunes Llama 3.2 1B Instruct in all ways.

    Attributes:
        trainers: The trainers by construct id.
    """

    def __init__(self, scope: Construct, construct_id: str, **stack_props: Any) -> None:  # noqa: ANN401 - the CDK's own
        super().__init__(scope, construct_id, **stack_props)
        small = TrainingJobCompute(instance_type="ml.g6.12xlarge")
        large = TrainingJobCompute(instance_type="ml.p5.48xlarge", instance_count=2)
        score = lambda_.Function(
            self,
            "Score",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline(SCORE),
        )
        trainers: list[BaseTrainer] = [
            SFTTrainer(self, "Sft", **_tuning("sft")),
            SFTTrainer(self, "SftOwn", compute=small, **_tuning("sft")),
            DPOTrainer(self, "Dpo", **_tuning("dpo")),
            DPOTrainer(self, "DpoOwn", compute=small, **_tuning("dpo")),
            RLVRTrainer(self, "Rlvr", custom_reward_function=score, **_rewards("rlvr")),
            RLVRTrainer(
                self,
                "RlvrOwn",
                compute=large,
                custom_reward_function=EXISTING_FUNCTION,
                **_rewards("rlvr"),
            ),
            RLAIFTrainer(
                self,
                "Rlaif",
                reward_model_id="openai.gpt-oss-20b-1:0",
                reward_prompt="Builtin.Faithfulness",
                **_rewards("rlaif"),
            ),
        ]
        self.trainers = {trainer.node.id: trainer for trainer in trainers}


def _tuning(technique: str) -> dict[str, Any]:
    return _common(technique) | {
        "recipe": TUNING,
        "validation_dataset": f"{DATA}/{technique}/validation.jsonl",
    }


def _rewards(technique: str) -> dict[str, Any]:
    return _common(technique) | {"recipe": REWARDS}


def _common(technique: str) -> dict[str, Any]:
    return {
        "model": MODEL,
        "training_dataset": f"{DATA}/{technique}/train.jsonl",
        "accept_eula": True,
    }


if __name__ == "__main__":
    app = cdk.App()
    AllTrainers(app, "AllTrainers", env=cdk.Environment(region="us-west-2"))
    app.synth()
