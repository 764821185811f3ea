"""train(): a state of another machine that runs a trainer."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_trainers import (
    Channel,
    Expression,
    FileSystemDataSource,
    S3DataSource,
    TrainerError,
    TrainState,
)
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker

OTHER = "s3://amzn-s3-demo-other/train.jsonl"


def machine(stack: cdk.Stack, start: sfn.IChainable, **props: Any) -> None:  # noqa: ANN401 - props
    body = sfn.DefinitionBody.from_chainable(start)
    sfn.StateMachine(stack, "Parent", definition_body=body, **props)


def definition(stack: cdk.Stack) -> dict[str, Any]:
    """The definition of the machine Parent, with names in place of what a deployment knows."""
    found = [
        resource["Properties"]["DefinitionString"]
        for name, resource in template_of(stack)["Resources"].items()
        if name.startswith("Parent") and resource["Type"].endswith("StateMachine")
    ]
    parts = found[0]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else part["Ref"] for part in parts)
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def allowed(stack: cdk.Stack) -> dict[str, int]:
    """The actions of the role of the machine Parent, and how often each is there."""
    counts: dict[str, int] = {}
    for name, resource in template_of(stack)["Resources"].items():
        if name.startswith("ParentRole") and resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                for action in [actions] if isinstance(actions, str) else actions:
                    counts[action] = counts.get(action, 0) + 1
    return counts


WAITING = {
    "states:StartExecution",
    "states:DescribeExecution",
    "states:StopExecution",
    "events:PutTargets",
    "events:PutRule",
    "events:DescribeRule",
}


@pytest.mark.parametrize("language", [None, sfn.QueryLanguage.JSON_PATH, sfn.QueryLanguage.JSONATA])
def test_machines_of_both_languages_take_it(
    stack: cdk.Stack, make_trainer: TrainerMaker, language: sfn.QueryLanguage | None
) -> None:
    machine(stack, make_trainer().train(), query_language=language)
    state = definition(stack)["States"]["SftTrain"]
    assert state["Type"] == "Task"
    assert state["QueryLanguage"] == "JSONata"
    assert state["Resource"].endswith(":states:::states:startExecution.sync:2")
    assert list(state["Arguments"]["Input"]) == ["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"]
    assert set(allowed(stack)) == WAITING


def test_without_wait_it_only_starts(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    machine(stack, trainer.train(wait=False))
    state = definition(stack)["States"]["SftTrain"]
    assert state["Resource"].endswith(":states:::states:startExecution")
    assert set(allowed(stack)) == {"states:StartExecution"}
    assert trainer.latest_training_job is None


def test_inside_map_and_parallel_the_permissions_reach_the_role(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainer = make_trainer()
    over = sfn.Map(stack, "Over")
    over.item_processor(trainer.train({"train": Expression("$states.input.uri")}, id="Each"))
    beside = sfn.Parallel(stack, "Beside").branch(trainer.train(id="One"), trainer.train(id="Two"))
    machine(stack, over.next(beside))
    state = definition(stack)["States"]["Over"]["ItemProcessor"]["States"]["SftEach"]
    assert state["Arguments"]["Input"]["TrainingDataset"] == "{% $states.input.uri %}"
    assert set(allowed(stack)) == WAITING


def test_a_bounded_wait_stops_the_execution(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    machine(stack, make_trainer().train(wait_timeout=cdk.Duration.minutes(2)))
    state = definition(stack)["States"]["SftTrain"]
    inner = state["Branches"][0]["States"]
    assert inner["SftTrain Run"]["TimeoutSeconds"] == 120
    (catch,) = inner["SftTrain Run"]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.Timeout"], "SftTrain Stop")
    # What is stopped is what was started; a redrive enters the state anew, with another name.
    assert list(catch["Assign"].values()) == [inner["SftTrain Run"]["Arguments"]["Name"]]
    assert inner["SftTrain Stop"]["Resource"].endswith(":aws-sdk:sfn:stopExecution")
    assert inner["SftTrain TimedOut"]["Error"] == "TrainingWaitTimedOut"


def test_logs_may_be_left_out(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    machine(stack, make_trainer().train(logs=False))
    assert "LogsUrl" in definition(stack)["States"]["SftTrain"]["Output"]


def test_the_role_may_read_the_data_of_the_run(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    data = [Channel(channel_name="train", data_source=S3DataSource(s3_uri=OTHER))]
    machine(stack, make_trainer().train(data))
    given = definition(stack)["States"]["SftTrain"]["Arguments"]["Input"]
    assert given["TrainingDataset"] == OTHER
    policies = [
        json.dumps(resource)
        for name, resource in template_of(stack)["Resources"].items()
        if name.startswith("ConstructsTrainersJobPolicy")
    ]
    assert len(policies) == 1
    assert ":s3:::amzn-s3-demo-other/train.jsonl*" in policies[0]


def test_the_job_has_references_for_states_after_it(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainer = make_trainer()
    before, state = trainer.latest_training_job, trainer.train()
    assert before is None
    assert isinstance(state, TrainState)
    job = trainer.latest_training_job
    assert job is not None
    start = "$trainingJob_SftTrain"
    assert job.training_job_name == f"{start}.TrainingJobName"
    assert job.training_job_arn == f"{start}.TrainingJobArn"
    assert job.model_artifacts == f"{start}.ModelArtifacts.S3ModelArtifacts"
    assert job.output_model_package_arn == f"{start}.OutputModelPackageArn"
    assert job.jsonata(job.logs_url) == f"{{% {start}.LogsUrl %}}"
    after = sfn.Pass(stack, "After", parameters={"Name.$": job.training_job_name})
    machine(stack, state.next(after))
    states = definition(stack)["States"]
    assert list(states["SftTrain"]["Assign"]) == ["trainingJob_SftTrain"]
    assert states["After"]["Parameters"] == {"Name.$": f"{start}.TrainingJobName"}


def test_a_trainer_goes_on_from_the_job_before(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    first = make_trainer()
    second = make_trainer(construct_id="More", model=first)
    machine(stack, first.train().next(second.train()))
    given = definition(stack)["States"]["MoreTrain"]["Arguments"]["Input"]
    assert given["SourceModelPackageArn"] == "{% $trainingJob_SftTrain.OutputModelPackageArn %}"


def test_names_that_differ_in_punctuation_have_jobs_of_their_own(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    one, other = make_trainer(construct_id="Sft-1"), make_trainer(construct_id="Sft_1")
    more = make_trainer(construct_id="More", model=one)
    machine(stack, one.train().next(other.train()).next(more.train()))
    states = definition(stack)["States"]
    (of_one,), (of_other,) = (states[f"{name}Train"]["Assign"] for name in ("Sft-1", "Sft_1"))
    assert of_one != of_other
    given = states["MoreTrain"]["Arguments"]["Input"]["SourceModelPackageArn"]
    assert given == f"{{% ${of_one}.OutputModelPackageArn %}}"


def test_trainers_of_one_id_in_two_fragments_have_jobs_of_their_own(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainers = [make_trainer(scope=Construct(stack, name)) for name in ("One", "Other")]
    assert len({trainer.train().variable for trainer in trainers}) == 2


@pytest.mark.parametrize("arguments", [{}, {"wait_timeout": 60}])
def test_a_variable_is_no_longer_than_step_functions_takes(
    stack: cdk.Stack, make_trainer: TrainerMaker, arguments: dict[str, Any]
) -> None:
    machine(stack, make_trainer().train(id="y" * 67, **arguments))
    found = re.findall(r'"((?:trainingJob_|executionName_)\w+)"', json.dumps(definition(stack)))
    assert len(found) == 1 + len(arguments)
    assert all(len(name) <= 80 for name in found)


def test_a_bounded_wait_can_be_reached_in_two_ways(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    train = make_trainer().train(wait_timeout=60)
    again = sfn.Choice(stack, "Again").when(sfn.Condition.is_present("$.again"), train)
    machine(stack, train.next(again.otherwise(sfn.Succeed(stack, "Done"))))
    assert list(definition(stack)["States"]) == ["SftTrain", "Again", "Done"]
    assert set(allowed(stack).values()) == {1}


def test_no_other_state_may_have_the_name_of_one_inside_a_bounded_wait(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    chain = make_trainer().train(wait_timeout=60).next(sfn.Pass(stack, "SftTrain Run"))
    with pytest.raises(RuntimeError, match="SftTrain Run"):
        machine(stack, chain)


def test_a_trainer_whose_source_was_not_trained_says_how(
    make_trainer: TrainerMaker,
) -> None:
    first = make_trainer()
    second = make_trainer(construct_id="More", model=first)
    with pytest.raises(TrainerError, match=r"call train\(\) of that trainer first"):
        second.train()
    first.train(wait=False)
    with pytest.raises(TrainerError, match="Stack/Sft"):
        second.train(id="Again")


def test_a_trainer_whose_source_was_left_out_of_the_machine_says_so(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    first = make_trainer()
    second = make_trainer(construct_id="More", model=first)
    first.train()
    machine(stack, second.train())
    with pytest.raises(RuntimeError, match=r"in no state machine\s+got:\s+Stack/Sft/Train"):
        template_of(stack)


def test_a_failure_is_caught_as_an_object(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    state = make_trainer().train()
    failed = sfn.Pass(stack, "Failed")
    state.add_catch(failed, errors=["States.TaskFailed"], assign={"failure": state.failure})
    machine(stack, state)
    (catch,) = definition(stack)["States"]["SftTrain"]["Catch"]
    assert catch["Assign"]["failure"].startswith("{% ")
    assert catch["Next"] == "Failed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_data_config": {"trian": OTHER}}, "did you mean 'train'"),
        ({"input_data_config": {"images": OTHER}}, "make it a prop of the trainer"),
        ({"input_data_config": {"train": "bucket/key"}}, "is not an S3 URI"),
        ({"input_data_config": OTHER}, "write {'train': "),
        (
            {"input_data_config": [Channel(channel_name="train", data_source=OTHER)] * 2},
            "is there twice",
        ),
        (
            {
                "input_data_config": [
                    Channel(channel_name="train", data_source=OTHER, content_type="text/csv")
                ]
            },
            "or says more",
        ),
        (
            {
                "input_data_config": [
                    Channel(
                        channel_name="train",
                        data_source=FileSystemDataSource(
                            file_system_id="fs-12345678",
                            file_system_type="EFS",
                            directory_path="/data",
                        ),
                    )
                ]
            },
            "or says more",
        ),
        ({"wait_timeout": 0}, "no time that a state can wait"),
        ({"wait_timeout": "1h"}, "wait_timeout: has the wrong type"),
        ({"wait_timeout": float("nan")}, "wait_timeout: has the wrong type"),
        ({"wait_timeout": 10**400}, "is no time"),
        ({"scope": float("nan")}, "scope: has the wrong type"),
        ({"wait_timeout": 60, "wait": False}, "has no effect without 'wait'"),
        ({"id": "T" * 80}, "state name longer than"),
        ({"id": ""}, "id: cannot be a construct's id"),
        ({"id": "a\nb"}, "id: cannot be a construct's id"),
        ({"id": 5}, "id: has the wrong type"),
        ({"id": cdk.Aws.REGION}, "id: cannot be a construct's id"),
        ({"scope": "x"}, "scope: has the wrong type"),
    ],
)
def test_wrong_arguments_are_refused(
    make_trainer: TrainerMaker, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(TrainerError, match=message.replace("(", r"\(")):
        make_trainer().train(**arguments)


def test_all_that_is_wrong_is_told_at_once(make_trainer: TrainerMaker) -> None:
    more = make_trainer(construct_id="More", model=make_trainer())
    with pytest.raises(TrainerError) as raised:
        more.train({"trian": OTHER}, wait_timeout=0, id="T" * 80)
    assert [problem.path for problem in raised.value.problems] == [
        "input_data_config.trian",
        "wait_timeout",
        "id",
        "model",
    ]
    assert more.latest_training_job is None


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"wait": "no"}, "wait"),
        ({"logs": 1}, "logs"),
        ({"input_data_config": ["s3://bucket/x"]}, "input_data_config[0]"),
        ({"input_data_config": {"test": "s3://bucket/x"}}, "input_data_config.test"),
    ],
)
def test_an_odd_argument_is_refused(
    make_trainer: TrainerMaker, arguments: dict[str, Any], path: str
) -> None:
    with pytest.raises(TrainerError) as raised:
        make_trainer().train(**arguments)
    assert [problem.path for problem in raised.value.problems] == [path]


def test_a_second_call_needs_an_id_of_its_own(make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    trainer.train()
    with pytest.raises(TrainerError, match="id: is taken"):
        trainer.train()
    trainer.train(id="TrainAgain")


def test_an_expression_is_text() -> None:
    with pytest.raises(TypeError, match="expected JSONata as text; got 5"):
        Expression(5)  # type: ignore[arg-type]
