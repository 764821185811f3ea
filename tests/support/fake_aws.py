"""AWS clients that answer from a hub in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_trainers.hub.aws_lookups import AwsLookups
from tests.support.served_hub import hub_answers, object_text
from tests.support.small_hub import small_hub

if TYPE_CHECKING:
    from collections.abc import Mapping


def refusal(code: str, operation: str = "Operation", retries: int = 0) -> ClientError:
    """The exception that boto3 raises for an error answer."""
    answer = {"Error": {"Code": code, "Message": f"said {code}"}}
    return ClientError({**answer, "ResponseMetadata": {"RetryAttempts": retries}}, operation)


@dataclass
class FakeAws:
    """SageMaker, S3 and STS in one.

    Attributes:
        answers: DescribeHubContent's, by ``HubName/Model/HubContentName``.
        objects: S3 objects by ``(bucket, key)``.
        fails: What to raise, by the method's name.
        calls: The methods called, in order.
        denied: Keys of S3 objects that must not be read.
        page: How many contents a page of ListHubContents has.
    """

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)
    page: int = 2

    @classmethod
    def of(cls, hub: Mapping[str, Any], s3: Mapping[str, Any], **members: str) -> FakeAws:
        """A public hub with these documents, and the objects they refer to."""
        aws = cls(hub_answers(hub, **members))
        for uri, content in s3.items():
            aws.put(uri, object_text(content))
        return aws

    @classmethod
    def small(cls) -> FakeAws:
        """The small hub."""
        return cls.of(*small_hub())

    def put(self, uri: str, text: str) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self.objects[bucket, key] = text.encode()

    def lookups(self, region: str = "us-west-2") -> AwsLookups:
        return AwsLookups(region, lambda _service: self)

    def describe_hub_content(self, **request: str) -> dict[str, Any]:
        self._called("describe_hub_content")
        key = f"{request['HubName']}/{request['HubContentType']}/{request['HubContentName']}"
        if key not in self.answers:
            raise refusal("ResourceNotFound", "DescribeHubContent")
        answer = dict(self.answers[key])
        for member in ("CreationTime", "LastModifiedTime"):
            answer[member] = datetime.fromtimestamp(answer[member], UTC)
        return answer

    def list_hub_contents(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        self._called("list_hub_contents")
        keys = [key for key in self.answers if key.startswith(f"{request['HubName']}/Model/")]
        start = int(request.get("NextToken", 0))
        end = start + self.page
        page = {"HubContentSummaries": [self.answers[key] for key in keys[start:end]]}
        return page | ({"NextToken": str(end)} if end < len(keys) else {})

    def get_object(self, **request: str) -> dict[str, Any]:
        self._called("get_object")
        place = (request["Bucket"], request["Key"])
        if request["Key"] in self.denied:
            raise refusal("AccessDenied", "GetObject")
        if place not in self.objects:
            raise refusal("NoSuchKey", "GetObject")
        return {"Body": io.BytesIO(self.objects[place])}

    def get_caller_identity(self) -> dict[str, str]:
        self._called("get_caller_identity")
        return {"Account": "123456789012"}

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if method in self.fails:
            raise self.fails[method]
