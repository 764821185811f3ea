"""The model package group that trained models are registered in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from constructs_trainers.trainers.descriptions import description

if TYPE_CHECKING:
    from constructs import Construct

# API reference: CreateModelPackageGroup, ModelPackageGroupName.
_LONGEST_NAME = 63


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
        # The L1 by its type: aws_cdk.aws_sagemaker is slow to import.
        group = cdk.CfnResource(
            scope,
            "ModelPackageGroup",
            type="AWS::SageMaker::ModelPackageGroup",
            properties={
                "ModelPackageGroupName": self.name,
                "ModelPackageGroupDescription": description(f"Models of {scope.node.path}"),
            },
        )
        group.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        self.arn = group.get_att("ModelPackageGroupArn").to_string()
