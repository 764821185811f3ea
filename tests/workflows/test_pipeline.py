"""What a pipeline refuses of its input before any stage is started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.workflows.pipeline import pipeline_definition
from constructs_trainers.workflows.pipeline_steps import (
    ManifestStep,
    ParallelStep,
    SweepStep,
    TrainStep,
)
from tests.support.jsonata import evaluate

if TYPE_CHECKING:
    from constructs_trainers.workflows.pipeline_steps import Step

MACHINE = "arn:aws:states:us-west-2:123456789012:stateMachine:Sft"


def train(name: str) -> TrainStep:
    return TrainStep(name=name, machine_arn=MACHINE, execution_input={})


def sweep(name: str, runs: int) -> SweepStep:
    return SweepStep(name=name, run=train(f"{name}Run"), items=[{}] * runs, max_concurrency=5)


STEPS: list[Step] = [
    train("First"),
    ParallelStep(name="Both", steps=[train("Left"), sweep("Right", 40)]),
]


def violations(given: object, *more: SweepStep) -> Any:  # noqa: ANN401 - JSON
    definition: Any = pipeline_definition([*STEPS, *more])
    code = definition["States"]["Prepare"]["Assign"]["violations"]
    return evaluate(code, states={"context": {"Execution": {"Input": given}}})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "the input must be an object"),
        ("text", "the input must be an object"),
        ({"Frist": {}}, "Frist: unknown stage; allowed: First, Left, Right"),
        ({"Both": {}}, "Both: unknown stage; allowed: First, Left, Right"),
        ({"First": []}, "First: expected an object"),
        ({"Left": None}, "Left: expected an object"),
        ({"Right": {}}, "Right: expected a list of 1 to 100 objects"),
        ({"Right": []}, "Right: expected a list of 1 to 100 objects"),
        ({"Right": [{}, 3]}, "Right: expected a list of 1 to 100 objects"),
        ({"Right": [{}] * 101}, "Right: expected a list of 1 to 100 objects"),
    ],
)
def test_what_is_refused(given: object, says: str) -> None:
    assert violations(given) == [says]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Comment": "c", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn"},
        {"First": {"HyperParameters": {"a": 1}}, "Left": {}},
        {"Right": [{}] * 100},
        {"Right": [{"HyperParameters": {}}]},
    ],
)
def test_what_is_taken(given: object) -> None:
    assert violations(given) == []


def test_the_runs_of_all_sweeps_have_one_limit() -> None:
    too_many = ["the sweeps have more than 100 runs together"]
    assert violations({}, sweep("More", 60)) == []
    assert violations({}, sweep("More", 61)) == too_many
    assert violations({"Right": [{}] * 41}, sweep("More", 60)) == too_many
    assert violations({"Right": [{}] * 39}, sweep("More", 61)) == []
    assert violations({"More": [{}] * 100, "Right": [{}]}, sweep("More", 5)) == too_many


def test_the_outputs_of_all_runs_have_to_fit_into_one() -> None:
    too_large = ["the outputs of the stages are larger than the 262,144 bytes"]
    long_values = {"HyperParameters": {"name": "x" * 2500}}
    assert violations({"Right": [long_values] * 60}) == []
    found = violations({"Right": [long_values] * 80})
    assert [text[: len(too_large[0])] for text in found] == too_large


def test_a_cause_is_no_longer_than_step_functions_takes() -> None:
    found = violations({f"{index}{'x' * 1500}": {} for index in range(60)})
    assert found[-1] == "and 40 more"
    assert len("; ".join(found)) < 32_000


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ({"TrainingDataset": "s3://b/x"}, {"TrainingDataset": "s3://b/x"}),
        (None, {"NotAnObject": None}),
        (5, {"NotAnObject": 5}),
        ([{}], {"NotAnObject": [{}]}),
    ],
)
def test_a_line_of_a_manifest_that_is_no_object_is_left_to_its_own_run(
    line: object, given: object
) -> None:
    step = ManifestStep(
        name="Runs",
        run=train("RunsRun"),
        file=("amzn-s3-demo-runs", "runs.jsonl"),
        input_type="JSONL",
        results=("amzn-s3-demo-runs", "results"),
        max_concurrency=5,
        tolerated_failure_percentage=100,
    )
    definition: Any = pipeline_definition([step])
    code = definition["States"]["Runs"]["ItemSelector"]
    assert evaluate(code, states={"context": {"Map": {"Item": {"Value": line}}}}) == given


def test_what_is_refused_without_a_sweep() -> None:
    definition: Any = pipeline_definition([train("First")])
    code = definition["States"]["Prepare"]["Assign"]["violations"]
    states: Any = {"context": {"Execution": {"Input": {"Frist": {}}}}}
    assert evaluate(code, states=states) == ["Frist: unknown stage; allowed: First"]
