"""Findings of cdk-nag that are meant to be, each with its reason.

Recorded as the CDK's own ``Validations`` does, where cdk-nag 3 looks, and as metadata of the
resource, where cdk-nag 2 looks: nothing here depends on either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs import IConstruct

    from constructs_trainers.jobs.permissions.statements import Statement


_WILDCARD = "AwsSolutions-IAM5"
_METADATA, _RULES = "cdk_nag", "rules_to_suppress"
_DOCUMENTED = "docs/iam.md of constructs-trainers has the table of permissions."


def acknowledge_wildcards(policy: IConstruct, statements: Sequence[Statement]) -> None:
    """Say why a policy has wildcards in it.

    A finding is acknowledged by the very text that has the wildcard, so that one that comes from
    elsewhere is still found.
    """
    acknowledge(policy, wildcard_reasons(cdk.Stack.of(policy), statements))


@jsii.implements(cdk.IAspect)
class WildcardsElsewhere:
    """Acknowledges wildcards in policies that the CDK makes after the statements are handed over.

    Put on the construct that brings them, as an Aspect: it goes by before cdk-nag does, and costs
    one visit. A policy is known by the text that has the wildcard.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._statements = statements

    def visit(self, node: IConstruct) -> None:
        """Look through the policies of the stack."""
        stack = cdk.Stack.of(node)
        reasons = wildcard_reasons(stack, self._statements)
        for other in stack.node.find_all() if reasons else ():
            if isinstance(other, iam.CfnPolicy):
                held = _held_by(stack.resolve(other.policy_document))
                acknowledge(other, {text: why for text, why in reasons.items() if text in held})


def _held_by(document: Mapping[str, Any]) -> set[str]:
    """The findings that wildcards in the resources of a policy's document are."""
    found: set[str] = set()
    for statement in document["Statement"]:
        resources = statement.get("Resource", ())
        listed = resources if isinstance(resources, list) else [resources]
        found |= {f"{_WILDCARD}[Resource::{readable(resource)}]" for resource in listed}
    return found


def wildcard_reasons(stack: cdk.Stack, statements: Sequence[Statement]) -> dict[str, str]:
    """The findings that wildcards in statements are, each with its reason."""
    resources = stack.resolve([list(s.resources) for s in statements])
    reasons: dict[str, str] = {}
    for statement, resolved in zip(statements, resources, strict=True):
        for text in _wildcards(statement, resolved):
            why = f"Needed for {statement.reason}. {_DOCUMENTED}"
            reasons.setdefault(f"{_WILDCARD}[{text}]", why)
    return reasons


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Say why findings are meant to be.

    Args:
        construct: The resource that they are found in, or the construct that makes it.
        reasons: The reason for each: a rule, or a rule with a finding in brackets behind it.
    """
    if not reasons:
        return
    # As Validations.acknowledge does it, which takes ten times as long and refuses a finding whose
    # text has an odd bracket in it, as an object in S3 may be named.
    key = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    construct.node.add_metadata(key, dict(reasons))
    resource = construct.node.default_child or construct
    if isinstance(resource, cdk.CfnResource):
        known = (resource.get_metadata(_METADATA) or {}).get(_RULES, [])
        new = [rule for rule in _rules(reasons) if rule not in known]
        resource.add_metadata(_METADATA, {_RULES: [*known, *new]})


def _rules(reasons: Mapping[str, str]) -> list[dict[str, object]]:
    """The findings as cdk-nag 2 reads them: a rule for each reason, with what it applies to."""
    found: dict[tuple[str, str], list[str]] = {}
    for finding, reason in reasons.items():
        rule, bracket, text = finding.partition("[")
        texts = found.setdefault((rule, reason), [])
        if bracket:
            texts.append(text.removesuffix("]"))
    return [
        {"id": rule, "reason": reason} | ({"applies_to": texts} if texts else {})
        for (rule, reason), texts in found.items()
    ]


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
