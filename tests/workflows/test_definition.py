"""The definition as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_trainers.workflows import error_names
from constructs_trainers.workflows.definition import training_definition
from constructs_trainers.workflows.observe import poll_interval
from tests.support.jsonata import evaluate

REQUEST = {
    "RoleArn": "arn:aws:iam::123456789012:role/r",
    "HyperParameters": {"template": "{% x %}"},
    "Tags": [{"Key": "constructs-trainers:recipe-digest", "Value": "d1"}],
}


@pytest.fixture
def definition() -> dict[str, Any]:
    return training_definition(
        REQUEST,
        stem="sft",
        hyperparameter_names=["template"],
        s3_data_type="S3Prefix",
        max_runtime_in_seconds=None,
        partition="aws",
    )


def test_every_transition_leads_to_a_state(definition: dict[str, Any]) -> None:
    states = definition["States"]
    targets = {definition["StartAt"]}
    for state in states.values():
        targets |= {state[key] for key in ("Next", "Default") if key in state}
        targets |= {rule["Next"] for rule in [*state.get("Choices", []), *state.get("Catch", [])]}
    assert targets == set(states)


def test_state_names_are_short_enough(definition: dict[str, Any]) -> None:
    assert max(len(name) for name in definition["States"]) <= 80


def test_executions_fail_with_the_documented_errors_only(definition: dict[str, Any]) -> None:
    errors = {s["Error"] for s in definition["States"].values() if s["Type"] == "Fail"}
    assert errors == {
        error_names.INVALID_EXECUTION_INPUT,
        error_names.TRAINING_JOB_REJECTED,
        error_names.TRAINING_JOB_FAILED,
        error_names.TRAINING_JOB_STOPPED,
        error_names.TRAINING_JOB_TIMED_OUT,
    }


def test_the_request_stands_in_the_definition_as_data(definition: dict[str, Any]) -> None:
    request = definition["States"]["PrepareRequest"]["Assign"]["request"]
    assert request["RoleArn"] == REQUEST["RoleArn"]
    assert evaluate(request["HyperParameters"]["template"]) == "{% x %}"


@pytest.mark.parametrize(
    ("status", "secondary", "state"),
    [
        ("Completed", "Completed", "TrainingJobCompleted"),
        ("Failed", "Failed", "TrainingJobFailed"),
        ("Stopped", "Stopped", "TrainingJobStopped"),
        ("Stopped", "MaxRuntimeExceeded", "TrainingJobTimedOut"),
        ("Stopped", "MaxWaitTimeExceeded", "TrainingJobTimedOut"),
        ("InProgress", "Training", "WaitForTrainingJob"),
        ("Stopping", "Stopping", "WaitForTrainingJob"),
    ],
)
def test_a_status_leads_to_its_outcome(
    definition: dict[str, Any], status: str, secondary: str, state: str
) -> None:
    choice = definition["States"]["IsTrainingJobDone"]
    job = {"TrainingJobStatus": status, "SecondaryStatus": secondary}
    taken = [r["Next"] for r in choice["Choices"] if evaluate(r["Condition"], job=job)]
    assert [*taken, choice["Default"]][0] == state


@pytest.mark.parametrize(
    ("cause", "times", "state"),
    [
        ("ThrottlingException: Rate exceeded", 1, "BackOff"),
        ("Rate exceeded (Service: SageMaker)", 8, "BackOff"),
        ("Rate exceeded (Service: SageMaker)", 9, "TrainingJobRejected"),
        ("ValidationException: no such role", 1, "TrainingJobRejected"),
    ],
)
def test_only_throttled_requests_are_sent_again(
    definition: dict[str, Any], cause: str, times: int, state: str
) -> None:
    choice = definition["States"]["IsThrottled"]
    rejection = {"Error": "SageMaker.SageMakerException", "Cause": cause}
    condition = choice["Choices"][0]["Condition"]
    again = evaluate(condition, rejection=rejection, throttled=times)
    assert (choice["Choices"][0]["Next"] if again else choice["Default"]) == state


def test_pauses_grow_and_are_capped(definition: dict[str, Any]) -> None:
    seconds = definition["States"]["BackOff"]["Seconds"]
    assert 1 <= evaluate(seconds, throttled=1) <= 11
    assert all(1 <= evaluate(seconds, throttled=20) <= 300 for _ in range(50))


def test_the_output_has_what_the_job_has(definition: dict[str, Any]) -> None:
    job = {
        "TrainingJobArn": "arn:aws-cn:sagemaker:cn-north-1:123456789012:training-job/sft-1",
        "TrainingJobStatus": "Completed",
        "HyperParameters": {"a": "1"},
    }
    state = definition["States"]["TrainingJobCompleted"]
    output = evaluate(state["Output"], job=job, jobName="sft-1", request=REQUEST, attempt=1)
    assert output["RecipeDigest"] == "d1"
    assert output["Attempts"] == 1
    assert output["LogsUrl"].startswith("https://cn-north-1.console.amazonaws.cn/cloudwatch/")
    assert "MlflowDetails" not in output


@pytest.mark.parametrize("name", ["TrainingJobFailed", "TrainingJobStopped", "TrainingJobTimedOut"])
def test_a_cause_names_job_logs_and_reason(definition: dict[str, Any], name: str) -> None:
    job = {
        "TrainingJobArn": "arn:aws:sagemaker:us-west-2:123456789012:training-job/sft-1",
        "FailureReason": "ClientError: bad data",
        "SecondaryStatus": "MaxRuntimeExceeded",
    }
    cause = evaluate(definition["States"][name]["Cause"], job=job, jobName="sft-1")
    assert cause.startswith("Training job sft-1 ")
    assert "https://us-west-2.console.aws.amazon.com/cloudwatch/" in cause
    assert {"TrainingJobFailed": "bad data", "TrainingJobTimedOut": "MaxRuntimeExceeded"}.get(
        name, "stopped"
    ) in cause


@pytest.mark.parametrize("runtime", [None, 1, 86_400, 28 * 86_400])
def test_the_longest_job_fits_an_executions_history(runtime: int | None) -> None:
    rounds = (runtime or 86_400) / poll_interval(runtime)
    assert rounds * 9 < 25_000 * 0.6
