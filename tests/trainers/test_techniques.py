"""What each technique adds: rewards, judges, data mixing, and going on from another trainer."""

from __future__ import annotations

import copy
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from constructs_trainers import DataMixingConfig, TrainerError, TrainingJobCompute, testing
from tests.support.role_policies import statements_of
from tests.support.small_hub import MODEL, SPEC, small_hub
from tests.support.templates import template_of
from tests.support.trainers import Hub, TrainerMaker

LAMBDA = "arn:aws:lambda:us-west-2:123456789012:function:reward"
EVALUATOR = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/h/JsonDoc/ev/0.0.1"
PRESETS = ["/opt/prompts/summarize.jinja", "/opt/prompts/helpfulness.jinja"]
REWARDS = {
    "judge_model_id": {"type": "string", "default": "bedrock/openai.gpt-oss-20b-1:0"},
    "judge_prompt_template": {"type": "string", "default": PRESETS[0], "enum": PRESETS},
    "preset_reward_function": {"type": "string", "default": "", "enum": ["", "prime_math"]},
}


def hub_with_rewards() -> Hub:
    """A hub whose model has recipes with rewards, for every technique."""
    documents, objects = small_hub()
    (first, *_) = documents[MODEL]["RecipeCollection"]
    first["SmtjImageUri"] = "111122223333.dkr.ecr.us-west-2.amazonaws.com/tiny:1"
    documents[MODEL]["RecipeCollection"] = [
        {**first, "Name": f"tiny-{name}", "CustomizationTechnique": name}
        | {"SmtjOverrideParamsS3Uri": "s3://hub/rewards.json"}
        for name in ("SFT", "DPO", "RLVR", "RLAIF")
    ]
    objects["s3://hub/rewards.json"] = copy.deepcopy(SPEC) | REWARDS
    return Hub(documents=documents, objects=objects)


HUB = hub_with_rewards()


@pytest.mark.parametrize("technique", ["SFT", "DPO", "RLAIF"])
def test_each_trainer_asks_for_its_technique(make_trainer: TrainerMaker, technique: str) -> None:
    config = make_trainer(technique, hub=HUB).training_job_request["ServerlessJobConfig"]
    assert config["CustomizationTechnique"] == technique


def test_an_unknown_prop_names_the_nearest(make_trainer: TrainerMaker) -> None:
    with pytest.raises(TypeError, match=r"DPOTrainer: unknown prop 'overides'; did you mean"):
        make_trainer("DPO", hub=HUB, overides={})


class TestRewards:
    def test_an_evaluator_is_named_in_the_request(self, make_trainer: TrainerMaker) -> None:
        trainer = make_trainer("RLVR", hub=HUB, custom_reward_function=EVALUATOR)
        assert trainer.training_job_request["ServerlessJobConfig"]["EvaluatorArn"] == EVALUATOR

    def test_a_preset_is_signal_enough(self, make_trainer: TrainerMaker) -> None:
        trainer = make_trainer(
            "RLVR", hub=HUB, hyperparameters={"preset_reward_function": "prime_math"}
        )
        request = trainer.training_job_request
        assert request["HyperParameters"]["preset_reward_function"] == "prime_math"
        assert "EvaluatorArn" not in request["ServerlessJobConfig"]

    def test_no_signal_is_refused(self, make_trainer: TrainerMaker) -> None:
        with pytest.raises(TrainerError, match="RLVR needs something that scores answers"):
            make_trainer("RLVR", hub=HUB)

    @pytest.mark.parametrize("value", ["reward", "arn:aws:s3:::bucket", 5])
    def test_what_is_no_function_is_refused(
        self, make_trainer: TrainerMaker, value: object
    ) -> None:
        with pytest.raises(TrainerError, match="custom_reward_function") as error:
            make_trainer("RLVR", hub=HUB, custom_reward_function=value)
        assert {p.path for p in error.value.problems} == {"custom_reward_function"}

    def test_a_lambda_is_registered_before_the_job(
        self, make_trainer: TrainerMaker, stack: cdk.Stack
    ) -> None:
        trainer = make_trainer("RLVR", hub=HUB, custom_reward_function=LAMBDA)
        arn = trainer.training_job_request["ServerlessJobConfig"]["EvaluatorArn"]
        states = testing.definition(template_of(stack), "Trainer")["States"]
        assert states["IsInputValid"]["Choices"][0]["Next"] == "DescribeRegistry"
        content = states["ImportRewardFunction"]["Arguments"]
        assert f"/JsonDoc/{content['HubContentName']}/{content['HubContentVersion']}" in arn
        assert LAMBDA in content["HubContentDocument"]

    def test_a_function_of_the_app_may_be_called_by_the_job(
        self, make_trainer: TrainerMaker, stack: cdk.Stack
    ) -> None:
        function = lambda_.Function(
            stack,
            "Reward",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
        )
        make_trainer("RLVR", hub=HUB, custom_reward_function=function)
        allowed = statements_of(template_of(stack), "TrainerRole")
        (invoke,) = (s for s in allowed if s["Action"] == "lambda:InvokeFunction")
        assert invoke["Resource"] == stack.resolve(function.function_arn)

    def test_on_own_instances_a_recipe_without_a_place_for_it_is_refused(
        self, make_trainer: TrainerMaker
    ) -> None:
        with pytest.raises(TrainerError, match="no place for it"):
            make_trainer(
                "RLVR",
                hub=HUB,
                custom_reward_function=LAMBDA,
                compute=TrainingJobCompute(instance_type="ml.p5.48xlarge"),
            )


