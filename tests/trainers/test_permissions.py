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
from constructs_trainers.jobs.evaluators.evaluator_import import hub_name
from constructs_trainers.jobs.permissions.statements import statements_of
from constructs_trainers.jobs.permissions.table import JOB_ROLE, MACHINE_ROLE
from constructs_trainers.trainers.permission_context import permission_context
from tests.support import role_policies
from tests.support.hub_locks import lock_document, write_lock
from tests.support.many_techniques import MODEL, hub_of_all_techniques
from tests.support.many_trainers import ACCOUNT, ALL, DATA, IMAGE, SAGEMAKER, own_instances
from tests.support.role_policies import plain
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker
from tests.support.trainers_in import differences

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ALL)
def test_roles_hold_what_requests_need_and_no_more(
    make_trainer: TrainerMaker, stack: cdk.Stack, name: str
) -> None:
    technique, props = ALL[name]
    make_trainer(technique, hub="all techniques", **props)
    assert differences(stack) == []


def test_a_reward_function_of_the_app_is_named_by_its_reference(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    function = lambda_.Function(
        stack,
        "Rewards",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
    )
    make_trainer("RLVR", hub="all techniques", custom_reward_function=function)
    hub = hub_name("us-west-2", ACCOUNT)
    content = f"{SAGEMAKER}:hub-content/{hub}/JsonDoc/rlvr-reward-*/*"
    registry = (f"{SAGEMAKER}:hub/{hub}", content)
    arn = plain(stack.resolve(function.function_arn))
    assert differences(stack, reward_function=arn, registry=registry) == []


def test_keys_of_the_app_are_used_for_what_they_encrypt_only(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    def bucket(construct_id: str) -> s3.Bucket:
        return s3.Bucket(stack, construct_id, encryption=s3.BucketEncryption.KMS)

    make_trainer(
        hub="all techniques",
        compute=own_instances(volume_kms_key=kms.Key(stack, "Volumes")),
        training_image=IMAGE,
        training_dataset=ct.S3DataSource(bucket=bucket("Data"), prefix="train/"),
        output_data_config=ct.OutputDataConfig(
            bucket=bucket("Models"), prefix="a/b", kms_key=kms.Key(stack, "Output")
        ),
        checkpoint_config=ct.CheckpointConfig(bucket=bucket("Checkpoints")),
        runtime_overrides=ct.RuntimeOverrides(training_dataset=[bucket("Runs")]),
    )
    assert differences(stack) == []


def test_a_vpc_and_a_group_of_the_app(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    group = CfnModelPackageGroup(stack, "Group", model_package_group_name="chat-models")
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
    make_trainer(hub="all techniques", networking=ct.Networking(vpc=vpc), model_package_group=group)
    assert differences(stack) == []


def test_a_groups_token_gives_its_packages_in_its_own_account(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(hub="all techniques", model_package_group=cdk.Fn.import_value("GroupArn"))
    split = {"Fn::Split": ["model-package-group/", {"Fn::ImportValue": "GroupArn"}]}
    before, name = ({"Fn::Select": [index, split]} for index in (0, 1))
    resources = [
        statement["Resource"]
        for statement in role_policies.statements_of(template_of(stack), "TrainerRole")
        if "sagemaker:UpdateModelPackage" in statement["Action"]
    ]
    assert resources == [{"Fn::Join": ["", [before, "model-package/", name, "/*"]]}]


def test_a_private_hub_is_described_in_its_own_account(
    make_trainer: TrainerMaker, stack: cdk.Stack, tmp_path: Path
) -> None:
    document = lock_document(*hub_of_all_techniques())
    entry = document["Regions"]["us-west-2"]["Models"][MODEL]
    entry |= {"HubName": "OurHub", "HubContentVersion": "2.0.0"}
    entry["HubContentArn"] = f"{SAGEMAKER}:hub-content/OurHub/Model/{MODEL}/2.0.0"
    trainer = make_trainer(
        hub="all techniques", recipe_lock=write_lock(document, tmp_path / "private.lock.json")
    )
    arn = trainer.training_job_request["ServerlessJobConfig"]["BaseModelArn"]
    assert "OurHub" in arn
    assert differences(stack) == []


def test_a_chained_trainer_reads_what_the_other_one_wrote(
    make_trainer: TrainerMaker, feature_flags: dict[str, Any]
) -> None:
    app = cdk.App(context=feature_flags)
    first = cdk.Stack(app, "First", env=cdk.Environment(account=ACCOUNT, region="us-west-2"))
    common: dict[str, Any] = {"hub": "all techniques", "training_dataset": DATA}
    before = make_trainer(
        scope=first,
        construct_id="Before",
        model_package_group=f"{SAGEMAKER}:model-package-group/before",
        output_data_config=ct.OutputDataConfig(
            s3_output_path="s3://amzn-s3-demo-bucket/before", kms_key_id="alias/before"
        ),
        **common,
    )
    second = cdk.Stack(app, "Second", env=cdk.Environment(account=ACCOUNT, region="us-west-2"))
    make_trainer(
        "DPO",
        scope=second,
        construct_id="After",
        model=before,
        model_package_group="after",
        **common,
    )
    upstream = {
        "S3OutputPath": "s3://amzn-s3-demo-bucket/before",
        "KmsKeyId": "alias/before",
        "Packages": f"{SAGEMAKER}:model-package/before/*",
    }
    assert differences(second, upstream=upstream) == []


def test_a_stack_for_any_account_and_region(
    make_trainer: TrainerMaker, feature_flags: dict[str, Any]
) -> None:
    stack = cdk.Stack(cdk.App(context=feature_flags), "Anywhere")
    key = cdk.CfnParameter(stack, "Key")
    make_trainer(
        hub="all techniques",
        scope=stack,
        construct_id="Sft",
        training_dataset=DATA,
        kms_key_id=key.value_as_string,
        s3_output_path="s3://amzn-s3-demo-bucket/out",
    )
    assert differences(stack) == []


def test_a_row_of_the_table_is_of_use_or_is_not_there(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    """Each row finds something for some of the trainers above."""
    encrypted = s3.Bucket(stack, "Bucket", encryption=s3.BucketEncryption.KMS)
    before = make_trainer(
        hub="all techniques",
        construct_id="Before",
        kms_key_id="alias/a",
        s3_output_path="s3://amzn-s3-demo-a",
    )
    cases = [
        *ALL.values(),
        ("DPO", {"model": before}),
        ("DPO", {"output_data_config": ct.OutputDataConfig(bucket=encrypted)}),
        ("DPO", {"training_dataset": ct.S3DataSource(bucket=encrypted)}),
    ]
    unused = [*JOB_ROLE, *MACHINE_ROLE]
    for index, (technique, props) in enumerate(cases):
        trainer = make_trainer(
            technique, hub="all techniques", construct_id=f"Trainer{index}", **props
        )
        context = permission_context(
            trainer._plan, trainer.training_job_request, trainer._resources, stem="a"
        )
        unused = [row for row in unused if not statements_of([row], context)]
    assert [permission.member for permission in unused] == []
