"""Both ways: the roles around a run hold what it needs, and nothing more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.assertions import Annotations, Match

from constructs_trainers import (
    Channel,
    Expression,
    Parallel,
    RuntimeOverrides,
    S3DataSource,
    Stage,
    Sweep,
    SweepManifest,
    TrainerError,
    TrainingPipeline,
)
from tests.support.needed_by_workflows import OBSERVED, of_data, of_manifest, of_run
from tests.support.needed_permissions import job_role_needs, needs
from tests.support.role_policies import allowed, characters, documents_of, plain
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker
from tests.support.trainers_in import case_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_trainers import BaseTrainer
    from tests.support.needed_permissions import Need

OTHER = "amzn-s3-demo-other"


def held_by(stack: cdk.Stack, role: iam.IRole) -> set[Need]:
    """What a role may do; a condition with several values is as many permissions."""
    held: set[Need] = set()
    for action, resource, text in allowed(template_of(stack), plain(stack.resolve(role.role_arn))):
        condition = json.loads(text) if text else {}
        prefixes = condition.get("StringLike", {}).get("s3:prefix")
        if not isinstance(prefixes, list):
            held |= needs(action, resource, condition or None)
            continue
        for prefix in prefixes:
            held |= needs(action, resource, {"StringLike": {"s3:prefix": prefix}})
    return held


def workflow(stack: cdk.Stack, start: sfn.IChainable) -> iam.IRole:
    body = sfn.DefinitionBody.from_chainable(start)
    return sfn.StateMachine(stack, "Parent", definition_body=body).role


def data_held(stack: cdk.Stack, trainer: BaseTrainer) -> set[Need]:
    """What the job's role may do beyond what the trainer itself asks for."""
    own = job_role_needs(case_of(trainer))
    held = held_by(stack, trainer.role)
    assert own <= held
    return held - own


