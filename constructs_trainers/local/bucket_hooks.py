"""Buckets as CloudFormation and the CDK treat them, where ministack does otherwise.

- CloudFormation refuses to delete a bucket that is not empty (the handler of ``AWS::S3::Bucket``).
- ``Custom::S3AutoDeleteObjects`` is what the CDK's ``auto_delete_objects=True`` makes: when it is
  deleted it empties its bucket, if the bucket still has the tag that asks for it. The CDK's own
  function needs the AWS SDK for JavaScript, which this machine may not have: the engine does it.
- A bucket has the tags that its stack gives it.

Like :mod:`hooks` this reaches into ministack's private names, which a test holds against the pinned
version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from ministack.services import s3
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKET_TYPE: Final = "AWS::S3::Bucket"
EMPTYING_TYPE: Final = "Custom::S3AutoDeleteObjects"

_ASKS_FOR_IT: Final = "aws-cdk:auto-delete-objects"
_NOT_FOUND: Final = 404
_FIRST_ERROR: Final = 400


_ministack_create = _RESOURCE_HANDLERS[BUCKET_TYPE]["create"]
_ministack_update = _RESOURCE_HANDLERS[BUCKET_TYPE]["update"]


def replace_resources() -> None:
    """Let CloudFormation make, change and delete buckets as it does on AWS."""
    _RESOURCE_HANDLERS[BUCKET_TYPE] |= {
        "create": _create_bucket,
        "update": _update_bucket,
        "delete": _delete_bucket,
    }
    _RESOURCE_HANDLERS[EMPTYING_TYPE] = {
        "create": _create_emptying,
        "update": _update_emptying,
        "update_with_logical_id": True,
        "delete": _empty_bucket,
    }


def _create_bucket(logical_id: str, properties: Mapping[str, Any], stack: str) -> Any:  # noqa: ANN401 - ministack's own answers
    return _tagged(_ministack_create(logical_id, properties, stack), properties)


def _update_bucket(
    physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any], stack: str
) -> Any:  # noqa: ANN401 - as above
    return _tagged(_ministack_update(physical_id, old, new, stack), new)


def _tagged(made: tuple[str, Any], properties: Mapping[str, Any]) -> tuple[str, Any]:
    name, _ = made
    s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or []}
    return made


def _delete_bucket(physical_id: str, _properties: Mapping[str, Any] | None = None) -> None:
    """What CloudFormation does to delete a bucket; one that is gone already is deleted.

    Raises:
        ValueError: S3 refuses, most often because the bucket is not empty.
    """
    status, _, body = s3._delete_bucket(physical_id)
    if status < _FIRST_ERROR or status == _NOT_FOUND:
        return
    said = ET.fromstring(body).findtext("Message")  # noqa: S314 - the engine's own answer
    raise ValueError(
        f'Resource handler returned message: "{said} (Service: S3, Status Code: {status})" '
        "(HandlerErrorCode: GeneralServiceException)"
    )


def _create_emptying(
    logical_id: str, properties: Mapping[str, Any], _stack: str
) -> tuple[str, dict[str, Any]]:
    # Of another bucket it is another resource, so that the former one is emptied.
    return f"{logical_id}-{properties['BucketName']}", {}


def _update_emptying(
    _physical_id: str, _old: object, new: Mapping[str, Any], stack: str, logical_id: str
) -> tuple[str, dict[str, Any]]:
    return _create_emptying(logical_id, new, stack)


def _empty_bucket(_physical_id: str, properties: Mapping[str, Any]) -> None:
    """Remove all objects of a bucket that asks for it, with all their versions."""
    name = properties["BucketName"]
    if name not in s3._buckets or s3._bucket_tags.get(name, {}).get(_ASKS_FOR_IT) != "true":
        return
    s3._buckets[name]["objects"].clear()
    for place in [place for place in s3._object_versions if place[0] == name]:
        del s3._object_versions[place]
