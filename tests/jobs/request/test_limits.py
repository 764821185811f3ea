from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.jobs.request.check import request_problems
from constructs_trainers.jobs.request.tags import job_tags
from constructs_trainers.values.expressions import Expression

if TYPE_CHECKING:
    from constructs_trainers.errors import Problem

BASE: dict[str, Any] = {
    "TrainingJobName": "job",
    "RoleArn": "arn:aws:iam::123456789012:role/MyRole",
    "OutputDataConfig": {"S3OutputPath": "s3://out/x"},
}


def problems(**members: object) -> list[Problem]:
    return request_problems({**BASE, **members})


def user_tags(count: int) -> list[dict[str, str]]:
    return [{"Key": f"k{i}", "Value": "v"} for i in range(count)]


def test_47_tags_of_the_users_are_taken() -> None:
    assert not problems(Tags=job_tags("m", "h", user_tags(47), "d"))


def test_48_are_not_and_are_counted_as_the_users() -> None:
    (problem,) = problems(Tags=job_tags("m", "h", user_tags(48), "d"))
    assert problem.path == "Tags"
    assert problem.message == "has too many tags: 48 of the user's"
    assert problem.got == "51 in all"
    assert problem.allowed is not None
    assert problem.allowed.startswith("47 of the user's")


def test_a_tag_that_the_sender_adds_leaves_46() -> None:
    tags = job_tags("m", "h", user_tags(47), "d")
    (problem,) = request_problems({**BASE, "Tags": tags}, reserved_tags=1)
    assert problem.allowed is not None
    assert problem.allowed.startswith("46 ")


def test_a_tag_key_may_come_once() -> None:
    tags = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}, {"Key": "a", "Value": "3"}]
    (problem,) = problems(Tags=tags)
    assert problem.path == "Tags[2].Key"
    assert "Tags[0]" in problem.message


def test_a_user_may_not_set_our_digest() -> None:
    mine = [{"Key": "constructs-trainers:recipe-digest", "Value": "x"}]
    (problem,) = problems(Tags=job_tags("m", "h", mine, "d"))
    assert problem.fix is not None
    assert "the trainer sets this tag itself" in problem.fix


@pytest.mark.parametrize("key", ["aws:x", "AWS:x"])
def test_keys_of_aws_are_reserved(key: str) -> None:
    (problem,) = problems(Tags=[{"Key": key, "Value": ""}])
    assert problem.path == "Tags[0].Key"
    assert "reserved" in problem.message


def test_tags_have_only_some_characters() -> None:
    tags = [{"Key": "schön 五", "Value": "a+b=c@d"}, {"Key": "k", "Value": "50%!"}]
    (problem,) = problems(Tags=tags)
    assert problem.path == "Tags[1].Value"
    assert "'!%'" in problem.message


def test_tags_known_later_are_skipped() -> None:
    token = {"Key": "${Token[A.1]}", "Value": "${Token[A.2]}!"}
    assert not problems(Tags=[token, token, {"Key": Expression("$k"), "Value": Expression("$v")}])


def test_a_wait_shorter_than_the_runtime_is_refused() -> None:
    condition = {"MaxRuntimeInSeconds": 7200, "MaxWaitTimeInSeconds": 3600}
    (problem,) = problems(StoppingCondition=condition)
    assert problem.path == "StoppingCondition.MaxWaitTimeInSeconds"
    assert problem.allowed == "at least 7200 seconds"
    assert not problems(StoppingCondition={**condition, "MaxWaitTimeInSeconds": 7200})


def test_a_wait_is_held_against_the_default_runtime() -> None:
    (problem,) = problems(StoppingCondition={"MaxWaitTimeInSeconds": 3600})
    assert "by default 1 day" in problem.message


@pytest.mark.parametrize("later", [Expression("$x"), -1.8881545897087626e289])
def test_times_known_later_are_skipped(later: object) -> None:
    assert not problems(StoppingCondition={"MaxRuntimeInSeconds": later, "MaxWaitTimeInSeconds": 1})


def test_28_days_are_the_longest_runtime() -> None:
    assert not problems(StoppingCondition={"MaxRuntimeInSeconds": 2419200})
    (problem,) = problems(StoppingCondition={"MaxRuntimeInSeconds": 2419201})
    assert problem.path == "StoppingCondition.MaxRuntimeInSeconds"


def test_spot_training_needs_a_wait() -> None:
    (problem,) = problems(EnableManagedSpotTraining=True)
    assert problem.path == "StoppingCondition.MaxWaitTimeInSeconds"
    assert not problems(EnableManagedSpotTraining=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("InstanceType", "ml.p5.48xlarge"),
        ("InstanceGroups", []),
        ("InstancePlacementConfig", {}),
    ],
)
def test_preferences_rule_out_other_ways_to_choose_instances(name: str, value: object) -> None:
    preferences = [{"InstanceType": "ml.p5.48xlarge", "InstanceCount": 1}]
    (problem,) = problems(ResourceConfig={"InstancePreferences": preferences, name: value})
    assert problem.path == f"ResourceConfig.{name}"


def test_preferences_rule_out_spot_training() -> None:
    (problem,) = problems(
        ResourceConfig={
            "InstancePreferences": [{"InstanceType": "ml.p5.48xlarge"}],
            "InstanceCount": 1,
        },
        StoppingCondition={"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 1},
        EnableManagedSpotTraining=True,
    )
    assert problem.path == "EnableManagedSpotTraining"


@pytest.mark.parametrize(
    ("counts", "of_the_job", "fine"),
    [
        ((1, 2), None, True),
        ((None, None), 2, True),
        ((1, None), None, False),
        ((1, 2), 2, False),
        ((None, None), None, False),
    ],
)
def test_instances_are_counted_in_one_place(
    counts: tuple[int | None, ...], of_the_job: int | None, *, fine: bool
) -> None:
    types = ("ml.p5.48xlarge", "ml.p4d.24xlarge")
    preferences = [
        {"InstanceType": name} | ({} if count is None else {"InstanceCount": count})
        for name, count in zip(types, counts, strict=True)
    ]
    config: dict[str, Any] = {"InstancePreferences": preferences}
    if of_the_job is not None:
        config["InstanceCount"] = of_the_job
    assert bool(problems(ResourceConfig=config)) is not fine


def test_an_instance_type_is_preferred_once() -> None:
    preference = {"InstanceType": "ml.p5.48xlarge", "InstanceCount": 1}
    (problem,) = problems(ResourceConfig={"InstancePreferences": [preference, preference]})
    assert problem.path == "ResourceConfig.InstancePreferences[1].InstanceType"


@pytest.mark.parametrize(
    "members",
    [
        {"Tags": {}},
        {"Tags": [3, {"Key": 1}]},
        {"StoppingCondition": []},
        {"ResourceConfig": []},
        {"ResourceConfig": {"InstancePreferences": 1}},
        {"ResourceConfig": {"InstancePreferences": ["x"]}},
    ],
)
def test_wrong_types_are_left_to_the_model(members: dict[str, Any]) -> None:
    assert all("must be" in p.message or "missing" in p.message for p in problems(**members))
