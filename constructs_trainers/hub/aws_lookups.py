"""The calls to AWS: SageMaker's hub, the objects its documents refer to, and the account."""

from __future__ import annotations

import os
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from constructs_trainers.hub.hub_errors import NotInAwsError, hub_error, told_clearly
from constructs_trainers.values.s3 import s3_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


# Stands in a URI for the account that asks.
_CUSTOMER_ID = "{customer_id}"
_OBJECT_URI = "s3://BUCKET/KEY or s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/KEY"
_ATTEMPTS = 5
_CONNECT_TIMEOUT_SECONDS = 10


class AwsLookups:
    """Asks one region. Each S3 object is fetched once: recipes share templates and specs.

    Args:
        region: The region to ask.
        client: Makes a client, given a service's name. Default: boto3's, which finds
            credentials, profile and endpoint where it always does.
    """

    def __init__(self, region: str, client: Callable[[str], Any] | None = None) -> None:
        self.region = region
        self._client = cache(client or self._boto3_client)
        self._texts: dict[str, str] = {}

    def describe(self, hub: str, model: str) -> Mapping[str, Any]:
        """The answer of DescribeHubContent.

        Raises:
            NotInAwsError: The hub has no such model.
            HubError: The hub could not be asked.
        """
        with told_clearly(f"{hub}/{model}", "sagemaker:DescribeHubContent", self.region):
            answer: Mapping[str, Any] = self._client("sagemaker").describe_hub_content(
                HubName=hub, HubContentType="Model", HubContentName=model
            )
        return answer

    def models(self, hub: str) -> Iterator[Mapping[str, Any]]:
        """The summaries of ListHubContents, page by page.

        Raises:
            HubError: The hub could not be asked, or does not exist.
        """
        request: dict[str, Any] = {"HubName": hub, "HubContentType": "Model", "MaxResults": 100}
        while True:
            with told_clearly(hub, "sagemaker:ListHubContents", self.region):
                answer = self._client("sagemaker").list_hub_contents(**request)
            yield from answer["HubContentSummaries"]
            if not answer.get("NextToken"):
                return
            request["NextToken"] = answer["NextToken"]

    def text(self, uri: str) -> str:
        """The text of an S3 object; ``{customer_id}`` in its URI is the account that asks.

        Raises:
            HubError: It is not there, could not be fetched, or is not UTF-8 text.
        """
        if uri not in self._texts:
            self._texts[uri] = self._fetch(uri)
        return self._texts[uri]

    def _fetch(self, uri: str) -> str:
        # The account is asked for only when a URI needs it: most roles need no more than the hub.
        known = uri.replace(_CUSTOMER_ID, self._account) if _CUSTOMER_ID in uri else uri
        place = s3_object(known)
        if place is None:
            raise hub_error(known, "not the URI of an S3 object", allowed=_OBJECT_URI)
        try:
            with told_clearly(known, "s3:GetObject", self.region):
                answer = self._client("s3").get_object(Bucket=place.bucket, Key=place.key)
                content: bytes = answer["Body"].read()
        except NotInAwsError as error:
            message = "the hub's document names an S3 object that does not exist"
            raise hub_error(known, message, got=error.problems[0].got) from error
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise hub_error(known, "the object is not UTF-8 text", got=str(error)) from None

    @cached_property
    def _account(self) -> str:
        with told_clearly("account", "sts:GetCallerIdentity", self.region):
            return str(self._client("sts").get_caller_identity()["Account"])

    def _boto3_client(self, service: str) -> Any:  # noqa: ANN401 - made at run time
        import boto3
        from botocore.config import Config

        retries: dict[str, Any] = {"mode": "standard"}
        if "AWS_MAX_ATTEMPTS" not in os.environ:
            retries["total_max_attempts"] = _ATTEMPTS
        config = Config(retries=retries, connect_timeout=_CONNECT_TIMEOUT_SECONDS)
        return boto3.client(service, region_name=self.region, config=config)


def models_for(aws: AwsLookups, technique: str, hub: str) -> list[str]:
    """The names of a hub's models that support a technique, sorted.

    The hub says so in its search keywords: ``@recipe:finetuning_sft``, or with more behind it,
    such as ``@recipe:finetuning_sft_lora``.

    Raises:
        HubError: The hub could not be asked.
    """
    keyword = f"@recipe:finetuning_{technique.lower()}"
    names = {
        str(summary["HubContentName"])
        for summary in aws.models(hub)
        if any(
            word.lower() == keyword or word.lower().startswith(f"{keyword}_")
            for word in summary.get("HubContentSearchKeywords", [])
        )
    }
    return sorted(names)
