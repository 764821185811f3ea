"""CloudFormation values as one line of text, for people and for rules that match text."""

from __future__ import annotations

import json
from collections.abc import Mapping


def readable(value: object) -> str:
    """A resolved value as text: ``<Bucket>`` for a reference, ``<Role.Arn>`` for an attribute.

    In the form that cdk-nag names resources in its findings.

    Args:
        value: Text, or CloudFormation's intrinsic functions.
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
