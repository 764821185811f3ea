"""Templates without what differs from machine to machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

# What the CDK adds to a template depending on how it was called, not on what the app says.
_BOILERPLATE = {
    "Parameters": ("BootstrapVersion",),
    "Rules": ("CheckBootstrapVersion",),
    "Resources": ("CDKMetadata",),
    "Conditions": ("CDKMetadataAvailable",),
}
# A digest on its own, such as a recipe's, is content. An asset's hash names a file or an image.
_ASSET_HASH = re.compile(r"(?<=asset\.)[0-9a-f]{64}|\b[0-9a-f]{64}(?=\.\w)|(?<=:)[0-9a-f]{64}$")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])")


class TemplateLike(Protocol):
    """Anything that gives a template as JSON, such as ``aws_cdk.assertions.Template``."""

    def to_json(self) -> Mapping[str, Any]:
        """The template."""
        ...


def template_json(template: Mapping[str, Any] | TemplateLike) -> Mapping[str, Any]:
    """The template as a dict."""
    return template if isinstance(template, Mapping) else template.to_json()


def normalised(template: Mapping[str, Any] | TemplateLike) -> dict[str, Any]:
    """A copy of a template for snapshots.

    Hashes of assets read ``ASSET-HASH`` and account ids ``ACCOUNT``; the CDK's bootstrap version
    check and usage metadata are left out.

    Args:
        template: A synthesized template.
    """
    content = {
        section: {
            name: entry
            for name, entry in entries.items()
            if name not in _BOILERPLATE.get(section, ())
        }
        if section in _BOILERPLATE
        else entries
        for section, entries in template_json(template).items()
    }
    masked: dict[str, Any] = _masked({k: v for k, v in content.items() if v != {}})
    return masked


def _masked(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return _ACCOUNT.sub("ACCOUNT", _ASSET_HASH.sub("ASSET-HASH", value))
    if isinstance(value, Mapping):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value
