"""Each way in which AWS cannot be asked has words of its own."""

from __future__ import annotations

import pytest
from botocore import exceptions

from constructs_trainers.errors import HubError
from constructs_trainers.hub.hub_errors import AwsNotReachedError, NotInAwsError, told_clearly
from tests.support.fake_aws import refusal


def told(error: Exception, action: str = "sagemaker:DescribeHubContent") -> HubError:
    with pytest.raises(HubError) as caught, told_clearly("hub/llama", action, "us-west-2"):
        raise error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        exceptions.NoCredentialsError(),
        exceptions.ProfileNotFound(profile="work"),
        exceptions.UnauthorizedSSOTokenError(),
        refusal("ExpiredTokenException"),
        refusal("InvalidClientTokenId"),
    ],
)
def test_credentials_that_are_missing_or_refused(error: Exception) -> None:
    problem = told(error).problems[0]
    assert problem.path == "credentials"
    assert "aws sso login" in str(problem.fix)
    assert isinstance(told(error), AwsNotReachedError)


def test_access_denied_names_the_action_to_allow() -> None:
    problem = told(refusal("AccessDeniedException")).problems[0]
    assert problem.message == "access denied"
    assert "sagemaker:DescribeHubContent" in str(problem.fix)
    assert "said AccessDeniedException" in str(problem.got)


def test_access_denied_by_s3_may_mean_that_the_object_is_gone() -> None:
    problem = told(refusal("AccessDenied"), "s3:GetObject").problems[0]
    assert "not there" in str(problem.fix)


def test_throttling_says_how_often_it_was_tried() -> None:
    problem = told(refusal("ThrottlingException", retries=4)).problems[0]
    assert "5 attempts" in problem.message
    assert problem.fix == "try again in a while"


@pytest.mark.parametrize("code", ["ResourceNotFound", "NoSuchKey", "NoSuchBucket", "404"])
def test_what_does_not_exist(code: str) -> None:
    assert isinstance(told(refusal(code)), NotInAwsError)


@pytest.mark.parametrize(
    "error",
    [
        exceptions.EndpointConnectionError(endpoint_url="https://example.com"),
        exceptions.ConnectTimeoutError(endpoint_url="https://example.com"),
        exceptions.ReadTimeoutError(endpoint_url="https://example.com"),
        exceptions.ProxyConnectionError(proxy_url="https://example.com"),
        exceptions.SSLError(endpoint_url="https://example.com", error="bad certificate"),
    ],
)
def test_a_network_that_is_not_there(error: Exception) -> None:
    problem = told(error).problems[0]
    assert problem.message == "AWS cannot be reached"
    assert "us-west-2" in str(problem.fix)


def test_a_region_that_is_none() -> None:
    problem = told(exceptions.InvalidRegionError(region_name="us west")).problems[0]
    assert problem.path == "region"


def test_any_other_refusal_is_told_in_the_services_words() -> None:
    problem = told(refusal("ValidationException")).problems[0]
    assert problem.got == "ValidationException: said ValidationException"
    assert told(exceptions.ParamValidationError(report="too short")).problems[0].got
