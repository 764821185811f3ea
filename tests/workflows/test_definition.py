"""The state machine as a whole."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from constructs_trainers.jobs.job_retry import JobRetry
from constructs_trainers.workflows.allowed_input import AllowedInput
from constructs_trainers.workflows.asl import with_partition
from constructs_trainers.workflows.definition import training_definition
from tests.support.jsonata_states import evaluate

CHAT_TEMPLATE = "{% for m in messages %}{{ m }}{% endfor %}"
REQUEST = {
    "RoleArn": "arn:aws:iam::123456789012:role/train",
    "HyperParameters": {"lr": "0.1", "template": CHAT_TEMPLATE},
    "InputDataConfig": [{"ChannelName": "train", "DataSource": {}}],
    "Nothing": None,
}


def definition(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    arguments: dict[str, Any] = {
        "stem": "sft",
        "allowed": AllowedInput(),
        "s3_data_type": "S3Prefix",
        "max_runtime_in_seconds": None,
        "retry": JobRetry(),
    }
    return training_definition(REQUEST, **{**arguments, **changes})


STATES: dict[str, dict[str, Any]] = definition()["States"]
WAITED: dict[str, dict[str, Any]] = definition(run_job=True)["States"]
ALL_STATES = STATES | WAITED


def _after(state: dict[str, Any]) -> set[str]:
    rules = [state, *state.get("Choices", ()), *state.get("Catch", ())]
    return {rule["Next"] for rule in rules if "Next" in rule} | (
        {state["Default"]} if "Default" in state else set()
    )


@pytest.mark.parametrize("states", [STATES, WAITED], ids=["looks", "waits"])
def test_every_state_is_reached_and_every_transition_leads_somewhere(
    states: dict[str, dict[str, Any]],
) -> None:
    reached, todo = set(), [definition()["StartAt"]]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += _after(states[name])
    assert reached == set(states)


@pytest.mark.parametrize("name", ALL_STATES)
def test_a_state_ends_the_machine_or_goes_on(name: str) -> None:
    state = ALL_STATES[name]
    ends = state["Type"] == "Fail" or state.get("End") is True
    assert ends != bool(_after(state))
    assert len(name) <= 80
    assert re.fullmatch(r"[A-Za-z]+", name)
    assert state["Type"] in {"Pass", "Task", "Choice", "Wait", "Fail"}


def test_names_and_errors_of_the_end_states_are_fixed() -> None:
    fails = {name: state["Error"] for name, state in STATES.items() if state["Type"] == "Fail"}
    assert fails == {
        "InvalidExecutionInput": "InvalidExecutionInput",
        "TrainingJobRejected": "TrainingJobRejected",
        "TrainingJobFailed": "TrainingJobFailed",
        "TrainingJobStopped": "TrainingJobStopped",
        "TrainingJobTimedOut": "TrainingJobTimedOut",
        "TrainingJobLost": "TrainingJobFailed",
        "TrainingJobNameTaken": "TrainingJobRejected",
    }


def test_the_machine_is_plain_json_in_jsonata_throughout() -> None:
    machine = definition()
    assert machine["QueryLanguage"] == "JSONata"
    text = json.dumps(machine)
    assert json.loads(text) == machine
    assert "null" not in text.replace("{% null %}", "")
    for member in ("InputPath", "Parameters", "ResultPath", "OutputPath", "Variable"):
        assert f'"{member}"' not in text


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [found for item in value.values() for found in _texts(item)]
    if isinstance(value, list):
        return [found for item in value for found in _texts(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("run_job", [False, True], ids=["looks", "waits"])
def test_every_text_is_either_an_expression_that_parses_or_none_at_all(*, run_job: bool) -> None:
    texts = _texts(definition(run_job=run_job))
    expressions = [found for found in texts if found.startswith("{%")]
    assert len(expressions) > 15
    for found in texts:
        assert found.startswith("{%") == found.endswith("%}")
    for found in expressions:
        # Not evaluated: an undefined condition stands before.
        assert evaluate(f"false ? ({found.removeprefix('{%').removesuffix('%}')}) : 1") == 1


def test_the_reviewed_request_stands_readable_in_the_first_state() -> None:
    machine = definition()
    request = machine["States"][machine["StartAt"]]["Assign"]["request"]
    assert request["HyperParameters"]["lr"] == "0.1"
    assert request["Nothing"] == "{% null %}"
    assert evaluate(request["HyperParameters"]["template"]) == CHAT_TEMPLATE


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "${Token[AWS.Partition.3]}"])
def test_integrations_are_of_the_stacks_partition(partition: str) -> None:
    states: Any = with_partition(definition(), partition)["States"]
    tasks = [s for s in states.values() if s["Type"] == "Task"]
    assert len(tasks) == 3
    prefix = f"arn:{partition}:states:::aws-sdk:sagemaker:"
    assert all(task["Resource"].startswith(prefix) for task in tasks)


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert json.dumps(definition()) == json.dumps(definition())
