"""``constructs-trainers hub`` on a hub that the embedded engine serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.served_hub import hub_answers, object_text
from tests.support.small_hub import MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.local.engine import Engine

PROJECT = Path(__file__).parents[2]
RUN = "import sys; from constructs_trainers.cli.main import main; main(sys.argv[1:])"
REGION = "us-west-2"
APP = """
import aws_cdk as cdk
from constructs_trainers import SFTTrainer

stack = cdk.Stack(cdk.App(), "Stack", env=cdk.Environment(region="us-west-2"))
trainer = SFTTrainer(
    stack,
    "Sft",
    model="{model}",
    training_dataset="s3://amzn-s3-demo-bucket/train.jsonl",
    hyperparameters={{"learning_rate": 2e-5}},
    accept_eula=True,
)
print(trainer.training_job_request["ServerlessJobConfig"]["BaseModelArn"])
print(trainer.training_job_request["HyperParameters"]["learning_rate"])
"""
PULL = ("pull", "--model", MODEL, "--region", REGION)


class ServedHub:
    """The hub that the engine serves, and the command line that asks it."""

    def __init__(self, engine: Engine, file: Path) -> None:
        import boto3

        from constructs_trainers.local.environment import isolated_environment

        self._file = file
        self._environment = isolated_environment(
            engine.endpoint, engine.workdir, account="123456789012", region=REGION, base=os.environ
        ) | {"PYTHONPATH": str(PROJECT)}
        self._s3 = boto3.client(
            "s3",
            region_name=REGION,
            endpoint_url=engine.endpoint,
            aws_access_key_id="123456789012",
            aws_secret_access_key="any",  # noqa: S106 - the engine takes any
        )

    def serve(self, documents: Mapping[str, Any], s3: Mapping[str, Any], **members: str) -> None:
        """From now on, the hub holds these documents."""
        for uri, content in s3.items():
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            with suppress(self._s3.exceptions.BucketAlreadyOwnedByYou):
                self._s3.create_bucket(
                    Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
                )
            self._s3.put_object(Bucket=bucket, Key=key, Body=object_text(content).encode())
        self._file.write_text(json.dumps(hub_answers(documents, **members)), encoding="utf-8")

    def synthesize(self, model: str, project: Path) -> list[str]:
        """What an app prints that finds its lock beside cdk.json: no endpoint, no credentials."""
        app = project / "app.py"
        app.write_text(APP.format(model=model))
        synthesis = subprocess.run(
            [sys.executable, str(app)],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert synthesis.returncode == 0, synthesis.stderr
        return synthesis.stdout.splitlines()

    def remove_object(self, uri: str) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self._s3.delete_object(Bucket=bucket, Key=key)

    def __call__(
        self, *arguments: str, cwd: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``constructs-trainers hub``."""
        return subprocess.run(
            [sys.executable, "-c", RUN, "hub", *arguments],
            cwd=cwd,
            env={**self._environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
