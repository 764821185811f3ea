"""Both ways: the roles of trainers hold all that their requests need, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk.aws_sagemaker import CfnModelPackageGroup

import constructs_trainers as ct
from constructs_trainers.jobs.evaluator_names import evaluator_name, hub_name
from constructs_trainers.jobs.permissions import JOB_ROLE, MACHINE_ROLE
from constructs_trainers.jobs.policy_statements import PermittedJob
from constructs_trainers.trainers.surroundings import surroundings_of
from tests.support.hub_locks import lock_document, write_lock
from tests.support.many_techniques import MODEL, hub_of_all_techniques
from tests.support.role_policies import plain
from tests.support.trainers_in import differences

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ACCOUNT, OTHER_ACCOUNT = "123456789012", "210987654321"
SAGEMAKER = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}"
DATA = "s3://amzn-s3-demo-bucket/data/train.jsonl"
FUNCTION = f"arn:aws:lambda:us-west-2:{ACCOUNT}:function:rf"
EVALUATOR = f"{SAGEMAKER}:hub-content/Registry/JsonDoc/scores/1.0.0"
IMAGE = "123456789012.dkr.ecr.us-west-2.amazonaws.com/own/image:1"
VPC = ct.Networking(subnets=["subnet-1"], security_group_ids=["sg-1"])


@pytest.fixture
def make(stack: cdk.Stack, tmp_path: Path) -> Callable[..., Any]:
    """Makes a trainer; the first argument is its class."""
    lock = write_lock(lock_document(*hub_of_all_techniques()), tmp_path / "recipes.lock.json")

    def trainer(kind: str = "SFTTrainer", construct_id: str = "Trainer", **props: Any) -> Any:  # noqa: ANN401 - props
        given = {"model": MODEL, "training_dataset": DATA, "recipe_lock": lock, **props}
        return getattr(ct, kind)(stack, construct_id, **given)

    return trainer


def own_instances(**members: Any) -> ct.TrainingJobCompute:  # noqa: ANN401 - members
    return ct.TrainingJobCompute(**{"instance_type": "ml.p5.48xlarge", **members})


SERVERLESS: dict[str, dict[str, Any]] = {
    "least": {},
    "two data sets": {
        "validation_dataset": f"{SAGEMAKER}:hub-content/Registry/DataSet/held-out/1.0.0",
    },
    "a data set without a version": {
        "training_dataset": f"{SAGEMAKER}:hub-content/Registry/DataSet/all",
    },
    "a whole bucket": {"training_dataset": "s3://amzn-s3-demo-bucket"},
    "a manifest": {
        "training_dataset": ct.S3DataSource(s3_uri=f"{DATA}.manifest", s3_data_type="ManifestFile")
    },
    "an augmented manifest": {
        "training_dataset": ct.S3DataSource(
            s3_uri=f"{DATA}.manifest",
            s3_data_type="AugmentedManifestFile",
            attribute_names=["source-ref"],
        )
    },
    "an output with a key": {
        "output_data_config": ct.OutputDataConfig(
            s3_output_path="s3://amzn-s3-demo-bucket/models",
            kms_key_id="11111111-2222-3333-4444-555555555555",
        )
    },
    "a key by alias": {"kms_key_id": "alias/models", "s3_output_path": "s3://amzn-s3-demo-bucket"},
    "another account's key by alias": {
        "kms_key_id": f"arn:aws:kms:us-west-2:{OTHER_ACCOUNT}:alias/models",
        "s3_output_path": "s3://amzn-s3-demo-bucket/",
    },
    "tracking": {"mlflow_resource_arn": f"{SAGEMAKER}:mlflow-app/app-1"},
    "a network": {"networking": VPC},
    "another account's group": {
        "model_package_group": f"arn:aws:sagemaker:us-west-2:{OTHER_ACCOUNT}:model-package-group/g"
    },
    "a named group": {"model_package_group": "chat-models"},
    "a model package": {
        "model": f"{SAGEMAKER}:model-package/chat-models/3",
        "base_model_name": MODEL,
    },
    "tags": {"tags": {"team": "nlp"}},
}
OWN_INSTANCES: dict[str, dict[str, Any]] = {
    "least": {},
    "all settings": {
        "compute": own_instances(
            volume_kms_key_id="alias/volumes",
            enable_managed_spot_training=True,
        ),
        "stopping_condition": ct.StoppingCondition(
            max_runtime_in_seconds=600, max_wait_time_in_seconds=900
        ),
        "networking": ct.Networking(
            subnets=["subnet-1"], security_group_ids=["sg-1"], enable_network_isolation=False
        ),
        "model_package_group": "chat-models",
        "kms_key_id": f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1",
        "s3_output_path": "s3://amzn-s3-demo-bucket/out",
        "environment": {"A": "b"},
        "checkpoint_config": ct.CheckpointConfig(s3_uri="s3://amzn-s3-demo-bucket/checkpoints"),
        "retry_strategy": ct.RetryStrategy(maximum_retry_attempts=2),
        "infra_check_config": ct.InfraCheckConfig(),
        "remote_debug_config": ct.RemoteDebugConfig(),
        "session_chaining_config": ct.SessionChainingConfig(),
        "debug_hook_config": ct.DebugHookConfig(s3_output_path="s3://amzn-s3-demo-bucket/debug"),
        "debug_rule_configurations": [
            ct.RuleConfiguration(
                rule_configuration_name="rule",
                rule_evaluator_image=IMAGE,
                s3_output_path="s3://amzn-s3-demo-bucket/rules",
            )
        ],
        "tensor_board_output_config": ct.TensorBoardOutputConfig(
            s3_output_path="s3://amzn-s3-demo-bucket/board"
        ),
        "profiler_config": ct.ProfilerConfig(s3_output_path="s3://amzn-s3-demo-bucket/profile"),
        "profiler_rule_configurations": [
            ct.RuleConfiguration(
                rule_configuration_name="rule",
                rule_evaluator_image=IMAGE,
                s3_output_path="s3://amzn-s3-demo-bucket/profile-rules",
            )
        ],
        "experiment_config": ct.ExperimentConfig(experiment_name="e"),
    },
    "a training plan": {
        "compute": own_instances(training_plan_arn=f"{SAGEMAKER}:training-plan/plan")
    },
    "plans for preferences": {
        "compute": ct.TrainingJobCompute(
            instance_count=1,
            instance_preferences=[
                ct.InstancePreference(
                    instance_type="ml.p5.48xlarge",
                    training_plan_arns=[f"{SAGEMAKER}:training-plan/other"],
                )
            ],
        )
    },
    "EFS": {
        "networking": VPC,
        "training_dataset": ct.FileSystemDataSource(
            file_system_type="EFS", directory_path="/data", file_system_id="fs-01234567890123456"
        ),
        "input_data_config": [
            ct.Channel(
                channel_name="scratch",
                data_source=ct.FileSystemDataSource(
                    file_system_type="EFS",
                    directory_path="/scratch",
                    file_system_id="fs-01234567890123457",
                    file_system_access_mode="rw",
                ),
            )
        ],
    },
    "FSx": {
        "networking": VPC,
        "training_dataset": ct.FileSystemDataSource(
            file_system_type="FSxLustre",
            directory_path="/m/d",
            file_system_id="fs-0123456789abcdef0",
        ),
    },
    "a checkpoint to go on from": {
        "model": "s3://amzn-s3-demo-bucket/before",
        "base_model_name": MODEL,
    },
}


@pytest.mark.parametrize("props", SERVERLESS.values(), ids=SERVERLESS)
@pytest.mark.parametrize("kind", ["SFTTrainer", "DPOTrainer"])
def test_serverless_jobs(
    make: Callable[..., Any], stack: cdk.Stack, kind: str, props: dict[str, Any]
) -> None:
    make(kind, **props)
    assert differences(stack) == []


@pytest.mark.parametrize("props", OWN_INSTANCES.values(), ids=OWN_INSTANCES)
def test_jobs_on_own_instances(
    make: Callable[..., Any], stack: cdk.Stack, props: dict[str, Any]
) -> None:
    make(**{"compute": own_instances(), "training_image": IMAGE, **props})
    assert differences(stack) == []


def test_a_reward_function_is_called_and_registered(
    make: Callable[..., Any], stack: cdk.Stack
) -> None:
    make("RLVRTrainer", custom_reward_function=FUNCTION)
    hub = hub_name("us-west-2", ACCOUNT)
    content = f"{SAGEMAKER}:hub-content/{hub}/JsonDoc/{evaluator_name(FUNCTION)}/*"
    registry = (f"{SAGEMAKER}:hub/{hub}", content)
    assert differences(stack, reward_function=FUNCTION, registry=registry) == []


def test_a_reward_function_of_the_app_is_named_by_its_reference(
    make: Callable[..., Any], stack: cdk.Stack
) -> None:
    function = lambda_.Function(
        stack,
        "Rewards",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
    )
    make("RLVRTrainer", custom_reward_function=function)
    hub = hub_name("us-west-2", ACCOUNT)
    content = f"{SAGEMAKER}:hub-content/{hub}/JsonDoc/rlvr-reward-*/*"
    registry = (f"{SAGEMAKER}:hub/{hub}", content)
    arn = plain(stack.resolve(function.function_arn))
    assert differences(stack, reward_function=arn, registry=registry) == []


def test_an_evaluator_is_described_and_nothing_is_registered(
    make: Callable[..., Any], stack: cdk.Stack
) -> None:
    make("RLVRTrainer", custom_reward_function=EVALUATOR)
    assert differences(stack) == []


def test_own_instances_call_a_reward_function_themselves(
    make: Callable[..., Any], stack: cdk.Stack
) -> None:
    make(
        "RLVRTrainer",
        custom_reward_function=FUNCTION,
        compute=own_instances(),
        training_image=IMAGE,
    )
    assert differences(stack, reward_function=FUNCTION) == []


@pytest.mark.parametrize(
    "props",
    [
        {},
        {"reward_model_id": "qwen.qwen3-32b-v1:0"},
        {"reward_prompt": EVALUATOR},
    ],
)
def test_a_judge_is_called(
    make: Callable[..., Any], stack: cdk.Stack, props: dict[str, Any]
) -> None:
    make("RLAIFTrainer", **props)
    assert differences(stack) == []


def test_keys_of_the_app_are_used_for_what_they_encrypt_only(
    make: Callable[..., Any], stack: cdk.Stack
) -> None:
    def bucket(construct_id: str) -> s3.Bucket:
        return s3.Bucket(stack, construct_id, encryption=s3.BucketEncryption.KMS)

    make(
        compute=own_instances(volume_kms_key=kms.Key(stack, "Volumes")),
        training_image=IMAGE,
        training_dataset=ct.S3DataSource(bucket=bucket("Data"), prefix="train/"),
        output_data_config=ct.OutputDataConfig(
            bucket=bucket("Models"), prefix="a/b", kms_key=kms.Key(stack, "Output")
        ),
        checkpoint_config=ct.CheckpointConfig(bucket=bucket("Checkpoints")),
    )
    assert differences(stack) == []


def test_a_vpc_and_a_group_of_the_app(make: Callable[..., Any], stack: cdk.Stack) -> None:
    group = CfnModelPackageGroup(stack, "Group", model_package_group_name="chat-models")
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
    make(networking=ct.Networking(vpc=vpc), model_package_group=group)
    assert differences(stack) == []


def test_a_private_hub_is_described_in_its_own_account(
    make: Callable[..., Any], stack: cdk.Stack, tmp_path: Path
) -> None:
    document = lock_document(*hub_of_all_techniques())
    entry = document["Regions"]["us-west-2"]["Models"][MODEL]
    entry["HubName"] = "OurHub"
    entry["HubContentArn"] = f"{SAGEMAKER}:hub-content/OurHub/Model/{MODEL}/2.0.0"
    trainer = make(recipe_lock=write_lock(document, tmp_path / "private.lock.json"))
    arn = trainer.training_job_request["ServerlessJobConfig"]["BaseModelArn"]
    assert "OurHub" in arn
    assert differences(stack) == []


def test_a_chained_trainer_reads_what_the_other_one_wrote(
    make: Callable[..., Any], feature_flags: dict[str, Any]
) -> None:
    app = cdk.App(context=feature_flags)
    first = cdk.Stack(app, "First", env=cdk.Environment(account=ACCOUNT, region="us-west-2"))
    lock = make()._props.recipe_lock
    common = {"training_dataset": DATA, "recipe_lock": lock}
    before = ct.SFTTrainer(
        first,
        "Before",
        model=MODEL,
        model_package_group=f"{SAGEMAKER}:model-package-group/before",
        output_data_config=ct.OutputDataConfig(
            s3_output_path="s3://amzn-s3-demo-bucket/before", kms_key_id="alias/before"
        ),
        **common,
    )
    second = cdk.Stack(app, "Second", env=cdk.Environment(account=ACCOUNT, region="us-west-2"))
    ct.DPOTrainer(second, "After", model=before, model_package_group="after", **common)
    upstream = {
        "S3OutputPath": "s3://amzn-s3-demo-bucket/before",
        "KmsKeyId": "alias/before",
        "Packages": f"{SAGEMAKER}:model-package/before/*",
    }
    assert differences(second, upstream=upstream) == []


def test_a_stack_for_any_account_and_region(
    make: Callable[..., Any], feature_flags: dict[str, Any]
) -> None:
    stack = cdk.Stack(cdk.App(context=feature_flags), "Anywhere")
    key = cdk.CfnParameter(stack, "Key")
    lock = make()._props.recipe_lock
    ct.SFTTrainer(
        stack,
        "Sft",
        model=MODEL,
        training_dataset=DATA,
        kms_key_id=key.value_as_string,
        s3_output_path="s3://amzn-s3-demo-bucket/out",
        recipe_lock=lock,
    )
    assert differences(stack) == []


def test_a_row_of_the_table_is_of_use_or_is_not_there(
    make: Callable[..., Any], stack: cdk.Stack
) -> None:
    """Each row finds something for some of the trainers above."""
    cases = [("SFTTrainer", props) for props in SERVERLESS.values()]
    own = {"compute": own_instances(), "training_image": IMAGE}
    cases += [("SFTTrainer", own | props) for props in OWN_INSTANCES.values()]
    encrypted = s3.Bucket(stack, "Bucket", encryption=s3.BucketEncryption.KMS)
    before = make(construct_id="Before", kms_key_id="alias/a", s3_output_path="s3://amzn-s3-demo-a")
    cases += [
        ("RLAIFTrainer", {}),
        ("RLVRTrainer", {"custom_reward_function": FUNCTION}),
        ("DPOTrainer", {"model": before}),
        ("DPOTrainer", {"output_data_config": ct.OutputDataConfig(bucket=encrypted)}),
        ("DPOTrainer", {"training_dataset": ct.S3DataSource(bucket=encrypted)}),
    ]
    unused = [*JOB_ROLE, *MACHINE_ROLE]
    for index, (kind, props) in enumerate(cases):
        trainer = make(kind, f"Trainer{index}", **props)
        at = surroundings_of(
            trainer._props, trainer._resources, trainer._technique, trainer._place, stem="a"
        )
        job = PermittedJob(request=trainer.training_job_request, at=at)
        unused = [permission for permission in unused if not permission.statements(job)]
    assert [permission.member for permission in unused] == []
