"""The faults of docs/reliability.md that an execution goes through by itself, as scripts.

How each ends is read from that page, so a row here is a row there. The few with an ``end`` are not
on it. Faults that need a stop from outside, a redrive or two executions are the embedded engine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.conformance.documented import End, documented_ends
from tests.conformance.sagemaker import (
    FOR_EVER,
    NOT_FOUND,
    Fault,
    Script,
    fine,
    limit,
    lost,
    refused,
    throttled,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DONE = End("SUCCEEDED", None, 1)
_REJECTED = End("FAILED", "TrainingJobRejected", 0)
_FAILED = End("FAILED", "TrainingJobFailed", 1)
_COMPLETED = ("Completed", None)
_CAPACITY = ("Failed", "CapacityError: no capacity")
_INTERNAL = ("Failed", "InternalServerError: try again")
_CLIENT = ("Failed", 'ClientError: bad "data" ü {% $x %}')


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fault.

    Attributes:
        fault: As docs/reliability.md calls it.
        waiting: As it calls the same of a job that Step Functions waits for; None where that has no
            row of its own.
        script: What happens.
        given: The execution's input.
        end: The end, where that page has none.
        is_retried: Whether the job is run again, if the trainer runs jobs again.
        is_registration: Whether the fault is of a registration.
    """

    fault: str
    script: Script
    waiting: str | None = None
    given: Any = None
    end: End | None = None
    is_retried: bool = False
    is_registration: bool = False

    def end_of(self, *, is_waiting: bool, most_jobs: int) -> End:
        """How an execution ends.

        Args:
            is_waiting: Whether Step Functions waits for the job.
            most_jobs: How many jobs an execution starts at most.
        """
        if self.is_retried and most_jobs == 1:
            return _FAILED
        if self.end is not None:
            return self.end
        name = self.waiting if is_waiting and self.waiting else self.fault
        return documented_ends()[name]


SUCCESS = Row(fault="None", waiting="`.sync`: job completed", script=Script(), end=_DONE)

_SUBMISSIONS = [
    Row(
        fault="CreateTrainingJob throttled 3 times",
        waiting="`.sync`: throttled 3 times",
        script=Script(creates=[throttled(3)]),
    ),
    Row(
        fault="CreateTrainingJob throttled for ever",
        waiting="`.sync`: throttled for ever",
        script=Script(creates=[throttled(FOR_EVER)]),
    ),
    Row(
        fault="Limit exceeded 3 times",
        waiting="`.sync`: limit exceeded 3 times",
        script=Script(creates=[limit(3)]),
    ),
    Row(
        fault="Limit exceeded for ever",
        waiting="`.sync`: limit exceeded for ever",
        script=Script(creates=[limit(FOR_EVER)]),
    ),
    Row(
        fault="Request invalid",
        waiting="`.sync`: request invalid",
        script=Script(creates=[refused("1 validation error: 'ü' \"${x}\" {% $y %} \\")]),
    ),
    Row(
        fault="Not allowed",
        script=Script(creates=[refused("User is not authorized to perform CreateTrainingJob")]),
    ),
    Row(
        fault="Answer lost after the job was created",
        waiting="`.sync`: answer lost after the job was created",
        script=Script(creates=[lost(after=True)]),
    ),
    Row(
        fault="Answer lost before the job was created",
        script=Script(creates=[lost(after=False, times=6)]),
        end=_DONE,
    ),
    Row(
        fault="The service fails after the job was created",
        script=Script(
            creates=[
                Fault(
                    "SageMaker.SageMakerException",
                    "InternalFailure (Service: SageMaker, Status Code: 500)",
                    after=True,
                )
            ]
        ),
        end=_DONE,
    ),
    Row(
        fault="A job of our name is older than the execution",
        waiting="`.sync`: a job of our name is older than the execution",
        script=Script(is_older=True),
    ),
]

TRANSIENT = Row(
    fault="`InternalServerError`, then success",
    waiting="`.sync`: `InternalServerError`, then success",
    script=Script(jobs=[_INTERNAL, _COMPLETED]),
    is_retried=True,
)

_JOBS = [
    TRANSIENT,
    Row(
        fault="Throttled 6 times, `CapacityError`, throttled 6 times again, then success",
        script=Script(jobs=[_CAPACITY, _COMPLETED], creates=[throttled(6), fine(), throttled(6)]),
        end=End("SUCCEEDED", None, 2),
        is_retried=True,
    ),
    Row(
        fault="`CapacityError` twice, then success",
        script=Script(jobs=[_CAPACITY, _CAPACITY, _COMPLETED]),
        end=End("SUCCEEDED", None, 3),
        is_retried=True,
    ),
    Row(
        fault="`CapacityError` for ever",
        waiting="`.sync`: `CapacityError` for ever",
        script=Script(jobs=[_CAPACITY]),
        is_retried=True,
    ),
    Row(fault="`ClientError`", waiting="`.sync`: `ClientError`", script=Script(jobs=[_CLIENT])),
    Row(fault="`AlgorithmError`", script=Script(jobs=[("Failed", "AlgorithmError: exit 1")])),
    Row(fault="Failed without a reason", script=Script(jobs=[("Failed", None)]), end=_FAILED),
    Row(
        fault="`MaxRuntimeExceeded`",
        waiting="`.sync`: `MaxRuntimeExceeded`",
        script=Script(jobs=[("Stopped", "MaxRuntimeExceeded")]),
    ),
    Row(fault="`MaxWaitTimeExceeded`", script=Script(jobs=[("Stopped", "MaxWaitTimeExceeded")])),
    Row(
        fault="Job stopped by someone else",
        waiting="`.sync`: job stopped by someone else",
        script=Script(jobs=[("Stopped", None)]),
    ),
]

