"""How much Step Functions holds.

Developer guide, "Service quotas": a definition has at most 1 MB; a state's input and output, and a
variable, 256 KiB.

What only deployment knows is counted with fixed figures: a token's own text and the address of an
object differ from one synthesis to the next, and the same app must give the same definition.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from constructs_trainers.values.tokens import LIST_TOKEN, STRING_TOKEN, is_number_token

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_DEFINITION_BYTES: Final = 1024 * 1024
MOST_PAYLOAD_BYTES: Final = 256 * 1024
MOST_REQUEST_BYTES: Final = 240_000
"""What a request may have of these, with what an execution adds to it."""

BYTES_OF_A_TOKEN: Final = 256
"""What a token counts: more than the ARNs and names that tokens mostly stand for."""

# API reference, CreateTrainingJob: 50 tags, keys of 128 and values of 256 characters.
_BYTES_OF_ALL_TAGS: Final = 50 * (128 + 256 + len('{"Key": "", "Value": ""}, '))
_NUMBER: Final = re.compile(r"-\d\.\d+e\+\d+")
_TOKEN: Final = "T" * BYTES_OF_A_TOKEN


def size_of(value: object) -> int:
    """Bytes of JSON, in which each value that only deployment knows counts the same.

    Args:
        value: Plain data; tokens and objects that are resolved later may be in it.
    """
    text = json.dumps(value, ensure_ascii=False, default=lambda _: _TOKEN)
    for token in (STRING_TOKEN, LIST_TOKEN):
        text = token.sub(_TOKEN, text)
    # Half of a pair of surrogates is legal in JSON, and has no bytes of its own in UTF-8.
    return len(_NUMBER.sub(_counted_number, text).encode(errors="surrogatepass"))


def size_of_request(request: Mapping[str, object]) -> int:
    """Bytes of a CreateTrainingJob request with as many tags as a job may have.

    The tags of scopes join when the app is synthesized, after the request was counted.
    """
    return size_of({**request, "Tags": []}) + _BYTES_OF_ALL_TAGS


def _counted_number(found: re.Match[str]) -> str:
    return _TOKEN if is_number_token(float(found[0])) else found[0]
