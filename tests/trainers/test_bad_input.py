"""What is refused, and how clearly: each error says where, what was got, and what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from constructs_trainers import Networking, OutputDataConfig, StoppingCondition, TrainerError
from tests.support.refusals import refusal
from tests.support.small_hub import MODEL, SPEC, TEMPLATE
from tests.support.trainers import TrainerMaker, one_technique

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("props", "path", "words"),
    [
        (
            {"hyperparameters": {"learning_rat": 1e-4}},
            "hyperparameters.learning_rat",
            "did you mean 'learning_rate'?",
        ),
        ({"hyperparameters": {"max_epochs": 0}}, "hyperparameters.max_epochs", "1 to 100"),
        ({"hyperparameters": {"max_epochs": 1.5}}, "hyperparameters.max_epochs", "whole number"),
        ({"hyperparameters": {"max_epochs": True}}, "hyperparameters.max_epochs", "whole number"),
        (
            {"hyperparameters": {"learning_rate": "1e-4"}},
            "hyperparameters.learning_rate",
            "without quotes",
        ),
        (
            {"hyperparameters": {"scheduler": "cosin"}},
            "hyperparameters.scheduler",
            "did you mean 'cosine'?",
        ),
        (
            {"hyperparameters": {"data_path": "s3://x"}},
            "hyperparameters.data_path",
            "training_dataset",
        ),
        (
            {"overrides": {"run": {"model_type": "other"}}},
            "overrides.run.model_type",
            "'model'",
        ),
        (
            {"overrides": {"training_config": {"optim": 5}}},
            "overrides.training_config.optim",
            "its keys: lr, betas",
        ),
        (
            {"overrides": {"training_config": {"optim": {"betas": [0.8, 0.9]}}}},
            "betas",
            "a list is not text",
        ),
        ({"recipe": "no-such.yaml"}, "no-such.yaml", "not found"),
        ({"recipe": "https://example.com/r.yaml"}, "recipe", "local file"),
        ({"recipe": "s3://bucket/r.yaml"}, "recipe", "local file"),
        ({"model": "tiny-modell"}, "model", "did you mean 'tiny-model'?"),
        (
            {"model": "no-such"},
            "model",
            "constructs-trainers hub pull --model no-such --region us-west-2",
        ),
        ({"model": ""}, "model", "must be known when the app is synthesized"),
        ({"model": "s3://bucket/checkpoint"}, "model", "checkpoint"),
        ({"sequence_length": "16K"}, "sequence_length", "4K, 8K"),
        ({"sequence_length": "4096"}, "sequence_length", "'4K'"),
        ({"training_type": "lora"}, "training_type", "LORA, FULL"),
        ({"training_dataset": None}, "training_dataset", "required"),
        ({"training_dataset": "https://b.s3.amazonaws.com/k"}, "training_dataset", "s3://b/k"),
        ({"validation_dataset": "s3:///key"}, "validation_dataset", "no bucket"),
        (
            {"training_dataset": "arn:aws:sagemaker:us-west-2:123456789012:hub/x"},
            "training_dataset",
            "hub-content",
        ),
        ({"role": "arn:aws:iam::12:role/x"}, "role", "12 digits"),
        ({"role": "arn:aws:iam::123456789012:user/x"}, "role", "role"),
        ({"base_job_name": "no spaces please"}, "base_job_name", "no-spaces-please"),
        ({"model_package_group": "bad_name"}, "model_package_group", "hyphens"),
        ({"mlflow_run_name": "run"}, "mlflow_run_name", "mlflow_resource_arn"),
        ({"mlflow_resource_arn": "arn:x"}, "mlflow_resource_arn", "mlflow"),
        ({"environment": {"A": "b"}}, "environment", "serverless"),
        ({"training_image": "image:1"}, "training_image", "serverless"),
        (
            {"networking": Networking(subnets=["subnet-1"])},
            "networking.security_group_ids",
            "go together",
        ),
        (
            {
                "networking": Networking(
                    subnets=["subnet-1"],
                    security_group_ids=["sg-1"],
                    enable_network_isolation=True,
                )
            },
            "networking.enable_network_isolation",
            "serverless",
        ),
        (
            {"output_data_config": OutputDataConfig(s3_output_path="out/")},
            "output_data_config.s3_output_path",
            "s3://",
        ),
        ({"s3_output_path": "out"}, "s3_output_path", "s3://"),
        (
            {"s3_output_path": "s3://out/x", "output_data_config": OutputDataConfig()},
            "s3_output_path",
            "together",
        ),
        ({"notifications": {"sns_topic": "x"}}, "notifications.sns_topic", "sns_topic_arn"),
        (
            {"stopping_condition": StoppingCondition(max_runtime_in_seconds=2_419_201)},
            "stopping_condition.max_runtime_in_seconds",
            "2419200",
        ),
        (
            {
                "stopping_condition": StoppingCondition(
                    max_runtime_in_seconds=100, max_wait_time_in_seconds=50
                )
            },
            "stopping_condition.max_wait_time_in_seconds",
            "100",
        ),
        ({"tags": {f"key{n}": "value" for n in range(48)}}, "tags", "47"),
        ({"tags": {"aws:mine": "value"}}, "tags[0].Key", "aws:"),
        ({"tags": ["team"]}, "tags[0]", "Key"),
    ],
)
def test_a_wrong_prop_is_refused_with_its_place_and_the_way_out(
    make_trainer: TrainerMaker, props: dict[str, Any], path: str, words: str
) -> None:
    error = refusal(make_trainer, **props)
    assert {problem.path for problem in error.problems} == {path}
    assert words in str(error)
    assert str(error).startswith("Stack/Sft (SFTTrainer): ")


def test_all_problems_come_in_one_error(make_trainer: TrainerMaker) -> None:
    error = refusal(
        make_trainer,
        hyperparameters={"max_epochs": 0, "learning_rte": 1},
        overrides={"training_config": {"scheduler": 5}},
        training_dataset="nowhere",
        base_job_name="?",
        tags=5,
        stopping_condition=StoppingCondition(max_runtime_in_seconds=-1),
    )
    assert {problem.path for problem in error.problems} == {
        "stopping_condition.max_runtime_in_seconds",
        "hyperparameters.max_epochs",
        "hyperparameters.learning_rte",
        "overrides.training_config.scheduler",
        "training_dataset",
        "base_job_name",
        "tags",
    }


@pytest.mark.parametrize(
    ("prop", "value", "allowed"),
    [
        ("model", 5, "text"),
        ("training_dataset", ["s3://amzn-s3-demo-bucket/a"], "S3DataSource"),
        ("training_type", None, "TrainingType"),
        ("output_data_config", "s3://amzn-s3-demo-bucket/out", "OutputDataConfig"),
        ("networking", {"subnets": ["subnet-1"]}, "Networking"),
        ("stopping_condition", {"max_runtime_in_seconds": 1}, "StoppingCondition"),
        ("hyperparameters", ["learning_rate"], "mapping"),
        ("overrides", "learning_rate=1", "mapping"),
        ("recipe", 5, "path"),
        ("accept_eula", "yes", "True or False"),
        ("role", 5, "IRole"),
        ("model_package_group", 5, "CfnModelPackageGroup"),
        ("base_job_name", b"bytes", "text"),
    ],
)
def test_a_prop_of_the_wrong_type_is_refused_with_all_others(
    make_trainer: TrainerMaker, prop: str, value: object, allowed: str
) -> None:
    error = refusal(make_trainer, **{prop: value, "tags": 5})
    assert [problem.path for problem in error.problems] == [prop, "tags"]
    assert allowed in str(error)


def test_a_recipe_may_be_a_path(make_trainer: TrainerMaker, tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text("training_config:\n  epochs: 2\n")
    request = make_trainer(recipe=file).training_job_request
    assert request["HyperParameters"]["max_epochs"] == "2"


def test_a_gated_model_needs_its_licence_accepted(make_trainer: TrainerMaker) -> None:
    error = refusal(make_trainer, hub="small, gated")
    assert [problem.path for problem in error.problems] == ["accept_eula"]
    assert "accept_eula=True" in str(error)
    make_trainer(hub="small, gated", accept_eula=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- a\n- b\n", "must be a YAML mapping"),
        ("training_config: [unclosed\n", "not valid YAML"),
        ("", "an empty file"),
        ("training_config:\n  max_lenn: 5\n", "did you mean 'training_config.max_len'?"),
    ],
)
def test_a_recipe_file_is_refused_with_its_line(
    make_trainer: TrainerMaker, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(text)
    assert words in str(refusal(make_trainer, recipe=str(file)))


def test_a_value_in_a_recipe_file_is_refused_with_file_and_line(
    make_trainer: TrainerMaker, tmp_path: Path
) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text("training_config:\n  # too fast\n  optim:\n    lr: 7\n")
    error = refusal(make_trainer, recipe=str(file))
    assert [problem.origin for problem in error.problems] == ["recipe.yaml:4"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "unknown version"),
        ('{"LockVersion": 2}', "unknown version"),
        ('{"LockVersion": 1}', "'Regions' is missing"),
    ],
)
def test_a_lock_that_cannot_be_read_is_refused(
    make_trainer: TrainerMaker, tmp_path: Path, text: str, words: str
) -> None:
    lock = tmp_path / "recipes.lock.json"
    lock.write_text(text)
    assert words in str(refusal(make_trainer, recipe_lock=str(lock)))


def test_a_missing_lock_names_the_command_that_writes_it(
    make_trainer: TrainerMaker, tmp_path: Path
) -> None:
    error = refusal(make_trainer, recipe_lock=str(tmp_path / "no.lock.json"))
    assert "constructs-trainers hub pull" in str(error)


def test_nothing_of_a_refused_trainer_stays_in_the_stack(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    refusal(make_trainer, hyperparameters={"nope": 1})
    assert stack.node.children == []
    make_trainer()  # under the same id


def test_exclusive_members_of_the_output_are_refused(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "amzn-s3-demo-bucket")
    config = OutputDataConfig(s3_output_path="s3://amzn-s3-demo-bucket/out", bucket=bucket)
    error = refusal(make_trainer, output_data_config=config)
    assert [problem.path for problem in error.problems] == ["output_data_config.bucket"]


def test_the_model_of_a_model_package_must_be_named(make_trainer: TrainerMaker) -> None:
    package = "arn:aws:sagemaker:us-west-2:123456789012:model-package/group/1"
    assert "base_model_name" in str(refusal(make_trainer, model=package))
    trainer = make_trainer(model=package, base_model_name=MODEL)
    assert trainer.training_job_request["ModelPackageConfig"] == {
        "ModelPackageGroupArn": package.replace("package/group/1", "package-group/group"),
        "SourceModelPackageArn": package,
    }


def test_a_request_fits_into_what_states_hand_on(make_trainer: TrainerMaker) -> None:
    many = {f"text_{index}": {"type": "string", "default": "é" * 2500} for index in range(90)}
    template = {**TEMPLATE, "more": {name: f"{{{{{name}}}}}" for name in many}}
    with pytest.raises(TrainerError, match=r"hyperparameters: make the request larger") as raised:
        make_trainer(hub=one_technique(template=template, spec={**SPEC, **many}))
    assert raised.value.problems[0].allowed == "240,000 bytes"
