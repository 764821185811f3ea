"""Rules between several values of a recipe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeGuard

from constructs_trainers.errors import Problem
from constructs_trainers.values.tokens import is_number_token

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKENS_PER_K = 1024
STEPS: Final = ("save_steps", "max_steps")
LENGTHS: Final = ("max_prompt_length", "max_response_length")
TOO_FEW_STEPS: Final = "must not be greater than max_steps"
TOO_LONG: Final = "prompt and response do not fit into the sequence length"


def cross_problems(
    values: Mapping[str, object], defaults: Mapping[str, object], sequence_length: str | None
) -> list[Problem]:
    """What is wrong between values that are each fine.

    Rules as in ``sagemaker.train``: checkpoints no rarer than the training is long
    (``recipe_resolver``), and prompt plus response within the sequence length. The hub's own
    defaults break the second rule for some recipes, and the service takes them: what they add up
    to is allowed.

    Args:
        values: The recipe's values by parameter or leaf name.
        defaults: The hub's values by the same names.
        sequence_length: The recipe's sequence length, such as ``4K``.
    """
    problems = []
    steps = numbers(values, STEPS)
    if steps and steps != numbers(defaults, STEPS) and steps[0] > steps[1]:
        problems.append(
            Problem(
                path="save_steps",
                message=TOO_FEW_STEPS,
                got=f"save_steps {steps[0]}, max_steps {steps[1]}",
                allowed=f"{steps[1]} or less",
            )
        )
    lengths = numbers(values, LENGTHS)
    longest = longest_together(defaults, sequence_length)
    if lengths and longest is not None and sum(lengths) > longest:
        problems.append(
            Problem(
                path="max_prompt_length",
                message=TOO_LONG,
                got=f"max_prompt_length {lengths[0]} + max_response_length {lengths[1]}",
                allowed=together(longest, sequence_length),
            )
        )
    return problems


def longest_together(defaults: Mapping[str, object], sequence_length: str | None) -> int | None:
    """How many tokens prompt and response may have together; None for any number."""
    longest = sequence_length_in_tokens(sequence_length)
    by_default = numbers(defaults, LENGTHS)
    return None if longest is None else max(longest, int(sum(by_default or (0, 0))))


def together(longest: int, sequence_length: str | None) -> str:
    """What :func:`longest_together` allows, in words."""
    return f"{longest} tokens together (sequence length {sequence_length})"


def sequence_length_in_tokens(text: str | None) -> int | None:
    """The number of tokens that ``4K`` and its like stand for; None when it is not of that form."""
    match = re.fullmatch(r"([1-9][0-9]{0,8})K", text) if isinstance(text, str) else None
    return int(match.group(1)) * _TOKENS_PER_K if match else None


def numbers(values: Mapping[str, object], names: tuple[str, str]) -> tuple[float, float] | None:
    """Two values by their names, when both are numbers that are known at synthesis."""
    one, other = (values.get(name) for name in names)
    return (one, other) if is_known_number(one) and is_known_number(other) else None


def is_known_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number, and no CDK token."""
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and not is_number_token(value)
    )
