"""Findings of cdk-nag that are meant to be, each with its reason.

Recorded as the CDK's own ``Validations`` does, so that nothing here depends on cdk-nag.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import aws_cdk as cdk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs import IConstruct

    from constructs_trainers.jobs.permissions.statements import Statement


_WILDCARD = "AwsSolutions-IAM5"
_DOCUMENTED = "docs/iam.md of constructs-trainers has the table of permissions."


def acknowledge_wildcards(policy: IConstruct, statements: Sequence[Statement]) -> None:
    """Say why a policy has wildcards in it.

    A finding is acknowledged by the very text that has the wildcard, so that one that comes from
    elsewhere is still found.
    """
    resources = cdk.Stack.of(policy).resolve([list(s.resources) for s in statements])
    reasons: dict[str, str] = {}
    for statement, resolved in zip(statements, resources, strict=True):
        for text in _wildcards(statement, resolved):
            reasons.setdefault(f"{_WILDCARD}[{text}]", statement.reason)
    acknowledge(
        policy,
        {finding: f"Needed for {why}. {_DOCUMENTED}" for finding, why in reasons.items()},
    )


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Say why findings are meant to be."""
    # As Validations.acknowledge does it, which takes ten times as long and refuses a finding whose
    # text has an odd bracket in it, as an object in S3 may be named.
    key = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    construct.node.add_metadata(key, dict(reasons))


def _wildcards(statement: Statement, resources: Sequence[object]) -> Iterator[str]:
    for action in statement.actions:
        if "*" in action:
            yield f"Action::{action}"
    for resource in map(readable, resources):
        if "*" in resource:
            yield f"Resource::{resource}"


def readable(value: object) -> str:
    """A resolved value as text: ``<Bucket>`` for a reference, ``<Role.Arn>`` for an attribute.

    In the form that cdk-nag names resources in its findings.
    """
    if isinstance(value, str):
        return value.replace("${", "<").replace("}", ">")
    text = None
    if isinstance(value, Mapping) and len(value) == 1:
        ((function, argument),) = value.items()
        text = _of_function(function, argument)
    return text or json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _of_function(function: str, argument: object) -> str | None:
    """The text of an intrinsic function; None for one that has no short form."""
    match function, argument:
        case "Fn::Join", [str(delimiter), [*items]]:
            return delimiter.join(readable(item) for item in items)
        case "Fn::GetAtt", [name, attribute]:
            return f"<{readable(name)}.{readable(attribute)}>"
        case "Ref", name:
            return f"<{readable(name)}>"
        case ("Fn::Sub", str(text)) | ("Fn::ImportValue", text):
            return readable(text)
        case _:
            return None
