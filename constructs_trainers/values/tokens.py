"""CDK tokens, without CDK: recognising them, and what is literal beside them.

A token stands for a value that is only known at deployment. CDK encodes it as a string
(``${Token[Name.12]}``), as the one element of a list (``#{Token[Name.12]}``) or as a large
negative number; the marks are part of the format shared by all jsii languages
(aws-cdk-lib ``core/lib/private/encoding.ts``).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping

STRING_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")
LIST_TOKEN = re.compile(r"#\{Token\[[^\]]*\]\}")

# A number token is a double whose upper 16 bits are this mark; the token's index fills the rest.
_NUMBER_TOKEN_MARK = 0xFBFF

# A character that no ARN, URI or name may hold stands for each token, because a token's own text
# may hold the very separators that a value is split at.
UNKNOWN = "\0"


def is_number_token(value: object) -> bool:
    """Whether a number is a CDK token in disguise, such as ``-1.8881545897087626e+289``."""
    if not isinstance(value, float):
        return False
    (bits,) = struct.unpack(">Q", struct.pack(">d", value))
    return bool(bits >> 48 == _NUMBER_TOKEN_MARK)


def is_token(value: object) -> bool:
    """Whether a value is, or contains somewhere in it, a CDK token."""
    if isinstance(value, str):
        return STRING_TOKEN.search(value) is not None or LIST_TOKEN.search(value) is not None
    if isinstance(value, Mapping):
        return any(is_token(key) or is_token(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return any(is_token(item) for item in value)
    return is_number_token(value)


def mask_tokens(value: str) -> str:
    """The text with each token in it replaced by :data:`UNKNOWN`."""
    # A literal NUL is no token: another sign that is legal nowhere takes its place.
    literal = value.replace(UNKNOWN, "\ufffd")
    return LIST_TOKEN.sub(UNKNOWN, STRING_TOKEN.sub(UNKNOWN, literal))
