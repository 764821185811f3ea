"""What executions of a trainer may give: guarded in the machine, granted to the job's role."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import assertions

from constructs_trainers import RuntimeOverrides, TrainerError, TrainingJobCompute, testing
from tests.support.jsonata_states import evaluate
from tests.support.role_policies import statements_of
from tests.support.templates import template_of
from tests.support.trainers import INSTANCE_TYPE, TrainerMaker

if TYPE_CHECKING:
    from collections.abc import Callable

    import aws_cdk as cdk

COMPUTE = TrainingJobCompute(instance_type=INSTANCE_TYPE, instance_count=1)
PACKAGE = "arn:aws:sagemaker:us-west-2:123456789012:model-package"


def guard(stack: cdk.Stack, name: str) -> str:
    """The expression that checks an execution's input."""
    template = assertions.Template.from_stack(stack).to_json()
    prepare = testing.definition(template, name)["States"]["PrepareRequest"]
    expression: str = prepare["Assign"]["violations"]
    return expression


def granted(stack: cdk.Stack) -> str:
    return json.dumps(statements_of(template_of(stack), "SftRole"))


def test_places_are_guarded_and_granted_at_once(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(runtime_overrides=RuntimeOverrides(training_dataset=["s3://team-data/sft"]))
    code = guard(stack, "Sft")
    assert evaluate(code, {"TrainingDataset": "s3://team-data/sft/new.jsonl"}) == []
    assert evaluate(code, {"TrainingDataset": "s3://team-data/sft"}) == []
    for outside in ("s3://team-data/sft2/x", "s3://team-data2/sft/x", "s3://team-data"):
        (found,) = evaluate(code, {"TrainingDataset": outside})
        assert "is not within what runtime_overrides of the trainer allows" in found
    policies = granted(stack)
    assert "arn:aws:s3:::team-data/sft/*" in policies
    assert "arn:aws:s3:::team-data/sft2" not in policies


def test_what_is_not_named_may_not_be_given(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    make_trainer(runtime_overrides=RuntimeOverrides(hyperparameters=["max_epochs"]))
    code = guard(stack, "Sft")
    assert evaluate(code, {"HyperParameters": {"max_epochs": "7"}}) == []
    found = evaluate(
        code,
        {
            "TrainingDataset": "s3://any-bucket/x",
            "HyperParameters": {"learning_rate": 1e-5, "max_epochs": 0},
            "SourceModelPackageArn": f"{PACKAGE}/group/1",
        },
    )
    assert [text.partition(":")[0] for text in found] == [
        "TrainingDataset",
        "HyperParameters.learning_rate",
        "HyperParameters.max_epochs",
        "SourceModelPackageArn",
    ]


def test_model_packages_may_be_kept_to_groups(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    make_trainer(runtime_overrides=RuntimeOverrides(source_model_package_arn=["chat"]))
    code = guard(stack, "Sft")
    assert evaluate(code, {"SourceModelPackageArn": f"{PACKAGE}/chat/3"}) == []
    assert len(evaluate(code, {"SourceModelPackageArn": f"{PACKAGE}/chat2/3"})) == 1
    assert f"{PACKAGE}/chat/*" in granted(stack)


def test_the_model_that_a_trainer_goes_on_from_need_not_be_listed(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    group = "arn:aws:sagemaker:us-west-2:123456789012:model-package-group/before"
    first = make_trainer(model_package_group=group)
    overrides = RuntimeOverrides(source_model_package_arn=["chat"])
    make_trainer(construct_id="More", model=first, runtime_overrides=overrides)
    code = guard(stack, "More")
    assert evaluate(code, {"SourceModelPackageArn": f"{PACKAGE}/before/1"}) == []
    assert evaluate(code, {"SourceModelPackageArn": f"{PACKAGE}/chat/1"}) == []
    assert len(evaluate(code, {"SourceModelPackageArn": f"{PACKAGE}/other/1"})) == 1


def test_own_instances_take_data_of_the_deployed_shape_only(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(hub="one technique", compute=COMPUTE)
    code = guard(stack, "Trainer")
    assert evaluate(code, {"TrainingDataset": "s3://other-bucket/x/train.jsonl"}) == []
    for other in ("s3://other-bucket/x/data.jsonl", "s3://other-bucket/x", "s3://train.jsonl"):
        (found,) = evaluate(code, {"TrainingDataset": other})
        assert "ends with /train.jsonl" in found
    refused = {"HyperParameters": {"max_epochs": 1}, "ValidationDataset": "s3://other-bucket/v"}
    assert len(evaluate(code, refused)) == 2


def problem_paths(construct: Callable[[], object]) -> list[str]:
    with pytest.raises(TrainerError) as raised:
        construct()
    assert all(problem.got is not None for problem in raised.value.problems)
    return [problem.path for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("members", "paths"),
    [
        ({"training_dataset": "s3://b/x"}, ["training_dataset"]),
        ({"training_dataset": ["https://b/x", 5]}, ["training_dataset[1]", "training_dataset[0]"]),
        ({"hyperparameters": ["max_epoch"]}, ["hyperparameters[0]"]),
        ({"hyperparameters": "none"}, ["hyperparameters"]),
        ({"source_model_package_arn": ["-"]}, ["source_model_package_arn[0]"]),
    ],
)
def test_wrong_overrides_are_refused_at_synthesis(
    make_trainer: TrainerMaker, members: dict[str, Any], paths: list[str]
) -> None:
    found = problem_paths(lambda: make_trainer(runtime_overrides=RuntimeOverrides(**members)))
    assert found == [f"runtime_overrides.{path}" for path in paths]


def test_own_instances_refuse_at_synthesis_what_the_recipe_could_not_follow(
    make_trainer: TrainerMaker,
) -> None:
    overrides = RuntimeOverrides(
        hyperparameters="all", source_model_package_arn="any", training_dataset=["s3://my-bucket"]
    )
    found = problem_paths(
        lambda: make_trainer(hub="one technique", compute=COMPUTE, runtime_overrides=overrides)
    )
    assert found == [
        "runtime_overrides.hyperparameters",
        "runtime_overrides.source_model_package_arn",
    ]


def test_all_that_is_wrong_is_told_at_once(make_trainer: TrainerMaker) -> None:
    wrong = RuntimeOverrides(training_dataset=["s3://team-data/*"], hyperparameters=["lr"])
    with pytest.raises(TrainerError) as raised:
        make_trainer(runtime_overrides=wrong)
    assert [problem.path for problem in raised.value.problems] == [
        "runtime_overrides.training_dataset[0]",
        "runtime_overrides.hyperparameters[0]",
    ]
