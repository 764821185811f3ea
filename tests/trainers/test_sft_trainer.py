"""What an SFT trainer makes of its props."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from constructs_trainers import (
    Networking,
    NoRecipeError,
    OutputDataConfig,
    StoppingCondition,
    TrainingType,
    testing,
)
from tests.support.role_policies import documents_of, statements_of
from tests.support.small_hub import small_hub
from tests.support.templates import template_of
from tests.support.trainers import Hub, TrainerMaker

ROLE = "arn:aws:iam::123456789012:role/Training"


def resources(template: dict[str, Any], type_name: str) -> dict[str, Any]:
    """A trainer's own resources of a type: the stack's stopper has tests of its own."""
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == type_name and not name.startswith("ConstructsTrainersStopper")
    }


def test_the_template_holds_the_request_that_the_trainer_shows(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    trainer = make_trainer(hyperparameters={"learning_rate": 2e-5}, tags={"team": "nlp"})
    request = trainer.training_job_request
    assert testing.request(template_of(stack), "Sft") == stack.resolve(request)
    assert request["HyperParameters"] == {
        "name": "tiny",
        "learning_rate": "2e-05",
        "max_epochs": "5",
        "scheduler": "cosine",
    }
    assert "TrainingJobName" not in request


def test_the_definition_is_an_object(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    make_trainer()
    (machine,) = resources(template_of(stack), "AWS::StepFunctions::StateMachine").values()
    assert isinstance(machine["Properties"]["Definition"], dict)
    assert "DefinitionString" not in machine["Properties"]


def test_the_shown_request_is_a_copy(make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    trainer.training_job_request["HyperParameters"].clear()
    assert trainer.training_job_request["HyperParameters"]


def test_full_fine_tuning_sends_no_peft(make_trainer: TrainerMaker) -> None:
    config = make_trainer(training_type=TrainingType.FULL).training_job_request[
        "ServerlessJobConfig"
    ]
    assert "Peft" not in config


def test_the_sequence_length_is_sent_when_it_is_given(make_trainer: TrainerMaker) -> None:
    assert (
        make_trainer(sequence_length="8K").training_job_request["ServerlessJobConfig"][
            "SequenceLength"
        ]
        == "8K"
    )


def test_get_resolved_recipe_needs_a_layer(make_trainer: TrainerMaker) -> None:
    with pytest.raises(NoRecipeError, match="requires a 'recipe', 'overrides'"):
        make_trainer().get_resolved_recipe()


def test_get_resolved_recipe_shows_all_layers_and_is_a_copy(
    make_trainer: TrainerMaker,
) -> None:
    trainer = make_trainer(overrides={"learning_rate": 1e-5}, hyperparameters={"max_epochs": 2})
    recipe = trainer.get_resolved_recipe()
    training: Any = recipe["training_config"]
    assert (training["optim"]["lr"], training["epochs"]) == (1e-5, 2)
    training.clear()
    assert trainer.get_resolved_recipe()["training_config"]


def test_trainers_of_a_stack_share_one_output_bucket(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(construct_id="One")
    make_trainer(construct_id="Two")
    (bucket,) = resources(template_of(stack), "AWS::S3::Bucket").values()
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["Properties"]["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True


def test_nothing_is_made_that_was_given(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    make_trainer(
        role=ROLE,
        model_package_group="my-group",
        output_data_config=OutputDataConfig(s3_output_path="s3://amzn-s3-demo-bucket/out"),
    )
    template = template_of(stack)
    assert resources(template, "AWS::S3::Bucket") == {}
    assert resources(template, "AWS::SageMaker::ModelPackageGroup") == {}
    assert list(resources(template, "AWS::IAM::Role")) == ["SftStateMachineRoleF8F66F49"]
    assert testing.request(template, "Sft")["RoleArn"] == ROLE


def test_an_imported_role_is_used_as_it_is_and_told_what_it_needs(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(role=ROLE)
    assert list(resources(template_of(stack), "AWS::IAM::Policy")) == ["SftStopperPolicy5C4C324E"]
    infos = assertions.Annotations.from_stack(stack).find_info(
        "*", assertions.Match.string_like_regexp("must trust sagemaker.amazonaws.com")
    )
    assert len(infos) == 1


def test_a_role_of_the_app_gets_what_the_job_needs(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    principal = iam.ServicePrincipal("sagemaker.amazonaws.com")
    make_trainer(role=iam.Role(stack, "Mine", assumed_by=principal))
    (policy,) = documents_of(template_of(stack), "Mine")
    assert "s3:GetObject" in json.dumps(policy)


def test_a_bucket_and_a_key_of_the_app_can_be_the_output(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Mine")
    make_trainer(output_data_config=OutputDataConfig(bucket=bucket, prefix="a/b", kms_key=key))
    output = testing.request(template_of(stack), "Sft")["OutputDataConfig"]
    assert output["KmsKeyId"]["Fn::GetAtt"][1] == "Arn"
    assert output["S3OutputPath"]["Fn::Join"][1][-1] == "/a/b"


def test_the_state_machine_may_do_what_it_calls_and_no_more(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(base_job_name="My_Job", role=ROLE)
    statements = statements_of(template_of(stack), "SftStateMachineRole")
    own = [s for s in statements if "logs:" not in str(s["Action"]) and "xray" not in str(s)]
    assert own == [
        {
            "Effect": "Allow",
            "Action": [
                "sagemaker:CreateTrainingJob",
                "sagemaker:DescribeTrainingJob",
                "sagemaker:AddTags",
            ],
            "Resource": [
                "arn:aws:sagemaker:us-west-2:123456789012:training-job/my-job-????????????-?",
                "arn:aws:sagemaker:us-west-2:123456789012:training-job/my-job-????????????-??",
            ],
        },
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": ROLE,
            "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        },
    ]


def test_the_machine_logs_where_no_resource_policy_is_needed_and_traces(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer()
    template = template_of(stack)
    (group,) = resources(template, "AWS::Logs::LogGroup").values()
    assert group["Properties"]["LogGroupName"].startswith("/aws/vendedlogs/states/")
    assert group["Properties"]["RetentionInDays"] == 90
    (machine,) = resources(template, "AWS::StepFunctions::StateMachine").values()
    assert machine["Properties"]["TracingConfiguration"] == {"Enabled": True}


def test_a_vpc_reaches_the_request_and_the_role(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(networking=Networking(subnets=["subnet-1"], security_group_ids=["sg-1"]))
    template = template_of(stack)
    assert testing.request(template, "Sft")["VpcConfig"] == {
        "SecurityGroupIds": ["sg-1"],
        "Subnets": ["subnet-1"],
    }
    assert "ec2:CreateNetworkInterface" in json.dumps(template)


def test_the_longest_job_is_looked_at_less_often(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(stopping_condition=StoppingCondition(max_runtime_in_seconds=2_419_200))
    wait = testing.definition(template_of(stack), "Sft")["States"]["WaitForTrainingJob"]
    assert wait["Seconds"] >= 871


def test_a_trainer_grants_and_measures(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    trainer = make_trainer()
    user = iam.Role(stack, "User", assumed_by=iam.AccountRootPrincipal())
    trainer.grant_start_execution(user).assert_success()
    s3.Bucket(stack, "Extra").grant_read(trainer)
    names = {
        trainer.metric_started().metric_name,
        trainer.metric_succeeded().metric_name,
        trainer.metric_failed(period=cdk.Duration.minutes(1)).metric_name,
        trainer.metric_aborted().metric_name,
        trainer.metric_timed_out().metric_name,
        trainer.metric_throttled().metric_name,
        trainer.metric_time().metric_name,
    }
    assert len(names) == 7
    assert "states:StartExecution" in json.dumps(template_of(stack))


def test_a_stack_without_a_region_gets_the_model_of_wherever_it_is_deployed(
    feature_flags: dict[str, Any], make_trainer: TrainerMaker
) -> None:
    stack = cdk.Stack(cdk.App(context=feature_flags), "Stack")
    make_trainer(scope=stack)
    arn = testing.request(template_of(stack), "Sft")["ServerlessJobConfig"]["BaseModelArn"]
    assert {"Ref": "AWS::Region"} in arn["Fn::Join"][1]
    assert {"Ref": "AWS::Partition"} in arn["Fn::Join"][1]


def test_aspects_see_the_definition(make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    resource: Any = trainer.state_machine.node.default_child
    assert resource.definition["QueryLanguage"] == "JSONata"


def test_the_metadata_says_where_each_changed_value_was_written(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    trainer = make_trainer(hyperparameters={"learning_rate": 1e-5})
    (machine,) = resources(template_of(stack), "AWS::StepFunctions::StateMachine").values()
    metadata = machine["Metadata"]["constructs-trainers:recipe"]
    assert metadata["RecipeDigest"] == trainer.training_job_request["Tags"][-1]["Value"]
    assert metadata["Changed"] == {
        "learning_rate": {
            "Path": "training_config.optim.lr",
            "HubDefault": 0.0001,
            "Origin": "hyperparameters",
        }
    }


def test_an_execution_may_not_override_what_a_layer_may_not(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    documents, objects = small_hub()
    objects["s3://hub/spec.json"] = {
        **objects["s3://hub/spec.json"],
        "model_name_or_path": {"type": "string", "default": "tiny"},
    }
    make_trainer(hub=Hub(documents=documents, objects=objects, construct_id="Sft"))
    template = template_of(stack)
    assert testing.request(template, "Sft")["HyperParameters"]["model_name_or_path"] == "tiny"
    assigned = testing.definition(template, "Sft")["States"]["PrepareRequest"]["Assign"]
    assert "max_epochs" in assigned["violations"]
    assert "model_name_or_path" not in assigned["violations"]
