"""Stacks with buckets that are not empty when they are deleted."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from constructs_trainers.local.clients import engine_client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.local.engine import Engine

pytest.importorskip("ministack")
pytestmark = pytest.mark.engine

TAG = {"Key": "aws-cdk:auto-delete-objects", "Value": "true"}


def bucket(**properties: object) -> dict[str, object]:
    versions = {"VersioningConfiguration": {"Status": "Enabled"}}
    return {"Type": "AWS::S3::Bucket", "Properties": {**versions, **properties}}


def emptying(bucket: str) -> dict[str, object]:
    """What the CDK's auto_delete_objects=True adds; its function would not run here."""
    token = "arn:aws:lambda:us-west-2:123456789012:function:none"  # noqa: S105 - the API's name
    properties = {"ServiceToken": token, "BucketName": {"Ref": bucket}}
    return {"Type": "Custom::S3AutoDeleteObjects", "Properties": properties}


class Deployed:
    """A stack of a test's own, whose buckets each hold two versions of an object."""

    def __init__(self, engine: Engine, name: str, resources: Mapping[str, object]) -> None:
        place = {"account": "123456789012", "region": "us-west-2"}
        self.name = name
        self.s3 = engine_client(engine.endpoint, "s3", **place)
        self.formation = engine_client(engine.endpoint, "cloudformation", **place)
        self.formation.create_stack(StackName=name, TemplateBody=self.template(resources))
        self.wait("stack_create_complete")
        self.buckets = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for resource in self.resources()
            if resource["ResourceType"] == "AWS::S3::Bucket"
        }
        for made in self.buckets.values():
            for body in (b"first", b"second"):
                self.s3.put_object(Bucket=made, Key="model", Body=body)

    @staticmethod
    def template(resources: Mapping[str, object]) -> str:
        return json.dumps({"Resources": resources})

    def resources(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.formation.describe_stack_resources(StackName=self.name)[
            "StackResources"
        ]
        return found

    def wait(self, end: str) -> None:
        waiter = self.formation.get_waiter(end)
        waiter.wait(StackName=self.name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def update(self, resources: Mapping[str, object]) -> None:
        self.formation.update_stack(StackName=self.name, TemplateBody=self.template(resources))
        self.wait("stack_update_complete")

    def delete(self) -> str:
        """Gives the status that the stack ends with."""
        arn = self.formation.describe_stacks(StackName=self.name)["Stacks"][0]["StackId"]
        self.formation.delete_stack(StackName=self.name)
        while (status := self.status(arn)) == "DELETE_IN_PROGRESS":
            time.sleep(0.02)
        return status

    def status(self, arn: str) -> str:
        (stack,) = self.formation.describe_stacks(StackName=arn)["Stacks"]
        return str(stack["StackStatus"])

    def reason(self, logical_id: str) -> str:
        events = self.formation.describe_stack_events(StackName=self.name)["StackEvents"]
        (reason,) = (
            event["ResourceStatusReason"]
            for event in events
            if (event["LogicalResourceId"], event["ResourceStatus"])
            == (logical_id, "DELETE_FAILED")
        )
        return str(reason)

    def objects(self, logical_id: str) -> int:
        found = self.s3.list_object_versions(Bucket=self.buckets[logical_id])
        return len(found.get("Versions", []))

    def exists(self, logical_id: str) -> bool:
        names = {each["Name"] for each in self.s3.list_buckets()["Buckets"]}
        return self.buckets[logical_id] in names


def test_a_bucket_that_is_not_empty_stays_with_its_stack(engine: Engine) -> None:
    stack = Deployed(engine, "full", {"Full": bucket()})
    assert stack.delete() == "DELETE_FAILED"
    assert "The bucket you tried to delete is not empty" in stack.reason("Full")
    assert stack.objects("Full") == 2
    # What a delete marker hides is in it, too.
    stack.s3.delete_object(Bucket=stack.buckets["Full"], Key="model")
    assert stack.delete() == "DELETE_FAILED"
    for kind in ("Versions", "DeleteMarkers"):
        for each in stack.s3.list_object_versions(Bucket=stack.buckets["Full"])[kind]:
            stack.s3.delete_object(
                Bucket=stack.buckets["Full"], Key="model", VersionId=each["VersionId"]
            )
    assert stack.delete() == "DELETE_COMPLETE"
    assert not stack.exists("Full")


def test_a_bucket_that_is_gone_already_is_no_obstacle(engine: Engine) -> None:
    stack = Deployed(
        engine, "gone", {"Gone": bucket(VersioningConfiguration={"Status": "Suspended"})}
    )
    stack.s3.delete_object(Bucket=stack.buckets["Gone"], Key="model", VersionId="null")
    stack.s3.delete_bucket(Bucket=stack.buckets["Gone"])
    assert stack.delete() == "DELETE_COMPLETE"


def test_a_bucket_that_asks_for_it_is_emptied_first(engine: Engine) -> None:
    stack = Deployed(engine, "asks", {"Asks": bucket(Tags=[TAG]), "Empty": emptying("Asks")})
    assert stack.delete() == "DELETE_COMPLETE"
    assert not stack.exists("Asks")


def test_a_bucket_that_asks_no_more_is_not_emptied(engine: Engine) -> None:
    stack = Deployed(engine, "asked", {"Asked": bucket(Tags=[TAG]), "Empty": emptying("Asked")})
    stack.update({"Asked": bucket()})
    assert stack.objects("Asked") == 2


def test_without_the_tag_nothing_is_emptied(engine: Engine) -> None:
    stack = Deployed(engine, "untagged", {"Untagged": bucket(), "Empty": emptying("Untagged")})
    assert stack.delete() == "DELETE_FAILED"
    assert stack.objects("Untagged") == 2


def test_only_the_bucket_that_is_left_is_emptied_by_a_change(engine: Engine) -> None:
    buckets = {"Left": bucket(Tags=[TAG]), "Next": bucket(Tags=[TAG])}
    stack = Deployed(engine, "changed", {**buckets, "Empty": emptying("Left")})
    stack.update({**buckets, "Empty": emptying("Next")})
    assert (stack.objects("Left"), stack.objects("Next")) == (0, 2)
