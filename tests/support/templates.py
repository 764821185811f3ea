"""Synthesized templates as plain dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk.assertions import Template

if TYPE_CHECKING:
    import aws_cdk as cdk


def template_of(stack: cdk.Stack) -> dict[str, Any]:
    """The template of a stack."""
    template: dict[str, Any] = dict(Template.from_stack(stack).to_json())
    return template
