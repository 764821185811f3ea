"""How much Step Functions holds.

Developer guide, "Service quotas": a definition has at most 1 MB; a state's input and output, and a
variable, 256 KiB.
"""

from __future__ import annotations

import json
from typing import Final

MOST_DEFINITION_BYTES: Final = 1024 * 1024
MOST_PAYLOAD_BYTES: Final = 256 * 1024
MOST_REQUEST_BYTES: Final = 240_000
"""What a request may have of these, with what an execution adds to it."""


def size_of(value: object) -> int:
    """Bytes of JSON; what only deployment knows counts with its token's text."""
    return len(json.dumps(value, ensure_ascii=False, default=str).encode())
