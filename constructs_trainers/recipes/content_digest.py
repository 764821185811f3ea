"""The digest that names a template or spec in a lock file."""

from __future__ import annotations

import hashlib
import json


def content_digest(document: object) -> str:
    """The key under which a template or spec is stored: SHA-256 of its canonical JSON."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