_LOOKS = [
    Row(
        fault="DescribeTrainingJob failing 6 times",
        waiting="`.sync`: job completed, DescribeTrainingJob failing 6 times",
        script=Script(describes=[throttled(6)]),
    ),
    Row(
        fault="`ClientError`, DescribeTrainingJob failing 6 times",
        waiting="`.sync`: `ClientError`, DescribeTrainingJob failing 6 times",
        script=Script(jobs=[_CLIENT], describes=[lost(after=False, times=6)]),
        end=_FAILED,
    ),
    Row(
        fault="`ClientError`, DescribeTrainingJob failing for ever",
        script=Script(jobs=[_CLIENT], describes=[throttled(FOR_EVER)]),
        end=_FAILED,
    ),
    Row(
        fault="`ClientError`, the job is seen late",
        script=Script(jobs=[_CLIENT], describes=[NOT_FOUND, NOT_FOUND, NOT_FOUND]),
        end=_FAILED,
    ),
    Row(
        fault="DescribeTrainingJob failing 7 times twice",
        script=Script(describes=[throttled(7), fine(), throttled(7)]),
        end=_DONE,
    ),
    Row(
        fault="Answer lost after the job was created, DescribeTrainingJob failing 6 times",
        script=Script(creates=[lost(after=True)], describes=[throttled(6)]),
        end=_DONE,
    ),
    Row(
        fault="Answer lost after the job was created, DescribeTrainingJob failing for ever",
        script=Script(creates=[lost(after=True)], describes=[refused("No", FOR_EVER)]),
        end=_FAILED,
    ),
    Row(
        fault="DescribeTrainingJob failing for ever",
        script=Script(describes=[throttled(FOR_EVER)]),
    ),
]

_REGISTRATIONS = [
    Row(
        fault="An answer of the registry is lost",
        script=Script(registry=[lost(after=True, times=4)]),
        end=_DONE,
        is_registration=True,
    ),
    Row(
        fault="The registry is throttled 5 times",
        script=Script(registry=[throttled(5)]),
        end=_DONE,
        is_registration=True,
    ),
    Row(
        fault="The registry is throttled for ever",
        script=Script(registry=[throttled(FOR_EVER)]),
        end=_REJECTED,
        is_registration=True,
    ),
    Row(
        fault="The registry never becomes ready",
        script=Script(is_stuck=True),
        end=_REJECTED,
        is_registration=True,
    ),
]

ROWS = [SUCCESS, *_SUBMISSIONS, *_JOBS, *_LOOKS, *_REGISTRATIONS]

_BAD_INPUTS: Mapping[str, Any] = {
    "an array": [],
    "a text": "x",
    "a number": 1,
    "true": True,
    "an unknown member": {"Foo": 1},
    "a member in another case": {"trainingDataset": "s3://amzn-s3-demo-bucket/x"},
    "a value out of range": {"HyperParameters": {"learning_rate": 5}},
    "a hyperparameter of null": {"HyperParameters": {"learning_rate": None}},
    "a hyperparameter that is an object": {"HyperParameters": {"max_epochs": {}}},
    "a hyperparameter that is a fraction": {"HyperParameters": {"max_epochs": 1.5}},
    "a hyperparameter that is huge": {"HyperParameters": {"max_epochs": 1e30}},
    "an unknown hyperparameter": {"HyperParameters": {"lärning 日本": 1}},
    "hyperparameters in a list": {"HyperParameters": [1]},
    "a dataset of null": {"TrainingDataset": None},
    "a dataset that is a number": {"TrainingDataset": 5},
    "a dataset of another scheme": {"TrainingDataset": "file:///x"},
    "an empty dataset": {"TrainingDataset": ""},
    "a dataset with an expression": {"TrainingDataset": "{% $states.input %}"},
    "a model package that is none": {"SourceModelPackageArn": "arn:aws:s3:::x"},
}


def bad_inputs() -> Iterator[Row]:
    """Executions that are refused before anything is asked for."""
    end = documented_ends()["Malformed input, 30 kinds"]
    for name, given in _BAD_INPUTS.items():
        yield Row(fault=f"Malformed input: {name}", script=Script(), given=given, end=end)


_RATE, _BEST = "learning_rate", "s3://amzn-s3-demo-bucket/other/best.jsonl"


def overrides() -> Iterator[Row]:
    """Executions that give all that a trainer with ``runtime_overrides`` lets them."""
    ends = documented_ends()
    good = ends["Values within the rules, as text and as numbers"]
    for given in (
        {"HyperParameters": {_RATE: 0.0005, "max_epochs": 3}},
        {"HyperParameters": {_RATE: "0.0005", "max_epochs": "3", "scheduler": "constant"}},
        {"TrainingDataset": _BEST, "Comment": "of the console"},
        {"TrainingDataset": _BEST, "HyperParameters": {"max_epochs": 100}},
    ):
        yield Row(fault=f"Values within the rules: {given}", script=Script(), given=given, end=good)
    several = "Values out of range, unknown and of a wrong type at once"
    wrong = {_RATE: 5, "nope": 1, "max_epochs": "many", "scheduler": "linear"}
    refused_input = {"HyperParameters": wrong, "TrainingDataset": "s3://another-bucket/x", "A": 1}
    end = ends.get(several) or ends["Malformed input, 30 kinds"]
    yield Row(fault=several, script=Script(), given=refused_input, end=end)
