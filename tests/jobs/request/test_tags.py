from __future__ import annotations

import pytest

from constructs_trainers.jobs.request.tags import job_tags, normalise_tags


def test_tags_come_in_the_sdks_order_with_the_digest_last() -> None:
    assert job_tags("model", "Hub", [{"Key": "team", "Value": "nlp"}], "abc") == [
        {"Key": "sagemaker-sdk:jumpstart-model-id", "Value": "model"},
        {"Key": "sagemaker-sdk:jumpstart-hub-name", "Value": "Hub"},
        {"Key": "team", "Value": "nlp"},
        {"Key": "constructs-trainers:recipe-digest", "Value": "abc"},
    ]


@pytest.mark.parametrize(
    "tags",
    [
        {"a": "1", "b": "2"},
        [{"Key": "a", "Value": "1"}, {"key": "b", "value": "2"}],
        ({"key": "a", "value": "1"}, {"key": "b", "value": "2"}),
    ],
)
def test_all_spellings_mean_the_same(tags: object) -> None:
    expected = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert normalise_tags(tags) == (expected, [])


def test_none_is_no_tags() -> None:
    assert normalise_tags(None) == ([], [])


@pytest.mark.parametrize(
    ("tags", "paths"),
    [
        ("team", ["tags"]),
        (3, ["tags"]),
        ({"a": 1}, ["tags.a"]),
        ({1: "a"}, ["tags.1"]),
        (["team"], ["tags[0]"]),
        ([{"Key": "a"}], ["tags[0]"]),
        ([{"Key": "a", "value": "b"}], ["tags[0]"]),
        ([{"Key": "a", "Value": "b", "More": "c"}], ["tags[0]"]),
        ([{"key": "a", "value": True}], ["tags[0].value"]),
        ([{"key": None, "value": 1}], ["tags[0].key", "tags[0].value"]),
    ],
)
def test_anything_else_is_a_problem(tags: object, paths: list[str]) -> None:
    read, problems = normalise_tags(tags)
    assert read == []
    assert [problem.path for problem in problems] == paths


def test_good_tags_are_kept_beside_bad_ones() -> None:
    tags = [{"Key": "a", "Value": "1"}, None, {"key": "b", "value": 2}]
    read, problems = normalise_tags(tags)
    assert read == [{"Key": "a", "Value": "1"}]
    assert [problem.path for problem in problems] == ["tags[1]", "tags[2].value"]
    assert problems[1].fix == "write it as text: '2'"
