"""Descriptions of resources, made from construct paths."""

from __future__ import annotations

import re

# What the strictest of them takes: 255 signs of this set (EC2 API, CreateSecurityGroup).
_LONGEST = 255
_ILLEGAL = re.compile(r"[^A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]")


def description(text: str) -> str:
    """The text as any service takes it for a description."""
    return _ILLEGAL.sub("-", text)[:_LONGEST]
