"""What the roles in a template allow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.needed_permissions import Need


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A part of a template with CloudFormation's functions as text."""
    if isinstance(value, dict):
        text = _of_function(value)
        return {name: plain(item) for name, item in value.items()} if text is None else text
    return [plain(item) for item in value] if isinstance(value, list) else value


def _of_function(value: dict[str, Any]) -> str | None:
    match value:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": parts}:
            return f"<{'.'.join(parts)}>"
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter.join(str(plain(item)) for item in items))
        case {"Fn::Sub": text}:
            return str(text.replace("${", "<").replace("}", ">"))
        case _:
            return json.dumps(value) if any(name.startswith("Fn::") for name in value) else None


def allowed(template: dict[str, Any], role_arn: str) -> set[Need]:
    """All that a role of the template may do.

    Args:
        template: The template.
        role_arn: The role's ARN as text: ``<its logical id.Arn>``.
    """
    return {need for statement in _statements(template, role_arn) for need in _needs(statement)}


def _statements(template: dict[str, Any], role_arn: str) -> Iterator[dict[str, Any]]:
    name = role_arn.removeprefix("<").removesuffix(".Arn>")
    role = template["Resources"][name]["Properties"]
    assert "ManagedPolicyArns" not in role
    documents = [policy["PolicyDocument"] for policy in role.get("Policies", ())]
    documents += [
        resource["Properties"]["PolicyDocument"]
        for resource in template["Resources"].values()
        if resource["Type"] in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
        and {"Ref": name} in resource["Properties"]["Roles"]
    ]
    for document in documents:
        yield from document["Statement"]


def _needs(statement: dict[str, Any]) -> Iterator[Need]:
    assert statement["Effect"] == "Allow"
    condition = statement.get("Condition")
    text = json.dumps(plain(condition), sort_keys=True) if condition else ""
    for action in _list(statement["Action"]):
        for resource in _list(statement["Resource"]):
            yield action, plain(resource), text


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON value
    return value if isinstance(value, list) else [value]