class TestJudges:
    def test_judge_and_prompt_are_hyperparameters(self, make_trainer: TrainerMaker) -> None:
        trainer = make_trainer(
            "RLAIF",
            hub=HUB,
            reward_model_id="qwen.qwen3-32b-v1:0",
            reward_prompt="Builtin.Helpfulness",
        )
        sent = trainer.training_job_request["HyperParameters"]
        assert sent["judge_model_id"] == "bedrock/qwen.qwen3-32b-v1:0"
        assert sent["judge_prompt_template"] == PRESETS[1]

    def test_a_registered_prompt_takes_the_place_of_a_preset(
        self, make_trainer: TrainerMaker
    ) -> None:
        request = make_trainer("RLAIF", hub=HUB, reward_prompt=EVALUATOR).training_job_request
        assert request["ServerlessJobConfig"]["EvaluatorArn"] == EVALUATOR
        assert "judge_prompt_template" not in request["HyperParameters"]

    @pytest.mark.parametrize(
        ("props", "path", "words"),
        [
            ({"reward_model_id": "gpt-5"}, "reward_model_id", "openai.gpt-oss-120b-1:0"),
            ({"reward_prompt": "sumarize"}, "reward_prompt", "did you mean 'summarize'?"),
            ({"reward_prompt": "arn:aws:s3:::bucket"}, "reward_prompt", "JsonDoc"),
            (
                {"compute": TrainingJobCompute(instance_type="ml.p5.48xlarge")},
                "compute",
                "serverless jobs only",
            ),
        ],
    )
    def test_what_no_judge_can_do_is_refused(
        self, make_trainer: TrainerMaker, props: dict[str, Any], path: str, words: str
    ) -> None:
        with pytest.raises(TrainerError) as error:
            make_trainer("RLAIF", hub=HUB, **props)
        assert {problem.path for problem in error.value.problems} == {path}
        assert words in str(error.value)


def test_data_mixing_is_for_nova(make_trainer: TrainerMaker) -> None:
    mix = DataMixingConfig(customer_data_percent=70, nova_data_percentages={"code": 100})
    with pytest.raises(TrainerError, match="data mixing is for Nova models only"):
        make_trainer("SFT", hub=HUB, data_mixing_config=mix)


class TestChains:
    def test_each_execution_names_the_model_package(
        self, make_trainer: TrainerMaker, stack: cdk.Stack
    ) -> None:
        first = make_trainer("SFT", hub=HUB, construct_id="First")
        second = make_trainer("DPO", hub=HUB, construct_id="Second", model=first)
        request = second.training_job_request
        assert request["ModelPackageConfig"] == first.training_job_request["ModelPackageConfig"]
        definition = testing.definition(template_of(stack), "Second")
        violations = definition["States"]["PrepareRequest"]["Assign"]["violations"]
        assert "SourceModelPackageArn: is required" in violations

    def test_own_instances_cannot_go_on_from_a_trainer(self, make_trainer: TrainerMaker) -> None:
        first = make_trainer("SFT", hub=HUB, construct_id="First")
        with pytest.raises(TrainerError, match="cannot start from another trainer's model"):
            make_trainer(
                "DPO",
                hub=HUB,
                construct_id="Second",
                model=first,
                compute=TrainingJobCompute(instance_type="ml.p5.48xlarge"),
            )

    def test_a_trainer_that_registers_no_model_has_none_to_go_on_from(
        self, make_trainer: TrainerMaker
    ) -> None:
        compute = TrainingJobCompute(instance_type="ml.p5.48xlarge")
        image = "123456789012.dkr.ecr.us-west-2.amazonaws.com/own/image:1"
        first = make_trainer(
            "SFT", hub=HUB, construct_id="First", compute=compute, training_image=image
        )
        message = r"jobs register no model package(?s:.)*give that trainer a model_package_group"
        with pytest.raises(TrainerError, match=message):
            make_trainer("DPO", hub=HUB, construct_id="Second", model=first)

    def test_a_base_model_beside_a_trainer_has_no_effect_and_is_refused(
        self, make_trainer: TrainerMaker
    ) -> None:
        first = make_trainer("SFT", hub=HUB, construct_id="First")
        with pytest.raises(TrainerError, match="base_model_name"):
            make_trainer("DPO", hub=HUB, construct_id="Second", model=first, base_model_name=MODEL)
