"""The state that runs a trainer's machine: its expressions, evaluated."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from constructs_trainers.values.expressions import Expression
from constructs_trainers.workflows.train_task import TrainTask
from constructs_trainers.workflows.training_failure import FAILURE_CODE, training_failure
from tests.support.jsonata import evaluate

MACHINE = "arn:aws:states:us-west-2:123456789012:stateMachine:Sft"
CHILD = {
    "ExecutionArn": "arn:child",
    "Status": "FAILED",
    "Error": "TrainingJobFailed",
    "Cause": "ClientError: bad data",
}


def task(**members: Any) -> TrainTask:  # noqa: ANN401 - as they are
    given = {"name": "SftTrain", "machine_arn": MACHINE, "execution_input": {}}
    return TrainTask(**{**given, **members})


def arguments(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - as they are
    found: dict[str, Any] = task(**members).state()["Arguments"]  # type: ignore[assignment]
    return found


def context(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as they are
    execution = {"Id": "arn:parent", "Name": "My run.1" + "x" * 80, "RedriveCount": 0}
    state = {"EnteredTime": "2026-01-02T03:04:05.678Z", "RetryCount": 0}
    execution |= changes.pop("execution", {})
    state |= changes.pop("state", {})
    around = {"Execution": execution, "State": state}
    if "index" in changes:
        around["Map"] = {"Item": {"Index": changes.pop("index")}}
    return {"context": around, "input": {}, **changes}


def name(**changes: Any) -> str:  # noqa: ANN401 - as they are
    found: str = evaluate(arguments()["Name"], states=context(**changes))
    return found


def test_a_name_is_legal_the_same_each_time_and_new_for_each_try() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name())
    assert name() == name()
    others = [
        name(execution={"Id": "arn:other"}),
        name(execution={"RedriveCount": 1}),
        name(state={"RetryCount": 1}),
        name(state={"EnteredTime": "2026-01-02T03:04:05.679Z"}),
        name(index=0),
        name(index=1),
        name(input={"uri": "s3://b/k"}),
    ]
    assert len({name(), *others}) == 8


def test_an_input_of_an_expression_tells_its_parent_too() -> None:
    code = arguments(execution_input=Expression("$states.input"))["Input"]
    given = evaluate(code, states=context(input={"Comment": "c"}))
    assert given == {
        "Comment": "c",
        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn:parent",
    }


def test_the_output_without_logs() -> None:
    output = {"TrainingJobName": "n", "LogsUrl": "https://logs"}
    state = task(logs=False).state()
    result = {"result": {"Output": output}}
    assert evaluate(str(state["Output"]), states=result) == {"TrainingJobName": "n"}


def failure(error_output: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    code = FAILURE_CODE.replace("$parse(", "$eval(")  # JSONata's own; Step Functions has $parse
    return evaluate(code, states={"errorOutput": error_output})


def test_a_failure_in_a_catch() -> None:
    caught = {"Error": "States.TaskFailed", "Cause": json.dumps(CHILD)}
    assert failure(caught) == CHILD
    stopped = {"Status": "ABORTED", "ExecutionArn": "arn:child"}
    assert failure({**caught, "Cause": json.dumps(stopped)})["Error"] == "TrainingJobStopped"
    other = {"Error": "States.Timeout", "Cause": "no JSON"}
    assert failure(other) == other


def test_a_failure_in_a_pipeline_that_another_workflow_runs() -> None:
    pipeline = {
        "Status": "FAILED",
        "ExecutionArn": "arn:pipeline",
        "Error": "States.TaskFailed",
        "Cause": json.dumps(CHILD),
    }
    caught = {"Error": "States.TaskFailed", "Cause": json.dumps(pipeline)}
    assert failure(caught) == CHILD
    assert training_failure(json.dumps(pipeline)).execution_arn == "arn:child"
    pipeline["Cause"] = "of a task that is no training"
    found = {**caught, "Cause": json.dumps(pipeline)}
    assert failure(found) == pipeline
    assert training_failure(json.dumps(pipeline)).execution_arn == "arn:pipeline"


def test_a_cause_that_was_cut_off_is_handed_on() -> None:
    caught = {"Error": "States.TaskFailed", "Cause": json.dumps(CHILD)[:-5]}
    assert failure(caught) == caught


def test_an_execution_that_failed_without_an_error() -> None:
    child = {"Status": "FAILED", "ExecutionArn": "arn:child"}
    caught = {"Error": "States.TaskFailed", "Cause": json.dumps(child)}
    assert failure(caught)["Error"] == "TrainingJobFailed"
    assert training_failure(json.dumps(child)).error == "TrainingJobFailed"


def test_a_failure_in_python() -> None:
    found = training_failure(json.dumps(CHILD))
    assert (found.error, found.cause) == ("TrainingJobFailed", "ClientError: bad data")
    assert (found.status, found.execution_arn) == ("FAILED", "arn:child")
    late = training_failure(json.dumps({"Status": "TIMED_OUT", "ExecutionArn": "arn:child"}))
    assert late.error == "TrainingJobTimedOut"


@pytest.mark.parametrize("cause", ["{not JSON}", '{"a": 1}', "null", None])
def test_a_cause_inside_that_is_none_of_ours_is_handed_on(cause: str | None) -> None:
    child = {**CHILD, "Error": "States.TaskFailed", "Cause": cause}
    caught = {"Error": "States.TaskFailed", "Cause": json.dumps(child)}
    assert failure(caught)["ExecutionArn"] == "arn:child"
    found = training_failure(json.dumps(child))
    assert (found.error, found.execution_arn) == ("States.TaskFailed", "arn:child")


@pytest.mark.parametrize("cause", ["", "no JSON", "[]", "{}", "null", None, 5])
def test_another_cause_is_refused(cause: Any) -> None:  # noqa: ANN401 - of a wrong type too
    with pytest.raises(ValueError, match=r"Cause of States\.TaskFailed"):
        training_failure(cause)
