"""The model package group that trained models are registered in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii

from constructs_trainers.trainers.resources.rule_target import description

if TYPE_CHECKING:
    from constructs import Construct

# API reference: CreateModelPackageGroup, ModelPackageGroupName.
_LONGEST_NAME = 63
_TYPE = "AWS::SageMaker::ModelPackageGroup"


@jsii.implements(cdk.IStableAnyProducer)
class _Tags:
    """The Tags property of a resource that is made by its type name."""

    def __init__(self, manager: cdk.TagManager) -> None:
        self._manager = manager

    def produce(self) -> list[object]:
        """Key and value of each tag; nothing for none."""
        found = sorted(self._manager.tag_values().items())
        return [{"Key": key, "Value": value} for key, value in found]


@jsii.implements(cdk.ITaggableV2)
class _Group(cdk.CfnResource):
    """The L1 by its type, with tags: aws_cdk.aws_sagemaker is slow to import."""

    def __init__(self, scope: Construct, *, name: str, text: str) -> None:
        self._tags = cdk.TagManager(cdk.TagType.STANDARD, _TYPE)
        super().__init__(
            scope,
            "ModelPackageGroup",
            type=_TYPE,
            properties={
                "ModelPackageGroupName": name,
                "ModelPackageGroupDescription": text,
                "Tags": cdk.Lazy.any(_Tags(self._tags), omit_empty_array=True),
            },
        )

    @property
    def cdk_tag_manager(self) -> cdk.TagManager:
        """Takes the tags of ``Tags.of(scope)``."""
        return self._tags


class CreatedModelPackageGroup:
    """A group that a trainer makes for itself.

    It is kept when the stack is deleted, as the models in it are: the service refuses to delete a
    group that is not empty.

    Attributes:
        name: Its name, from the trainer's path.
        arn: Its ARN, which is known at deployment.
    """

    def __init__(self, scope: Construct) -> None:
        self.name = cdk.Names.unique_resource_name(
            scope, max_length=_LONGEST_NAME, separator="-", allowed_special_characters="-"
        )
        group = _Group(scope, name=self.name, text=description(f"Models of {scope.node.path}"))
        group.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        self.arn = group.get_att("ModelPackageGroupArn").to_string()
