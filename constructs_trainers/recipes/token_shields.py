"""CDK tokens within a recipe's texts: taken out before interpolation, and put in again after it.

Their text would break OmegaConf's parser, and their numbers its arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from constructs_trainers.values.tokens import LIST_TOKEN, STRING_TOKEN, is_number_token

_PREFIX: Final = "constructs_trainers_token"
# What stands for a token: an identifier in OmegaConf's grammar, so that it may stand anywhere.
SHIELD: Final = re.compile(rf"{_PREFIX}_(\d+)_")
_SHIELDED: Final = re.compile(f"{STRING_TOKEN.pattern}|{LIST_TOKEN.pattern}|{SHIELD.pattern}")
NUMBER_IN_TEXT: Final = (
    "a CDK number token cannot stand within text or arithmetic: its value is not known"
)


class UnknownNumberError(ValueError):
    """A number that is only known at deployment is needed now."""

    def __init__(self) -> None:
        super().__init__(NUMBER_IN_TEXT)


def shielded(value: object, tokens: list[object]) -> object:
    """A value whose tokens are taken out, into the list."""
    if isinstance(value, str):
        return shielded_text(value, tokens)
    if is_number_token(value):
        return _shield_of(value, tokens)
    if isinstance(value, Mapping):
        return {key: shielded(item, tokens) for key, item in value.items()}
    if isinstance(value, list):
        return [shielded(item, tokens) for item in value]
    return value


def shielded_text(text: str, tokens: list[object]) -> str:
    """A text whose tokens are taken out, into the list."""
    return _SHIELDED.sub(lambda match: _shield_of(match.group(), tokens), text)


def restored(value: object, tokens: list[object]) -> object:
    """A value with its tokens in it again.

    Raises:
        UnknownNumberError: One of them is a number, and stands within text.
    """
    if isinstance(value, str):
        whole = SHIELD.fullmatch(value)
        if whole:
            return tokens[int(whole.group(1))]
        return SHIELD.sub(lambda match: _text_of(tokens[int(match.group(1))]), value)
    if isinstance(value, dict):
        return {str(key): restored(item, tokens) for key, item in value.items()}
    if isinstance(value, list):
        return [restored(item, tokens) for item in value]
    return value


def restored_in_words(text: str, tokens: list[object]) -> str:
    """A message with tokens as they are shown."""
    return SHIELD.sub(lambda match: str(tokens[int(match.group(1))]), text)


def _shield_of(token: object, tokens: list[object]) -> str:
    tokens.append(token)
    return f"{_PREFIX}_{len(tokens) - 1}_"


def _text_of(token: object) -> str:
    if isinstance(token, str):
        return token
    raise UnknownNumberError
