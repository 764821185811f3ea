"""A request's values know their props, and problems are told in the words of these."""

from __future__ import annotations

import pytest

from constructs_trainers.errors import Problem
from constructs_trainers.jobs.request.sourced import Sourced, SourcedRequest, sourced

REQUEST = SourcedRequest(
    {
        "RoleArn": Sourced("role", "arn"),
        "HyperParameters": Sourced("hyperparameters", {"BatchSize": "4"}),
        "InputDataConfig": [
            Sourced("training_dataset", {"DataSource": Sourced("training_dataset", {"S3": "x"})})
        ],
        "ResourceConfig": Sourced("compute", {"InstanceType": Sourced("compute.instance_type", 5)}),
        "Tags": Sourced("tags", [{"Key": "own"}, Sourced("tags[0]", {"Key": "team"})]),
        "ServerlessJobConfig": {"JobType": "FineTuning"},
    }
)


def test_the_request_itself_is_plain() -> None:
    assert REQUEST.request == {
        "RoleArn": "arn",
        "HyperParameters": {"BatchSize": "4"},
        "InputDataConfig": [{"DataSource": {"S3": "x"}}],
        "ResourceConfig": {"InstanceType": 5},
        "Tags": [{"Key": "own"}, {"Key": "team"}],
        "ServerlessJobConfig": {"JobType": "FineTuning"},
    }
    nested = SourcedRequest({"A": (Sourced("a", [Sourced("b", 1)]), 2), "Empty": Sourced("c", {})})
    assert nested.request == {"A": [[1], 2]}


@pytest.mark.parametrize(
    ("member", "prop"),
    [
        ("RoleArn", "role"),
        ("HyperParameters.BatchSize", "hyperparameters.BatchSize"),
        ("InputDataConfig[0].DataSource.S3", "training_dataset.S3"),
        ("ResourceConfig.InstanceType", "compute.instance_type"),
        # What is missing is called as the group would have it.
        ("ResourceConfig.InstanceCount", "compute.instance_count"),
        ("Tags", "tags"),
        ("Tags[1].Key", "tags[0].Key"),
        # What comes from no prop keeps its own name.
        ("ServerlessJobConfig.JobType", "ServerlessJobConfig.JobType"),
        ("InputDataConfig", "InputDataConfig"),
    ],
)
def test_a_problem_is_told_in_the_words_of_props(member: str, prop: str) -> None:
    problem = Problem(path=member, message="is wrong", got="5")
    told = REQUEST.in_words_of_props(problem)
    assert (told.path, told.message, told.got) == (prop, "is wrong", "5")


def test_no_value_has_no_prop() -> None:
    assert sourced("role", None) is None
    assert sourced("role", 0) == Sourced("role", 0)
