"""Rules between several values of a recipe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeGuard

from constructs_trainers.errors import Problem
from constructs_trainers.recipes.tokens import is_number_token

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKENS_PER_K = 1024


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
    steps = _numbers(values, "save_steps", "max_steps")
    if steps and steps != _numbers(defaults, "save_steps", "max_steps") and steps[0] > steps[1]:
        problems.append(
            Problem(
                path="save_steps",
                message="must not be greater than max_steps",
                got=f"save_steps {steps[0]}, max_steps {steps[1]}",
                allowed=f"{steps[1]} or less",
            )
        )
    lengths = _numbers(values, "max_prompt_length", "max_response_length")
    longest = sequence_length_in_tokens(sequence_length)
    if lengths and longest is not None:
        by_default = _numbers(defaults, "max_prompt_length", "max_response_length")
        longest = max(longest, int(sum(by_default or (0, 0))))
        if sum(lengths) > longest:
            problems.append(
                Problem(
                    path="max_prompt_length",
                    message="prompt and response do not fit into the sequence length",
                    got=f"max_prompt_length {lengths[0]} + max_response_length {lengths[1]}",
                    allowed=f"{longest} tokens together (sequence length {sequence_length})",
                )
            )
    return problems


def sequence_length_in_tokens(text: str | None) -> int | None:
    """The number of tokens that ``4K`` and its like stand for; None when it is not of that form."""
    match = re.fullmatch(r"([1-9][0-9]{0,8})K", text) if isinstance(text, str) else None
    return int(match.group(1)) * _TOKENS_PER_K if match else None


def _numbers(values: Mapping[str, object], first: str, second: str) -> tuple[float, float] | None:
    one, other = values.get(first), values.get(second)
    return (one, other) if _is_number(one) and _is_number(other) else None


def _is_number(value: object) -> TypeGuard[float]:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and not is_number_token(value)
    )
