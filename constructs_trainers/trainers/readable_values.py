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
    if isinstance(value, Mapping) and len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Fn::Join":
            return _joined(argument)
        if function == "Fn::Sub" and isinstance(argument, str):
            return readable(argument)
        if function == "Fn::GetAtt":
            return f"<{readable(argument[0])}.{readable(argument[1])}>"
        if function == "Fn::ImportValue":
            return readable(argument)
        if function == "Ref":
            return f"<{readable(argument)}>"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _joined(argument: object) -> str:
    match argument:
        case [str(delimiter), [*items]]:
            return delimiter.join(readable(item) for item in items)
    return json.dumps({"Fn::Join": argument}, separators=(",", ":"), ensure_ascii=False)
