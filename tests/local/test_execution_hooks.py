"""Executions on the engine end, go on and tell of it as Step Functions documents."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.fault_lab import eventually

if TYPE_CHECKING:
    from constructs_trainers.local.engine import Engine

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

ROLE = "arn:aws:iam::123456789012:role/machine"


@pytest.fixture
def client(engine: Engine) -> Callable[[str], Any]:
    import boto3

    def make(service: str) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients
        return boto3.client(
            service,
            endpoint_url=engine.endpoint,
            region_name="us-west-2",
            aws_access_key_id="123456789012",
            aws_secret_access_key="none",  # noqa: S106 - not checked, and no secret
        )

    return make


@pytest.fixture
def machine(
    client: Callable[[str], Any], request: pytest.FixtureRequest
) -> Iterator[Callable[..., str]]:
    """Makes a state machine of JSONata states; gives its ARN."""
    states, made = client("stepfunctions"), []

    def make(suffix: str = "", **definition: Any) -> str:  # noqa: ANN401
        created = states.create_state_machine(
            name=f"{request.node.originalname[-40:]}{suffix}",
            definition=json.dumps({"QueryLanguage": "JSONata", **definition}),
            roleArn=ROLE,
        )
        arn: str = created["stateMachineArn"]
        made.append(arn)
        return arn

    yield make
    for arn in made:
        states.delete_state_machine(stateMachineArn=arn)


def ended(states: Any, arn: str) -> dict[str, Any]:  # noqa: ANN401 - a client of boto3
    eventually(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING")
    described: dict[str, Any] = states.describe_execution(executionArn=arn)
    return described


def test_each_private_name_is_there() -> None:
    from ministack.services import eventbridge, stepfunctions

    signatures = {
        "_run_execution": ["exec_arn"],
        "_add_event": ["execution", "event_type", "details"],
        "_emit_execution_status_event": ["execution"],
        "_start_execution": ["data"],
        "_invoke_nested_start_execution_sync": ["resource", "input_data"],
        "_invoke_resource_with_timeout": ["resource", "input_data", "timeout"],
        "_execute_task": ["state_def", "raw_input", "execution", "ctx"],
        "_execute_parallel": ["state_def", "raw_input", "execution", "ctx"],
        "_execute_map": ["state_def", "raw_input", "execution", "ctx"],
        "_execute_pass": ["state_def", "raw_input", "ctx"],
        "_execute_choice": ["state_def", "raw_input", "ctx"],
        "_execute_wait": ["state_def", "raw_input", "ctx"],
        "_fail_state_error": ["state_def", "raw_input", "ctx"],
        "_apply_input_path": ["state_def", "data", "ctx"],
        "_apply_output_path": ["state_def", "data", "ctx"],
        "_resolve_path_or_ctx": ["path", "data", "ctx"],
        "_resolve_params_obj": ["template", "data", "ctx"],
        "_eval_intrinsic_arg": ["arg", "data", "ctx"],
        "_resolve_state_machine_arn": ["arn"],
        "_nested_start_execution_request": ["input_data"],
        "_stop_execution": ["data"],
        "_iso_to_epoch_ms": ["iso"],
        "_finalize_response": ["response"],
    }
    for name, parameters in signatures.items():
        assert list(inspect.signature(getattr(stepfunctions, name)).parameters) == parameters
    assert stepfunctions._executions is not None
    assert stepfunctions._state_machines is not None
    assert "allow_aws_source" in inspect.signature(eventbridge._put_events).parameters


def test_a_redrive_goes_on_from_the_state_that_failed(
    client: Callable[[str], Any], machine: Callable[..., str]
) -> None:
    states = client("stepfunctions")
    redrives = "{% $states.context.Execution.RedriveCount %}"
    arn = machine(
        StartAt="Begin",
        States={
            "Begin": {"Type": "Pass", "Assign": {"first": redrives}, "Next": "IsRedriven"},
            "IsRedriven": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob",
                "Arguments": {
                    "TrainingJobName": "{% $first = 0 and "
                    "$states.context.Execution.RedriveCount = 0 ? 'nobody' : 3 %}"
                },
                "Catch": [{"ErrorEquals": ["SageMaker.Other"], "Next": "Begin"}],
                "End": True,
            },
        },
    )
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    assert ended(states, execution)["status"] == "FAILED"
    states.redrive_execution(executionArn=execution)
    assert ended(states, execution)["status"] == "FAILED"
    events = states.get_execution_history(executionArn=execution)["events"]
    names = [
        event.get("stateEnteredEventDetails", {}).get("name", event["type"]) for event in events
    ]
    assert [name for name in names if not name.startswith("Task")] == [
        "ExecutionStarted",
        "Begin",
        "PassStateExited",
        "IsRedriven",
        "ExecutionFailed",
        "ExecutionRedriven",
        "IsRedriven",
        "ExecutionFailed",
    ]


def test_what_cannot_be_redriven(client: Callable[[str], Any], machine: Callable[..., str]) -> None:
    states = client("stepfunctions")
    arn = machine(StartAt="End", States={"End": {"Type": "Succeed"}})
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    assert ended(states, execution)["status"] == "SUCCEEDED"
    with pytest.raises(states.exceptions.ExecutionNotRedrivable):
        states.redrive_execution(executionArn=execution)
    with pytest.raises(states.exceptions.ExecutionDoesNotExist):
        states.redrive_execution(executionArn=f"{execution}-2")


def test_a_failed_child_is_a_failed_task_that_describes_it(
    client: Callable[[str], Any], machine: Callable[..., str]
) -> None:
    states = client("stepfunctions")
    child = machine(
        "-child", StartAt="No", States={"No": {"Type": "Fail", "Error": "No", "Cause": "why"}}
    )
    run = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {"StateMachineArn": child, "Input": {"a": 1}},
        "End": True,
    }
    parent = machine(StartAt="Run", States={"Run": run})
    end = ended(states, states.start_execution(stateMachineArn=parent)["executionArn"])
    assert (end["status"], end["error"]) == ("FAILED", "States.TaskFailed")
    cause = json.loads(end["cause"])
    assert {name: cause[name] for name in ("Error", "Cause", "Input", "Status")} == {
        "Error": "No",
        "Cause": "why",
        "Input": '{"a": 1}',
        "Status": "FAILED",
    }


@pytest.mark.parametrize("name", ["a b", "x" * 81, "a/b", "a\u0085"])
def test_a_name_that_no_execution_can_have(
    client: Callable[[str], Any], machine: Callable[..., str], name: str
) -> None:
    states = client("stepfunctions")
    arn = machine(StartAt="A", States={"A": {"Type": "Pass", "End": True}})
    with pytest.raises(states.exceptions.InvalidName):
        states.start_execution(stateMachineArn=arn, name=name)


@pytest.mark.parametrize(
    "given", ["{bad", "", '{"a": NaN}', "[" * 100_000, json.dumps({"a": "x" * 262_144})]
)
def test_an_input_that_no_execution_can_have(
    client: Callable[[str], Any], machine: Callable[..., str], given: str
) -> None:
    states = client("stepfunctions")
    arn = machine(StartAt="A", States={"A": {"Type": "Pass", "End": True}})
    with pytest.raises(states.exceptions.InvalidExecutionInput):
        states.start_execution(stateMachineArn=arn, input=given)
    assert states.list_executions(stateMachineArn=arn)["executions"] == []


def test_an_output_that_is_too_large_ends_the_execution(
    client: Callable[[str], Any], machine: Callable[..., str]
) -> None:
    states = client("stepfunctions")
    code = "{% $join($map([1..27], function($i) { $pad('', 10000, 'x') })) %}"
    arn = machine(StartAt="A", States={"A": {"Type": "Pass", "Output": code, "End": True}})
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    assert ended(states, execution)["error"] == "States.DataLimitExceeded"


def test_states_of_both_languages_read_variables(
    client: Callable[[str], Any], machine: Callable[..., str]
) -> None:
    states = client("stepfunctions")
    job = {"Name": "job-1", "Tags": ["a", "b"]}
    arn = machine(
        QueryLanguage="JSONPath",
        StartAt="Set",
        States={
            "Set": {
                "Type": "Pass",
                "QueryLanguage": "JSONata",
                "Assign": {"job": job},
                "Output": {"Name": "of the input"},
                "Next": "Which",
            },
            "Which": {
                "Type": "Choice",
                "Choices": [{"Variable": "$job.Name", "StringEquals": "job-1", "Next": "Read"}],
            },
            "Read": {
                "Type": "Pass",
                "Parameters": {
                    "Variable.$": "$job.Name",
                    "Item.$": "$job.Tags[1]",
                    "Input.$": "$.Name",
                    "Inside": {"Text.$": "States.Format('{} of {}', $job.Name, $.Name)"},
                    "List": [{"Whole.$": "$job"}],
                },
                "End": True,
            },
        },
    )
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    assert json.loads(ended(states, execution)["output"]) == {
        "Variable": "job-1",
        "Item": "b",
        "Input": "of the input",
        "Inside": {"Text": "job-1 of of the input"},
        "List": [{"Whole": job}],
    }
