from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_trainers.values.s3 import (
    dataset_problems,
    file_name,
    is_within,
    names_object,
    s3_location,
    s3_object,
    s3_uri,
    s3_uri_problems,
    split_uri_problems,
)

DATASET = "arn:aws:sagemaker:us-west-2:123456789012:hub-content/hub/DataSet/name/1.0.0"
ACCESS_POINT = "arn:aws:s3:us-west-2:123456789012:accesspoint/recipes"
TOKEN = "${Token[AWS::Region.4]}"  # noqa: S105  a CDK token


@pytest.mark.parametrize(
    "value",
    [
        "s3://bucket",
        "s3://bucket/",
        "s3://my.bucket-1/a key/with spaces.jsonl",
        TOKEN,
        f"{TOKEN}/train.jsonl",
        f"s3://{TOKEN}",
        f"s3://data-{TOKEN}/x/{TOKEN}",
        DATASET,
        DATASET.removesuffix("/1.0.0"),
        DATASET.replace("arn:aws:", "arn:aws-cn:"),
        DATASET.replace("arn:aws:", "arn:aws-us-gov:"),
        DATASET.replace("123456789012", "aws"),
        f"arn:{TOKEN}:sagemaker:{TOKEN}:{TOKEN}:hub-content/{TOKEN}/DataSet/{TOKEN}/{TOKEN}",
        f"arn:aws:sagemaker:{TOKEN}",
        f"arn:aws:sagemaker:us-west-2:123456789012:hub-content/{TOKEN}",
    ],
)
def test_good_data_sets(value: str) -> None:
    assert dataset_problems("training_dataset", value) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "is not an S3 URI"),
        ("train.jsonl", "is not an S3 URI"),
        ("s3:/bucket/x", "is not an S3 URI"),
        ("s3://", "has no bucket"),
        ("s3:///key", "has no bucket"),
        ("s3://ab/key", "illegal bucket"),
        ("s3://" + "a" * 64, "illegal bucket"),
        ("s3://Bucket/key", "illegal bucket"),
        ("s3://my_bucket", "illegal bucket"),
        ("s3://a..b/x", "illegal bucket"),
        (f"s3://My-{TOKEN}/x", "illegal bucket"),
        (" s3://bucket/x", "spaces"),
        ("s3://bucket/x\n", "spaces"),
        ("s3://bucket/\u2028x", "line breaks"),
        ("s3://bucket/x\0y", "control characters"),
        ("s3://bucket/*", "has *"),
        ("s3://bucket/part-?/x", "has *"),
        (f"{TOKEN}/*", "has *"),
        ("s3://bucket/${aws:PrincipalTag/x}", "has *"),
        (f"{TOKEN} ", "spaces"),
        (None, "is not a string"),
        (3, "is not a string"),
    ],
)
def test_bad_s3_uris(value: object, message: str) -> None:
    for check in (dataset_problems, s3_uri_problems):
        (problem,) = check("training_dataset", value)
        assert problem.path == "training_dataset"
        assert message in problem.message
        assert problem.allowed


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ("S3://bucket/Key", "write 's3://bucket/Key'"),
        ("https://my.bucket.s3.us-west-2.amazonaws.com/a/b", "write 's3://my.bucket/a/b'"),
        ("https://bucket.s3.amazonaws.com", "write 's3://bucket/'"),
        ("https://s3.cn-north-1.amazonaws.com.cn/bucket/a", "write 's3://bucket/a'"),
        ("https://example.com/x", None),
        ("s3://bucket/x ", "write 's3://bucket/x'"),
        ("s3://bucket/data/*", "write 's3://bucket/data'"),
        ("s3://bucket/*/train.jsonl", "write 's3://bucket'"),
        (f"s3://{TOKEN}/*", None),
        (
            "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/x",
            "write the access point's alias in place of its ARN",
        ),
    ],
)
def test_fixes(value: str, fix: str | None) -> None:
    (problem,) = dataset_problems("training_dataset", value)
    assert problem.fix == fix


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (DATASET.replace("arn:aws:", "arn:gcp:"), "partition"),
        (DATASET.replace(":sagemaker:", ":s3:"), "service"),
        (DATASET.replace("us-west-2", ""), "region"),
        (DATASET.replace("123456789012", "12345"), "account"),
        (DATASET.replace("hub-content", "hub"), "resource type"),
        (DATASET.replace("DataSet", "Model"), "content type"),
        (DATASET.replace("/name/", "/na_me/"), "name"),
        (DATASET.replace("1.0.0", "latest"), "version"),
        (DATASET + "/more", "version"),
        (f"arn:{TOKEN}:sagemaker:{TOKEN}:12:hub-content/{TOKEN}/DataSet/n/1.0.0", "account"),
        (f"arn:aws:s3:{TOKEN}", "service"),
        (f"arn:aws:sagemaker:r:aws:hub-contents/{TOKEN}", "resource type"),
    ],
)
def test_bad_arns_say_which_part(value: str, part: str) -> None:
    (problem,) = dataset_problems("training_dataset", value)
    assert problem.message == f"the {part} of the ARN of a hub's DataSet is wrong"


