"""Executions with faults on a deployed app, and what the engine has recorded of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from constructs_trainers.local import assembly

if TYPE_CHECKING:
    from constructs_trainers.local.deployment import DeployedApp
    from constructs_trainers.local.plan import Plan
    from constructs_trainers.local.service import Call

CREATE = "CreateTrainingJob"
_PATIENCE_SECONDS = 30
_POLL_SECONDS = 0.02


class Lab:
    """Runs one fault at a time; executions are told apart by what is recorded since the last.

    Args:
        deployed: The app of ``faults_app.py``.
    """

    def __init__(self, deployed: DeployedApp) -> None:
        self._deployed = deployed
        self._control = deployed.engine.control
        self.states = deployed.client("stepfunctions")
        self.sagemaker = deployed.client("sagemaker")
        self._machines: dict[str, str] = {}
        self._received = 0

    def follow(self, plan: Plan) -> None:
        """Script what comes, and forget the calls that came."""
        self._control.follow(plan)
        self._received = len(self._control.calls())

    def go_on(self, plan: Plan) -> None:
        """Change what comes, and remember the calls that came."""
        self._control.follow(plan)

    def start(
        self,
        machine: str,
        execution_input: object = None,
        name: str | None = None,
    ) -> str:
        """Start an execution; gives its ARN."""
        named = {} if name is None else {"name": name}
        started = self.states.start_execution(
            stateMachineArn=self.machine(machine),
            input=json.dumps({} if execution_input is None else execution_input),
            **named,
        )
        arn: str = started["executionArn"]
        return arn

    def abort(self, execution: str) -> None:
        """Stop an execution from outside."""
        self.states.stop_execution(executionArn=execution, error="Abort", cause="a test")

    def redrive(self, execution: str) -> None:
        """Go on with an execution that ended."""
        self.states.redrive_execution(executionArn=execution)

    def describe(self, execution: str) -> dict[str, Any]:
        """What Step Functions says of an execution."""
        described: dict[str, Any] = self.states.describe_execution(executionArn=execution)
        return described

    def ended(self, execution: str) -> tuple[str, str | None]:
        """Wait for an execution's end, and give its status and error."""
        eventually(lambda: self.describe(execution)["status"] != "RUNNING")
        end = self.describe(execution)
        return end["status"], end.get("error")

    def executions(self, machine: str) -> list[str]:
        """The executions of a machine, newest first."""
        listed = self.states.list_executions(stateMachineArn=self.machine(machine))
        return [execution["executionArn"] for execution in listed["executions"]]

    def state(self, execution: str) -> str | None:
        """The state that an execution entered last."""
        entered = [event.get("stateEnteredEventDetails") for event in self._events(execution)]
        names: list[str] = [details["name"] for details in entered if details]
        return names[-1] if names else None

    def history(self, execution: str) -> list[str]:
        """The kinds of an execution's events."""
        return [event["type"] for event in self._events(execution)]

    def _events(self, execution: str) -> list[dict[str, Any]]:
        pages = self.states.get_paginator("get_execution_history").paginate(executionArn=execution)
        return [event for page in pages for event in page["events"]]

    def calls(self, operation: str = CREATE) -> list[Call]:
        """What was called since the plan was given."""
        calls = self._control.calls(since=self._received)
        return [call for call in calls if call.operation == operation]

    def jobs(self) -> dict[str, str]:
        """The jobs that were asked for since the plan was given and exist, with their status."""
        asked = {call.request["TrainingJobName"] for call in self.calls()}
        pages = self.sagemaker.get_paginator("list_training_jobs").paginate()
        return {
            job["TrainingJobName"]: job["TrainingJobStatus"]
            for page in pages
            for job in page["TrainingJobSummaries"]
            if job["TrainingJobName"] in asked
        }

    def stoppers(self, execution: str) -> list[dict[str, Any]]:
        """The runs of the stopper about an execution."""
        runs = [self.describe(run) for run in self.executions("Stopper")]
        return [run for run in runs if json.loads(run["input"])["ExecutionArn"] == execution]

    def cleaned_up(self, execution: str, times: int = 1) -> None:
        """Wait until the stopper has seen to an execution that did not succeed."""
        eventually(
            lambda: [run["status"] for run in self.stoppers(execution)].count("SUCCEEDED") == times
        )

    def machine(self, name: str) -> str:
        """The ARN of a machine."""
        if name not in self._machines:
            choice = {"Stopper": "ConstructsTrainersStopper"}.get(name, name)
            machines = [m for stack in self._deployed.stacks for m in stack.machines()]
            (found,) = (m for m in machines if choice in (m.construct_path or "").split("/"))
            self._machines[name] = self._physical_id(found)
        return self._machines[name]

    def _physical_id(self, machine: assembly.Machine) -> str:
        resource = self._deployed.client("cloudformation").describe_stack_resource(
            StackName=machine.stack.name, LogicalResourceId=machine.logical_id
        )
        physical_id: str = resource["StackResourceDetail"]["PhysicalResourceId"]
        return physical_id


def eventually(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {_PATIENCE_SECONDS} s")
        time.sleep(_POLL_SECONDS)


SUCCEEDED = ("SUCCEEDED", None)


def check_end(lab: Lab, execution: str, end: tuple[str, str | None]) -> None:
    """Hold an execution's end, and have the stopper done with it when it did not succeed."""
    assert lab.ended(execution) == end, lab.describe(execution)
    if end != SUCCEEDED:
        lab.cleaned_up(execution)


def check_jobs(lab: Lab, *statuses: str, redrives: int = 0) -> None:
    """Hold the jobs' statuses in the order of their creation, and that no attempt has two."""
    jobs = lab.jobs()
    assert list(reversed(jobs.values())) == list(statuses)
    attempts = {name.rpartition("-")[2] for name in jobs}
    assert len(jobs) <= len(attempts) + redrives
