"""Tags of scopes reach the job and every resource that is made."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from constructs_trainers import testing
from constructs_trainers.trainers.resources.job_tags import JOB_TYPE
from tests.support.templates import template_of
from tests.support.trainers import TrainerMaker


def job_tags(stack: cdk.Stack) -> dict[str, str]:
    request = testing.request(template_of(stack), "Sft")
    return {tag["Key"]: tag["Value"] for tag in request["Tags"]}


def test_tags_of_a_scope_are_the_jobs_too(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    trainer = make_trainer(tags={"team": "nlp"})
    cdk.Tags.of(stack).add("cost-centre", "42")
    cdk.Tags.of(trainer).add("stage", "gamma")
    found = job_tags(stack)
    assert found["team"] == "nlp"
    assert found["cost-centre"] == "42"
    assert found["stage"] == "gamma"


def test_the_props_tag_wins_over_a_scopes(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    make_trainer(tags={"team": "nlp"})
    cdk.Tags.of(stack).add("team", "platform")
    assert job_tags(stack)["team"] == "nlp"


def test_a_tag_can_be_kept_from_jobs(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    make_trainer()
    cdk.Tags.of(stack).add("patch-group", "a", exclude_resource_types=[JOB_TYPE])
    assert "patch-group" not in job_tags(stack)


def test_every_resource_that_can_be_tagged_is(make_trainer: TrainerMaker, stack: cdk.Stack) -> None:
    make_trainer()
    cdk.Tags.of(stack).add("cost-centre", "42")
    untaggable = {"AWS::IAM::Policy", "AWS::S3::BucketPolicy"}
    resources: dict[str, Any] = template_of(stack)["Resources"]
    for name, resource in resources.items():
        if resource["Type"] not in untaggable:
            tags = resource["Properties"].get("Tags", [])
            assert {"Key": "cost-centre", "Value": "42"} in tags, name
            # CloudFormation refuses a property that it does not know.
            assert "tags" not in resource["Properties"], name


def test_all_tags_together_keep_to_the_apis_limit(
    make_trainer: TrainerMaker, stack: cdk.Stack
) -> None:
    make_trainer(tags={f"own{n}": "x" for n in range(40)})
    for n in range(8):
        cdk.Tags.of(stack).add(f"scope{n}", "x")
    with pytest.raises(RuntimeError, match="tags: has too many tags: 48"):
        cdk.App.of(stack).synth()  # type: ignore[union-attr]
