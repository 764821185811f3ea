"""Workflows that run trainers, on the lock of the example of all trainers."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_trainers import (
    DPOTrainer,
    Expression,
    Parallel,
    SFTTrainer,
    Stage,
    Sweep,
    SweepManifest,
)
from constructs_trainers import TrainingPipeline as Pipeline

MODEL = "meta-textgeneration-llama-3-2-1b-instruct"
DATA = "s3://amzn-s3-demo-bucket"
RUNS = "amzn-s3-demo-runs"
RATES = [round(1e-5 * (index + 1), 6) for index in range(20)]


def main() -> None:
    """Synthesize."""
    app = cdk.App()
    stack = cdk.Stack(app, "Pipelines", env=cdk.Environment(region="us-west-2"))
    common: dict[str, Any] = {"training_dataset": f"{DATA}/train.jsonl", "accept_eula": True}
    sft = SFTTrainer(stack, "Sft", model=MODEL, **common)
    again = SFTTrainer(stack, "Again", model=MODEL, **common)
    dpo = DPOTrainer(stack, "Dpo", model=sft, training_dataset=f"{DATA}/pairs.jsonl")

    by_path = sft.train({"train": f"{DATA}/other.jsonl"}, scope=Construct(stack, "PathTrain"))
    path_job = sft.latest_training_job
    assert path_job is not None
    name = sfn.Pass(
        stack,
        "PathName",
        parameters={"Name.$": path_job.training_job_name, "Output.$": "$.TrainingJobName"},
    )
    caught = sfn.Pass(stack, "PathFailed", parameters={"Got.$": "$failure"})
    by_path.add_catch(caught, errors=["States.TaskFailed"], assign={"failure": by_path.failure})
    sfn.StateMachine(
        stack, "ByPath", definition_body=sfn.DefinitionBody.from_chainable(by_path.next(name))
    )

    scope = Construct(stack, "NataTrain")
    first = sft.train(logs=False, wait_timeout=600, scope=scope)
    chain = first.next(dpo.train(scope=scope))
    sfn.StateMachine(
        stack,
        "ByJsonata",
        definition_body=sfn.DefinitionBody.from_chainable(chain),
        query_language=sfn.QueryLanguage.JSONATA,
    )

    slow = sft.train(wait_timeout=1, scope=Construct(stack, "SlowTrain"))
    sfn.StateMachine(stack, "Slow", definition_body=sfn.DefinitionBody.from_chainable(slow))

    over = sfn.Map(stack, "Over", items_path="$.data", max_concurrency=2)
    inner = sft.train({"train": Expression("$states.input")}, scope=Construct(stack, "MapTrain"))
    over.item_processor(inner)
    beside = sfn.Parallel(stack, "Beside")
    beside.branch(sft.train(id="Beside", scope=Construct(stack, "OneTrain")))
    beside.branch(again.train(scope=Construct(stack, "TwoTrain")))
    sfn.StateMachine(
        stack, "Nested", definition_body=sfn.DefinitionBody.from_chainable(over.next(beside))
    )

    Pipeline(stack, "SftDpo", stages=[Stage(trainer=sft), Stage(trainer=dpo)])
    pair = Parallel(stages=[Stage(trainer=sft), Stage(trainer=again)])
    Pipeline(stack, "Pair", stages=[pair])
    rates = [{"learning_rate": rate} for rate in RATES]
    sweep = Sweep(trainer=sft, hyperparameters=rates, max_concurrency=10)
    Pipeline(stack, "Rates", stages=[sweep])
    file = SweepManifest(bucket=s3.Bucket(stack, "Runs", bucket_name=RUNS), key="runs.jsonl")
    sweep = Sweep(trainer=dpo, manifest=file, max_concurrency=10)
    Pipeline(stack, "Large", stages=[Stage(trainer=sft), sweep])
    tolerant = Sweep(
        trainer=sft, manifest=file, max_concurrency=10, tolerated_failure_percentage=10
    )
    Pipeline(stack, "Tolerant", stages=[tolerant])
    app.synth()


if __name__ == "__main__":
    main()
