"""The definitions under test, as the trainers and their stopper get them: without the CDK."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from constructs_trainers.jobs.evaluators.evaluator_import import EvaluatorImport, evaluator_import
from constructs_trainers.jobs.job_retry import JobRetry
from constructs_trainers.values.arns import Environment
from constructs_trainers.workflows.allowed_input import AllowedInput, Dataset
from constructs_trainers.workflows.asl import with_partition
from constructs_trainers.workflows.definition import training_definition
from constructs_trainers.workflows.stop_jobs import stopper_definition, stopper_input
from tests.simulation.machine import Machine
from tests.simulation.values import Json

_PLACE: Final = Environment(partition="aws", region="us-west-2", account="123456789012")
_FUNCTION: Final = "arn:aws:lambda:us-west-2:123456789012:function:score"
_PLACES: Final = ("s3://amzn-s3-demo-bucket/data/",)
_REQUEST: Final[Mapping[str, object]] = {
    "RoleArn": "arn:aws:iam::123456789012:role/train",
    "ServerlessJobConfig": {"JobType": "FineTuning", "CustomizationTechnique": "SFT"},
    "HyperParameters": {"learning_rate": "0.1"},
    "InputDataConfig": [
        {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": f"{_PLACES[0]}a"}}}
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/out/"},
    "ModelPackageConfig": {
        "ModelPackageGroupArn": "arn:aws:sagemaker:us-west-2:123456789012:model-package-group/group"
    },
    "StoppingCondition": {"MaxRuntimeInSeconds": 86_400},
    "Tags": [{"Key": "team", "Value": "a"}],
}

# One for all trainers, as in a stack: what is known of its expressions is known for all.
_STOPPER: Final = Machine("stopper", with_partition(stopper_definition(), "aws"))


@dataclass(frozen=True, kw_only=True)
class Trainer:
    """A trainer's machine, with the stopper beside it.

    Attributes:
        name: What it is called in reports.
        machine: What it runs.
        stopper: What stops what its executions leave behind.
    """

    name: str
    machine: Machine
    stopper: Machine

    @cached_property
    def text(self) -> str:
        """The definition as Step Functions keeps it."""
        return json.dumps(self.machine.definition)

    @cached_property
    def begin(self) -> Mapping[str, Json]:
        """What an execution begins with: the request, the stem, how many jobs."""
        begin: Mapping[str, Json] = self.machine.definition["States"]["PrepareRequest"]["Assign"]
        return begin

    @property
    def places(self) -> set[tuple[str, str]]:
        """All that a campaign is to reach."""
        return self.machine.places | self.stopper.places

    @property
    def waits_for_job(self) -> bool:
        """Whether Step Functions waits for the job, in place of looking at it."""
        resource: str = self.machine.definition["States"]["CreateTrainingJob"]["Resource"]
        return resource.endswith(".sync")

    @property
    def longest(self) -> int:
        """Seconds that a job takes at most."""
        longest: int = self.begin["request"]["StoppingCondition"]["MaxRuntimeInSeconds"]
        return longest

    @property
    def interval(self) -> int:
        """Seconds between two looks at a job."""
        interval: int = self.machine.definition["States"]["WaitForTrainingJob"]["Seconds"]
        return interval


def told(stem: str, *, arn: str, start: int, redrives: int) -> Json:
    """What the stopper is told of an execution that ended, as EventBridge fills it in.

    Args:
        stem: What the names of jobs begin with, by the rule as it is deployed now.
        arn: The execution.
        start: When it started, in milliseconds since 1970.
        redrives: How often it had been redriven.
    """
    fields: dict[str, Any] = {"executionArn": arn, "startDate": start, "redriveCount": redrives}
    return stopper_input(stem, fields)


def trainers() -> dict[str, Trainer]:
    """All trainers under test by name."""
    made = [
        _trainer("serverless"),
        _trainer(
            "own-instances", max_pending_time_in_seconds=7200, max_wait_time_in_seconds=90_000
        ),
        _trainer("run-job", run_job=True),
        _trainer("rlvr", registration=_registration()),
        _trainer("retry-off", retry=JobRetry(max_attempts=1)),
    ]
    return {trainer.name: trainer for trainer in made}


def _registration() -> EvaluatorImport:
    return evaluator_import(_FUNCTION, _PLACE)


def _trainer(name: str, **changes: Any) -> Trainer:  # noqa: ANN401 - arguments of any kind
    arguments: dict[str, Any] = {
        "stem": f"{name}--model",
        "allowed": AllowedInput(training_dataset=Dataset(places=_PLACES)),
        "s3_data_type": "S3Prefix",
        "max_runtime_in_seconds": 86_400,
        "retry": JobRetry(),
        **changes,
    }
    definition = with_partition(training_definition(_REQUEST, **arguments), "aws")
    return Trainer(
        name=name,
        machine=Machine("trainer", definition),
        stopper=_STOPPER,
    )