def test_an_output_is_no_data_set() -> None:
    (problem,) = s3_uri_problems("s3_output_path", DATASET)
    assert problem.message == "is not an S3 URI"


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("s3://b", ("b", "")),
        ("s3://b/", ("b", "")),
        ("s3://b/x/y", ("b", "x/y")),
        ("s3://${Token[A.1]}/x/${Token[B.2]}", ("${Token[A.1]}", "x/${Token[B.2]}")),
    ],
)
def test_locations(uri: str, location: tuple[str, str]) -> None:
    assert s3_location(uri) == location


def test_a_location_needs_a_literal_scheme() -> None:
    with pytest.raises(ValueError, match="does not start with s3://"):
        s3_location(TOKEN)


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("s3://bucket/key", ("bucket", "key")),
        ("s3://bucket/a/b c/d.yaml", ("bucket", "a/b c/d.yaml")),
        (f"s3://{ACCESS_POINT}/a/b.yaml", (ACCESS_POINT, "a/b.yaml")),
    ],
)
def test_bucket_and_key_are_as_get_object_takes_them(uri: str, place: tuple[str, str]) -> None:
    assert s3_object(uri) == place


@pytest.mark.parametrize(
    "uri",
    ["", "s3://bucket", "s3://bucket/", "https://bucket/key", f"s3://{ACCESS_POINT}", "s3:///key"],
)
def test_anything_else_names_no_object(uri: str) -> None:
    assert s3_object(uri) is None


def test_uris_are_put_together() -> None:
    assert s3_uri("b") == s3_uri("b", "") == "s3://b"
    assert s3_uri("b", "x/y") == "s3://b/x/y"


@pytest.mark.parametrize(
    ("uri", "name", "is_object"),
    [
        ("s3://b", "", False),
        ("s3://b/", "", False),
        ("s3://b/x", "x", True),
        ("s3://b/x/y.jsonl", "y.jsonl", True),
        ("s3://b/x/", "", False),
        (TOKEN, "", False),
        (f"{TOKEN}/x", "x", True),
    ],
)
def test_the_file_that_a_uri_names(uri: str, name: str, is_object: bool) -> None:  # noqa: FBT001
    assert file_name(uri) == name
    assert names_object(uri) is is_object


def test_what_is_below_a_place_is_within_it() -> None:
    for uri in ("s3://b/x", "s3://b/x/", "s3://b/x/y"):
        assert is_within(uri, "s3://b/x")
    assert not is_within("s3://b/xy", "s3://b/x")
    assert not is_within("s3://b/x", "s3://b/x/")


def test_a_uri_that_synthesis_takes_apart_is_not_a_token_as_a_whole() -> None:
    (problem,) = split_uri_problems("s3_uri", f"{TOKEN}/x", "s3://BUCKET/KEY")
    assert problem.message == "is only known at deployment as a whole"
    assert problem.allowed == "s3://BUCKET/KEY, whose parts may be tokens"
    assert split_uri_problems("s3_uri", f"s3://{TOKEN}/x", "s3://BUCKET/KEY") == []
    (problem,) = split_uri_problems("s3_uri", "b/x", "s3://BUCKET/KEY")
    assert problem.message == "is not an S3 URI"


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    for prefix in ("", "s3://", "arn:", "https://", f"s3://{TOKEN}"):
        for problem in dataset_problems("training_dataset", prefix + text):
            assert str(problem)
