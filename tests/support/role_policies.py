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


def statements_of(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """All statements of the one role whose logical id begins with a text."""
    (name,) = roles_of(template, role)
    return list(_statements(template, name))


def documents_of(
    template: dict[str, Any], role: str, kind: str = "AWS::IAM::Policy"
) -> list[dict[str, Any]]:
    """The inline policies of a role whose logical id begins with a text, or its managed ones."""
    resources = template["Resources"]
    (name,) = roles_of(template, role)
    inline = resources[name]["Properties"].get("Policies", ()) if kind.endswith(":Policy") else ()
    return [policy["PolicyDocument"] for policy in inline] + [
        resource["Properties"]["PolicyDocument"]
        for resource in resources.values()
        if resource["Type"] == kind and {"Ref": name} in resource["Properties"]["Roles"]
    ]


def roles_of(template: dict[str, Any], start: str = "") -> list[str]:
    """The logical ids of all roles, or of those that begin with a text."""
    resources = template["Resources"].items()
    return [
        name
        for name, item in resources
        if item["Type"] == "AWS::IAM::Role" and name.startswith(start)
    ]


def characters(document: dict[str, Any]) -> int:
    """How long a policy is for IAM, with what CloudFormation fills in by its logical id."""
    return len(json.dumps(plain(document), separators=(",", ":")))


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
