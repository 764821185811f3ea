"""The example app: one SFT trainer, ready for ``cdk deploy`` and ``make demo``."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from constructs_trainers import SFTTrainer


class ExampleStack(cdk.Stack):
    """Fine-tunes Llama 3.2 1B Instruct with LoRA."""

    def __init__(self, scope: Construct, construct_id: str, *, env: cdk.Environment) -> None:
        super().__init__(scope, construct_id, env=env)
        trainer = SFTTrainer(
            self,
            "Sft",
            model="meta-textgeneration-llama-3-2-1b-instruct",
            recipe="recipes/sft.yaml",
            overrides={"training_config": {"training_args": {"learning_rate": 2e-5}}},
            training_dataset="s3://amzn-s3-demo-bucket/sft/train.jsonl",
            validation_dataset="s3://amzn-s3-demo-bucket/sft/validation.jsonl",
            accept_eula=True,
        )
        cdk.CfnOutput(self, "StateMachineArn", value=trainer.state_machine.state_machine_arn)


app = cdk.App()
ExampleStack(app, "Example", env=cdk.Environment(region="us-west-2"))
app.synth()
