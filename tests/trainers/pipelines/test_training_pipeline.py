"""Pipelines: their templates, their permissions, and what is refused."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from constructs_trainers import (
    Expression,
    Parallel,
    RuntimeOverrides,
    Stage,
    Sweep,
    SweepManifest,
    TrainerError,
    TrainingPipeline,
)
from tests.support.role_policies import statements_of
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker

OTHER = "s3://amzn-s3-demo-other"
TOKEN = cdk.Token.as_number("known at deployment")


def resources(stack: cdk.Stack, start: str, kind: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for name, resource in template_of(stack)["Resources"].items()
        if name.startswith(start) and resource["Type"] == kind
    ]


def definition(stack: cdk.Stack) -> dict[str, Any]:
    (machine,) = resources(stack, "Pipeline", "AWS::StepFunctions::StateMachine")
    found: dict[str, Any] = machine["Definition"]
    return found


def test_a_sequence_hands_the_model_on(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    first = make_trainer()
    second = make_trainer(construct_id="More", model=first)
    TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=first), Stage(trainer=second)])
    states = definition(stack)["States"]
    assert states["Sft"]["Next"] == "More"
    assert states["More"]["Next"] == "Outputs"
    code = str(states["More"]["Arguments"]["Input"])
    assert "'SourceModelPackageArn': $lookup($outputs, \"Sft\").OutputModelPackageArn" in code


def test_the_role_may_run_each_trainer_and_read_nothing(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    stages = Parallel(
        stages=[Stage(trainer=make_trainer()), Stage(trainer=make_trainer(construct_id="Two"))]
    )
    TrainingPipeline(stack, "Pipeline", stages=[stages])
    statements = statements_of(template_of(stack), "PipelineStateMachineRole")
    starts = [s["Resource"] for s in statements if s["Action"] == "states:StartExecution"]
    assert [len(machines) for machines in starts] == [2]
    assert {a for s in statements if isinstance(s["Action"], list) for a in s["Action"]} >= {
        "states:DescribeExecution",
        "events:PutTargets",
    }


def test_a_sweep_goes_over_all_pairs(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    sweep = Sweep(
        trainer=make_trainer(),
        datasets=[f"{OTHER}/a", {"train": f"{OTHER}/b", "validation": f"{OTHER}/v"}],
        hyperparameters=[{"max_epochs": 1}, {"max_epochs": 2}],
        max_concurrency=3,
    )
    TrainingPipeline(stack, "Pipeline", stages=[sweep])
    state = definition(stack)["States"]["Sft"]
    assert state["MaxConcurrency"] == 3
    assert state["Items"].count("max_epochs") == 4
    assert state["Items"].count(f'"{OTHER}/v"') == 2
    assert len(resources(stack, "ConstructsTrainersJobPolicy", "AWS::IAM::Policy")) == 1


def test_a_refused_pipeline_leaves_nothing_behind(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    with pytest.raises(TrainerError, match="has no stage"):
        TrainingPipeline(stack, "Pipeline", stages=[])
    TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=make_trainer())])


def wrong_stages(make_trainer: TrainerMaker) -> dict[str, Any]:
    first = make_trainer()
    second = make_trainer(construct_id="More", model=first)
    stage = Stage(trainer=first)
    return {
        "is taken": [stage, stage],
        "has no stage before it": [Stage(trainer=second), stage],
        "learning_rat: is no hyperparameter": [
            Stage(trainer=first, hyperparameters={"learning_rat": 1})
        ],
        "learning_rate: above the maximum 0.001": [
            Sweep(trainer=first, hyperparameters=[{"learning_rate": 1e-5}, {"learning_rate": 2}])
        ],
        "max_epochs: must be a whole number": [
            Stage(trainer=first, hyperparameters={"max_epochs": True})
        ],
        "hyperparameters: has the wrong type": [
            Stage(trainer=first, hyperparameters=["max_epochs"])  # type: ignore[arg-type]
        ],
        "trainer: has the wrong type": [Stage(trainer="Sft")],  # type: ignore[arg-type]
        "got:     101": [Sweep(trainer=first, datasets=[f"{OTHER}/{i}" for i in range(101)])],
        "has nothing to go over": [Sweep(trainer=first)],
        "has no runs, or too many": [Sweep(trainer=first, datasets=[])],
        "max_concurrency: is out of range": [
            Sweep(trainer=first, datasets=[f"{OTHER}/a"], max_concurrency=0)
        ],
        "is not an S3 URI": [Sweep(trainer=first, datasets=["a"])],
        "has an expression": [
            Stage(trainer=first, input_data_config={"train": Expression("$x")})  # type: ignore[dict-item]
        ],
        r"stages\[0\]: has the wrong type": [
            Parallel(stages=[Parallel(stages=[stage])])  # type: ignore[list-item]
        ],
        r"write Stage\(trainer=\.\.\.\)": [first],
        "wait_timeout: has the wrong type": [
            Stage(trainer=first, wait_timeout="1h")  # type: ignore[arg-type]
        ],
        "is no time": [Stage(trainer=first, wait_timeout=10**400)],
        "has a wrong length": [Stage(trainer=first, name="N" * 80)],
    }


@pytest.mark.parametrize(
    "message",
    [
        "is taken",
        "has no stage before it",
        "learning_rat: is no hyperparameter",
        "learning_rate: above the maximum 0.001",
        "max_epochs: must be a whole number",
        "hyperparameters: has the wrong type",
        "trainer: has the wrong type",
        "got:     101",
        "has nothing to go over",
        "has no runs, or too many",
        "max_concurrency: is out of range",
        "is not an S3 URI",
        "has an expression",
        r"stages\[0\]: has the wrong type",
        r"write Stage\(trainer=\.\.\.\)",
        "wait_timeout: has the wrong type",
        "is no time",
        "has a wrong length",
    ],
)
def test_wrong_stages_are_refused(
    stack: cdk.Stack, make_trainer: TrainerMaker, message: str
) -> None:
    with pytest.raises(TrainerError, match=message):
        TrainingPipeline(stack, "Pipeline", stages=wrong_stages(make_trainer)[message])


def test_sweeps_share_what_an_output_can_hold(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    values = [{"max_epochs": 1}] * 60
    trainer = make_trainer()
    sweeps = [Sweep(trainer=trainer, name=name, hyperparameters=values) for name in ("A", "B")]
    for stages in (sweeps, [Parallel(stages=sweeps)]):
        with pytest.raises(TrainerError, match="100 runs in all sweeps together"):
            TrainingPipeline(stack, "Pipeline", stages=stages)


def test_the_outputs_of_all_runs_have_to_fit_into_one(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    values = [{"name": "x" * 2500}] * 90
    with pytest.raises(TrainerError, match="262,144 bytes"):
        TrainingPipeline(
            stack, "Pipeline", stages=[Sweep(trainer=make_trainer(), hyperparameters=values)]
        )


@pytest.mark.parametrize("name", ["A Run", "A Stop", "A TimedOut"])
@pytest.mark.parametrize("order", [1, -1])
def test_states_inside_a_bounded_wait_have_names_of_their_own(
    stack: cdk.Stack, make_trainer: TrainerMaker, name: str, order: int
) -> None:
    trainer = make_trainer()
    bounded = Stage(trainer=trainer, name="A", wait_timeout=5)
    stages = [Stage(trainer=trainer, name=name), bounded]
    with pytest.raises(TrainerError, match="is taken"):
        TrainingPipeline(stack, "Pipeline", stages=stages[::order])


@pytest.mark.parametrize("name", ["a\nb", "a\0b", "a\u2028b", "__proto__", "${Token[TOKEN.1]}"])
def test_a_name_can_be_read(stack: cdk.Stack, make_trainer: TrainerMaker, name: str) -> None:
    with pytest.raises(TrainerError, match=r"stages\[0\]\.name"):
        TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=make_trainer(), name=name)])


def test_names_that_make_one_construct_id_are_one_name(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainer = make_trainer()
    stages = [Stage(trainer=trainer, name=name) for name in ("a/b", "a--b")]
    with pytest.raises(TrainerError, match=r"stages\[1\]\.name: is taken"):
        TrainingPipeline(stack, "Pipeline", stages=stages)


def test_of_two_stages_beside_each_other_one_cannot_be_gone_on_from(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    first = make_trainer()
    both = Parallel(stages=[Stage(trainer=first, name=name) for name in ("A", "B")])
    more = Stage(trainer=make_trainer(construct_id="More", model=first))
    with pytest.raises(TrainerError, match=r"several stages beside each other[\s\S]*A, B"):
        TrainingPipeline(stack, "Pipeline", stages=[both, more])


@pytest.mark.parametrize("value", ["a$b", "a\u2028b", "x" * 2501])
def test_text_that_executions_refuse_is_refused(
    stack: cdk.Stack, make_trainer: TrainerMaker, value: str
) -> None:
    stage = Stage(trainer=make_trainer(), hyperparameters={"name": value})
    with pytest.raises(TrainerError, match=r"stages\[0\]\.hyperparameters\.name"):
        TrainingPipeline(stack, "Pipeline", stages=[stage])


@pytest.mark.parametrize("uri", [f"s3://amzn-s3-demo-other/{'x' * 1024}", "s3://amzn-s3-demo/*"])
def test_a_place_that_executions_refuse_is_refused(
    stack: cdk.Stack, make_trainer: TrainerMaker, uri: str
) -> None:
    with pytest.raises(TrainerError, match=r"stages\[0\]\[0\]\.input_data_config\.train"):
        TrainingPipeline(stack, "Pipeline", stages=[Sweep(trainer=make_trainer(), datasets=[uri])])


def test_a_trainer_or_a_stage_alone_says_what_to_write(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainer = make_trainer()
    wrong: list[tuple[Any, str]] = [
        ([trainer], r"Stage\(trainer="),
        (Stage(trainer=trainer), r"\[Stage\("),
    ]
    for stages, fix in wrong:
        with pytest.raises(TrainerError, match=rf"got:.*'Stack/Sft'(?s:.)*write {fix}"):
            TrainingPipeline(stack, "Pipeline", stages=stages)


def test_a_class_is_no_manifest(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    sweep = Sweep(trainer=make_trainer(), manifest=SweepManifest)  # type: ignore[arg-type]
    with pytest.raises(TrainerError, match=r"stages\[0\]\.manifest: has the wrong type"):
        TrainingPipeline(stack, "Pipeline", stages=[sweep])


def test_stages_beside_each_other_cannot_go_on_from_each_other(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    first = make_trainer()
    second = make_trainer(construct_id="More", model=first)
    beside = Parallel(stages=[Stage(trainer=first), Stage(trainer=second)])
    with pytest.raises(TrainerError, match="has no stage before it"):
        TrainingPipeline(stack, "Pipeline", stages=[beside])


def test_every_problem_is_told_at_once_and_where(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainer = make_trainer()
    wrong: list[Any] = [Sweep(trainer=trainer, name="Two", datasets=["a"]), 5]
    stages: Any = [
        Stage(trainer=trainer, hyperparameters={"max_epochs": 0, "learning_rate": "x"}),
        Parallel(stages=wrong),
    ]
    with pytest.raises(TrainerError) as raised:
        TrainingPipeline(stack, "Pipeline", stages=stages, schedule="daily")
    assert [problem.path for problem in raised.value.problems] == [
        "stages[1].stages[1]",
        "stages[0].hyperparameters.max_epochs",
        "stages[0].hyperparameters.learning_rate",
        "stages[1].stages[0][0].input_data_config.train",
        "schedule",
    ]


@pytest.mark.parametrize("way", ["stage", "train"])
def test_data_is_held_against_what_executions_may_give(
    stack: cdk.Stack, make_trainer: TrainerMaker, way: str
) -> None:
    trainer = make_trainer(
        runtime_overrides=RuntimeOverrides(training_dataset=["s3://amzn-s3-demo-ours"])
    )

    def use(data: dict[str, str]) -> None:
        if way == "train":
            trainer.train(data)
        else:
            TrainingPipeline(
                stack, "Pipeline", stages=[Stage(trainer=trainer, input_data_config=data)]
            )

    with pytest.raises(TrainerError, match=r"train: is not within what runtime_overrides"):
        use({"train": f"{OTHER}/a.jsonl"})
    with pytest.raises(TrainerError, match=r"validation: cannot be given: runtime_overrides"):
        use({"validation": "s3://amzn-s3-demo-ours/v.jsonl"})
    use({"train": "s3://amzn-s3-demo-ours/a.jsonl"})


def test_stages_are_not_caught_so_that_a_redrive_runs_them_again(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=make_trainer())])
    states = definition(stack)["States"]
    assert not any("Catch" in state for state in states.values())
    assert [name for name, state in states.items() if state["Type"] == "Fail"] == ["InvalidInput"]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"name": 5}, "name"),
        ({"name": "Outputs"}, "name"),
        ({"name": "Comment"}, "name"),
        ({"hyperparameters": {"max_epochs": None}}, "hyperparameters.max_epochs"),
        ({"hyperparameters": {5: 1}}, "hyperparameters.5"),
        (
            {"hyperparameters": {"max_epochs": cdk.Token.as_number("x")}},
            "hyperparameters.max_epochs",
        ),
        ({"hyperparameters": {"scheduler": cdk.Token.as_string("x")}}, "hyperparameters.scheduler"),
        ({"input_data_config": 5}, "input_data_config"),
        ({"input_data_config": {5: "s3://bucket/x"}}, "input_data_config.5"),
        ({"input_data_config": {"train": None}}, "input_data_config.train"),
        ({"wait_timeout": float("nan")}, "wait_timeout"),
        ({"wait_timeout": float("inf")}, "wait_timeout"),
        ({"wait_timeout": cdk.Duration.millis(1500)}, "wait_timeout"),
    ],
)
def test_an_odd_stage_is_refused_where_it_is_odd(
    stack: cdk.Stack, make_trainer: TrainerMaker, members: dict[str, Any], path: str
) -> None:
    with pytest.raises(TrainerError) as raised:
        TrainingPipeline(stack, "Pipeline", stages=[Stage(trainer=make_trainer(), **members)])
    assert [problem.path for problem in raised.value.problems] == [f"stages[0].{path}"]


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"datasets": "s3://bucket/x"}, "datasets"),
        ({"datasets": [None]}, "datasets[0]"),
        ({"hyperparameters": {"max_epochs": 1}}, "hyperparameters"),
        ({"hyperparameters": [None]}, "hyperparameters[0]"),
        ({"datasets": [f"{OTHER}/a"], "max_concurrency": float("nan")}, "max_concurrency"),
        ({"datasets": [f"{OTHER}/a"], "max_concurrency": 2.5}, "max_concurrency"),
    ],
)
def test_an_odd_sweep_is_refused_where_it_is_odd(
    stack: cdk.Stack, make_trainer: TrainerMaker, members: dict[str, Any], path: str
) -> None:
    with pytest.raises(TrainerError) as raised:
        TrainingPipeline(stack, "Pipeline", stages=[Sweep(trainer=make_trainer(), **members)])
    assert [problem.path for problem in raised.value.problems] == [f"stages[0].{path}"]


@pytest.mark.parametrize("stages", [None, "abc", 5, Parallel(stages=[])])
def test_stages_that_are_no_list_are_refused(stack: cdk.Stack, stages: Any) -> None:  # noqa: ANN401 - wrong types
    with pytest.raises(TrainerError, match="stages: has the wrong type"):
        TrainingPipeline(stack, "Pipeline", stages=stages)