def test_a_workflow_may_run_its_trainers_and_no_others(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    first, second, started = (
        make_trainer(construct_id=name) for name in ("First", "Second", "Started")
    )
    make_trainer(construct_id="Another")
    over = sfn.Map(stack, "Over")
    over.item_processor(first.train({"train": Expression("$states.input")}))
    beside = sfn.Parallel(stack, "Beside")
    beside.branch(second.train(wait_timeout=60), started.train(wait=False))
    role = workflow(stack, over.next(beside))
    expected = of_run(first) | of_run(second) | of_run(started, wait=False)
    assert held_by(stack, role) == expected
    assert data_held(stack, first) == set()


def test_the_jobs_of_a_run_may_read_its_data(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    data = {"train": f"s3://{OTHER}/a/train.jsonl", "validation": f"s3://{OTHER}/v"}
    role = workflow(stack, trainer.train(data))
    assert held_by(stack, role) == of_run(trainer)
    expected = of_data(f"{OTHER}/a/train.jsonl") | of_data(f"{OTHER}/v")
    assert data_held(stack, trainer) == expected


def test_the_key_of_a_bucket_of_the_app_is_used_for_its_data(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Bucket", encryption_key=key)
    trainer = make_trainer()
    source = S3DataSource(bucket=bucket, prefix="a/")
    workflow(stack, trainer.train([Channel(channel_name="train", data_source=source)]))
    arn = plain(stack.resolve(key.key_arn))
    assert needs("kms:Decrypt", arn) <= data_held(stack, trainer)


def test_what_runtime_overrides_grant_is_not_granted_again(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainer = make_trainer(
        runtime_overrides=RuntimeOverrides(training_dataset=[f"s3://{OTHER}/sweep"])
    )
    sweep = Sweep(trainer=trainer, datasets=[f"s3://{OTHER}/sweep/{n}.jsonl" for n in range(100)])
    TrainingPipeline(stack, "Pipeline", stages=[sweep])
    assert data_held(stack, trainer) == set()


@pytest.mark.parametrize(
    "stages",
    [
        lambda first, second: [Stage(trainer=first), Stage(trainer=second)],
        lambda first, second: [Parallel(stages=[Stage(trainer=first), Stage(trainer=second)])],
        lambda first, second: [
            Sweep(trainer=first, hyperparameters=[{"max_epochs": n} for n in range(1, 4)]),
            Stage(trainer=second, wait_timeout=60),
        ],
    ],
    ids=["sequence", "parallel", "sweep"],
)
def test_a_pipeline_may_run_its_trainers_and_no_others(
    stack: cdk.Stack, make_trainer: TrainerMaker, stages: Callable[..., Sequence[Any]]
) -> None:
    first, second = make_trainer(construct_id="First"), make_trainer(construct_id="Second")
    make_trainer(construct_id="Another")
    pipeline = TrainingPipeline(stack, "Pipeline", stages=stages(first, second))
    expected = OBSERVED | of_run(first) | of_run(second)
    assert held_by(stack, pipeline.state_machine.role) == expected
    assert data_held(stack, first) == set()


def test_a_sweep_over_a_file_may_run_itself(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    manifest = SweepManifest(s3_uri=f"s3://{OTHER}/runs/list.jsonl")
    sweep = Sweep(trainer=trainer, manifest=manifest)
    machine = TrainingPipeline(stack, "Pipeline", stages=[sweep]).state_machine
    arn, name = plain(stack.resolve([machine.state_machine_arn, machine.state_machine_name]))
    results = f"{OTHER}/runs/list-results"
    expected = OBSERVED | of_run(trainer)
    expected |= of_manifest(arn, name, f"{OTHER}/runs/list.jsonl", results)
    assert held_by(stack, machine.role) == expected


def test_the_data_of_a_sweep_is_in_one_policy(stack: cdk.Stack, make_trainer: TrainerMaker) -> None:
    trainer = make_trainer()
    keys = [f"data-{number:02}/train.jsonl" for number in range(30)]
    sweep = Sweep(
        trainer=trainer,
        datasets=[f"s3://{OTHER}/{key}" for key in keys],
        hyperparameters=[{"max_epochs": 1}, {"max_epochs": 2}],
    )
    TrainingPipeline(stack, "Pipeline", stages=[sweep])
    expected = {need for key in keys for need in of_data(f"{OTHER}/{key}")}
    assert data_held(stack, trainer) == expected
    # IAM's limit, which all policies of a role share.
    policies = documents_of(template_of(stack), "SftRole")
    assert len(policies) == 2
    assert sum(map(characters, policies)) < 10_240


def test_data_that_a_role_has_no_room_for_is_refused(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    folder = f"s3://{OTHER}/{'a-long-folder-name/' * 5}"
    sweep = Sweep(
        trainer=make_trainer(), datasets=[f"{folder}{number}.jsonl" for number in range(100)]
    )
    with pytest.raises(TrainerError, match="give the trainer runtime_overrides"):
        TrainingPipeline(stack, "Pipeline", stages=[sweep])


def test_a_role_that_is_given_is_told_what_the_run_needs(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    role = iam.Role.from_role_arn(stack, "Given", "arn:aws:iam::123456789012:role/given")
    workflow(stack, make_trainer(role=role).train({"train": f"s3://{OTHER}/train.jsonl"}))
    Annotations.from_stack(stack).has_info(
        "*", Match.string_like_regexp(f"s3:GetObject on arn:.*{OTHER}/train.jsonl")
    )


def test_the_data_of_many_runs_fits_into_one_role(
    stack: cdk.Stack, make_trainer: TrainerMaker
) -> None:
    trainer = make_trainer()
    for index in range(60):
        data = {"train": f"s3://{OTHER}-{index}/{'x' * 100}/train.jsonl"}
        stages = [Stage(trainer=trainer, input_data_config=data)]
        TrainingPipeline(stack, f"Pipeline{index}", stages=stages)
    template = template_of(stack)
    assert sum(map(characters, documents_of(template, "SftRole"))) <= 10_240
    managed = documents_of(template, "SftRole", "AWS::IAM::ManagedPolicy")
    assert managed
    assert all(characters(document) <= 6_144 for document in managed)
    held = json.dumps([*documents_of(template, "SftRole"), *managed])
    assert all(f"{OTHER}-{index}/" in held for index in range(60))


def test_places_that_no_role_has_room_for_are_refused(make_trainer: TrainerMaker) -> None:
    places = [f"s3://{OTHER}-{index}/{'x' * 100}" for index in range(60)]
    with pytest.raises(TrainerError, match="runtime_overrides: names more places"):
        make_trainer(runtime_overrides=RuntimeOverrides(training_dataset=places))
