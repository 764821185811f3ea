"""The example of all trainers as an app that tells what its trainers are about to send.

Usage: python all_trainers_app.py RECIPES

Writes the recipes of jobs on own instances to the JSON file RECIPES, by trainer. What a request
says is only known when it is deployed: each is an output of the stack. Two more trainers have
reward functions of their own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import aws_cdk as cdk

from constructs_trainers import RLVRTrainer
from examples.all_trainers.app import DATA, MODEL, REWARDS, AllTrainers

FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function"


def main(recipes: str) -> None:
    """Synthesize."""
    app = cdk.App()
    stack = AllTrainers(app, "AllTrainers", env=cdk.Environment(region="us-west-2"))
    trainers = stack.trainers
    for name in ("Shared", "Refused"):
        trainers[name] = RLVRTrainer(
            stack,
            name,
            model=MODEL,
            recipe=REWARDS,
            training_dataset=f"{DATA}/rlvr/train.jsonl",
            custom_reward_function=f"{FUNCTION}:{name}",
            accept_eula=True,
        )
    for construct_id, trainer in trainers.items():
        request = trainer.training_job_request
        job = request.get("ServerlessJobConfig", {})
        if str(job.get("EvaluatorArn")).startswith("{%"):
            del job["EvaluatorArn"]  # only an execution knows it
        cdk.CfnOutput(stack, f"{construct_id}Request", value=stack.to_json_string(request))
    own = {
        construct_id: trainer.resolved_recipe.to_yaml()
        for construct_id, trainer in trainers.items()
        if construct_id.endswith("Own")
    }
    Path(recipes).write_text(json.dumps(own), encoding="utf-8")
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1])
