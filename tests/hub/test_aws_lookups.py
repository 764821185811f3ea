from __future__ import annotations

import pytest
from botocore.stub import Stubber

from constructs_trainers.errors import HubError
from constructs_trainers.hub.aws_lookups import AwsLookups, models_for
from tests.support.fake_aws import FakeAws
from tests.support.served_hub import hub_answer

ACCESS_POINT = "arn:aws:s3:us-west-2:123456789012:accesspoint/recipes"


def test_the_account_stands_in_for_customer_id_and_is_asked_for_once() -> None:
    aws = FakeAws()
    aws.put("s3://hub-123456789012/a", "A")
    aws.put("s3://hub-123456789012/b", "B")
    lookups = aws.lookups()
    assert lookups.text("s3://hub-{customer_id}/a") == "A"
    assert lookups.text("s3://hub-{customer_id}/b") == "B"
    assert aws.calls.count("get_caller_identity") == 1


def test_the_account_is_not_asked_for_without_need() -> None:
    aws = FakeAws()
    aws.put("s3://hub/a", "A")
    aws.lookups().text("s3://hub/a")
    assert aws.calls == ["get_object"]


def test_an_object_is_fetched_once() -> None:
    aws = FakeAws()
    aws.put("s3://hub/a", "A")
    lookups = aws.lookups()
    assert lookups.text("s3://hub/a") + lookups.text("s3://hub/a") == "AA"
    assert aws.calls == ["get_object"]


def test_an_access_point_is_the_bucket() -> None:
    arn = "arn:aws:s3:us-west-2:123456789012:accesspoint/recipes"
    aws = FakeAws(objects={(arn, "a/recipe.yaml"): b"A"})
    uri = "s3://arn:aws:s3:us-west-2:{customer_id}:accesspoint/recipes/a/recipe.yaml"
    assert aws.lookups().text(uri) == "A"


@pytest.mark.parametrize(
    "uri",
    ["", "s3://bucket", "s3://bucket/", "https://bucket/key", f"s3://{ACCESS_POINT}", "s3:///key"],
)
def test_what_names_no_object_is_refused_with_what_is_allowed(uri: str) -> None:
    with pytest.raises(HubError, match="s3://BUCKET/KEY"):
        FakeAws().lookups().text(uri)


def test_an_object_that_is_gone_is_named() -> None:
    with pytest.raises(HubError, match=r"s3://hub/gone: .*object that does not exist"):
        FakeAws().lookups().text("s3://hub/gone")


def test_an_object_that_is_not_text_is_refused() -> None:
    aws = FakeAws(objects={("hub", "a"): b"\xff\xfe\x00"})
    with pytest.raises(HubError, match="not UTF-8"):
        aws.lookups().text("s3://hub/a")


def test_the_requests_are_those_that_the_api_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    client = boto3.client("sagemaker", region_name="us-west-2")
    listing = {"HubName": "Hub", "HubContentType": "Model", "MaxResults": 100}
    with Stubber(client) as stub:
        stub.add_response(
            "list_hub_contents", {"HubContentSummaries": [], "NextToken": "next"}, listing
        )
        stub.add_response(
            "list_hub_contents", {"HubContentSummaries": []}, {**listing, "NextToken": "next"}
        )
        stub.add_client_error(
            "describe_hub_content",
            "ResourceNotFound",
            expected_params={
                "HubName": "Hub",
                "HubContentType": "Model",
                "HubContentName": "llama",
            },
        )
        lookups = AwsLookups("us-west-2", lambda _service: client)
        assert list(lookups.models("Hub")) == []
        with pytest.raises(HubError, match="does not exist"):
            lookups.describe("Hub", "llama")
        stub.assert_no_pending_responses()


def test_models_are_those_whose_keywords_name_the_technique() -> None:
    keywords = {
        "zeta": ["@recipe:finetuning_sft"],
        "alpha": ["text", "@recipe:finetuning_sft_lora"],
        "other": ["@recipe:finetuning_dpo", "@recipe:finetuning_sftx", "finetuning_sft"],
        "none": [],
    }
    aws = FakeAws(
        {
            f"Hub/Model/{name}": hub_answer(name, {}) | {"HubContentSearchKeywords": words}
            for name, words in keywords.items()
        }
    )
    assert models_for(aws.lookups(), "SFT", "Hub") == ["alpha", "zeta"]
    assert aws.calls == ["list_hub_contents"] * 2, "every page is read"
