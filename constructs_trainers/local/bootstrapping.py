"""Preparing an engine for ``cdk deploy`` to any region, as ``cdk bootstrap`` would.

The engine holds no permissions against anyone, so of the CDK's stack only what deployments read is
made. It is a stack of its name with its logical ids: ``cdk bootstrap`` updates it to the full one.
"""

from __future__ import annotations

import json
from typing import Any, Final

from constructs_trainers.local.clients import engine_client, known_regions
from constructs_trainers.local.environment import DEFAULT_ACCOUNT

_STACK: Final = "CDKToolkit"
# The CDK's own, which an app can change (developer guide, "Customize CDK bootstrapping").
_QUALIFIER: Final = "hnb659fds"
# High enough for every command of the CLI, and lower than its template's: it never downgrades.
_VERSION: Final = "28"
_TEMPLATE: Final[dict[str, Any]] = {
    "Resources": {
        "StagingBucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": {
                    "Fn::Sub": f"cdk-{_QUALIFIER}-assets-${{AWS::AccountId}}-${{AWS::Region}}"
                }
            },
        },
        "CdkBootstrapVersion": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Type": "String",
                "Name": f"/cdk-bootstrap/{_QUALIFIER}/version",
                "Value": _VERSION,
            },
        },
    },
    "Outputs": {
        "BucketName": {"Value": {"Ref": "StagingBucket"}},
        "BootstrapVersion": {"Value": {"Fn::GetAtt": ["CdkBootstrapVersion", "Value"]}},
    },
}


def bootstrap_regions(endpoint: str) -> None:
    """Prepare every region that SageMaker is known to be in.

    Args:
        endpoint: The address of an engine that holds no stacks yet.

    Raises:
        BotoCoreError, ClientError: The engine ended, or answered wrongly.
    """
    body = json.dumps(_TEMPLATE)
    clients = [
        engine_client(endpoint, "cloudformation", account=DEFAULT_ACCOUNT, region=region)
        for region in known_regions("sagemaker")
    ]
    for client in clients:
        client.create_stack(StackName=_STACK, TemplateBody=body)
    for client in clients:
        waiter = client.get_waiter("stack_create_complete")
        waiter.wait(StackName=_STACK, WaiterConfig={"Delay": 1})
