"""Holding values against the override spec, and against each other."""

from __future__ import annotations

import enum
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeGuard

from constructs_trainers.errors import Problem, nearest_name
from constructs_trainers.recipes.spec import NUMBER_TYPES, WHOLE_TYPES
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import is_number_token, is_token

if TYPE_CHECKING:
    from constructs_trainers.recipes.spec import Parameter

TYPE_WORDS: Final = {
    "float": "a number",
    "integer": "a whole number",
    "int": "a whole number",
    "string": "text",
    "boolean": "true or false",
    "bool": "true or false",
}
"""The hub's words for types as messages have them."""
NOT_IN_ENUM: Final = "not one of the values that the recipe allows"
_TOKENS_PER_K = 1024
# OmegaConf's documentation, "Mandatory values". It cannot be escaped.
_MANDATORY = "???"
STEPS: Final = ("save_steps", "max_steps")
LENGTHS: Final = ("max_prompt_length", "max_response_length")
TOO_FEW_STEPS: Final = "must not be greater than max_steps"
TOO_LONG: Final = "prompt and response do not fit into the sequence length"


def leaf_problems(path: str, value: object, origin: str | None) -> list[Problem]:
    """What makes a value unfit for any recipe: a type that YAML has no form for, or NaN."""
    unfit = _unfit_scalar(value)
    if unfit is not None:
        return [replace(unfit, path=path, origin=origin)]
    if value is None or (isinstance(value, (bool, int, float, str)) and not _is_enum(value)):
        return []
    if isinstance(value, (list, tuple)):
        return [p for i, v in enumerate(value) for p in leaf_problems(f"{path}[{i}]", v, origin)]
    if isinstance(value, Mapping):
        keys = [
            Problem(path=path, message="a key must be text", got=short_repr(key), origin=origin)
            for key in value
            if not isinstance(key, str)
        ]
        return keys + [p for k, v in value.items() for p in leaf_problems(f"{path}.{k}", v, origin)]
    return [
        Problem(
            path=path,
            message="a recipe holds text, numbers, true, false, null and lists of them",
            got=f"{type(value).__name__} {short_repr(value)}",
            fix="write its '.value'" if _is_enum(value) else None,
            origin=origin,
        )
    ]


def _unfit_scalar(value: object) -> Problem | None:
    if isinstance(value, float) and not math.isfinite(value):
        return Problem(path="", message="must be finite", got=short_repr(value))
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        got = f"a whole number of {value.bit_length()} bits"
        return Problem(path="", message="is too large", got=got)
    if value == _MANDATORY:
        message = "is what OmegaConf takes for a value that is missing"
        fix = "write the value, or leave it out"
        return Problem(path="", message=message, got=short_repr(value), fix=fix)
    return None


def _is_enum(value: object) -> bool:
    # An enum member that is text or a number too has a str() of its own, which would be sent.
    return isinstance(value, enum.Enum)


def value_problems(
    path: str, value: object, parameter: Parameter, origin: str | None
) -> list[Problem]:
    """What the spec says against a value. CDK tokens pass: their value is not known yet.

    Rules as ``sagemaker.train.recipe_resolver`` has them, but that a boolean is no integer and
    NaN no number.
    """
    if is_token(value):
        return []
    if value is None:
        if not parameter.required:
            return []
        return [
            Problem(
                path=path,
                message="a value is required",
                got="null",
                allowed=_allowed(parameter),
                origin=origin,
            )
        ]
    problem = _type_problem(path, value, parameter, origin) or _limit_problem(
        path, value, parameter, origin
    )
    return [] if problem is None else [problem]


def _type_problem(
    path: str, value: object, parameter: Parameter, origin: str | None
) -> Problem | None:
    if parameter.type not in TYPE_WORDS or _has_type(value, parameter.type):
        return None
    fix = None
    if isinstance(value, str) and parameter.type in NUMBER_TYPES and reads_as_number(value):
        fix = "write the number without quotes"
    elif parameter.type in WHOLE_TYPES and isinstance(value, float) and value.is_integer():
        fix = f"write {int(value)}"
    elif parameter.type == "string" and isinstance(value, (bool, int, float)):
        fix = "put it in quotes"
    return Problem(
        path=path,
        message=f"must be {TYPE_WORDS[parameter.type]}",
        got=f"{short_repr(value)} ({type(value).__name__})",
        allowed=_allowed(parameter),
        fix=fix,
        origin=origin,
    )


def _has_type(value: object, type_name: str) -> bool:
    if type_name in ("boolean", "bool"):
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if type_name == "float":
        return isinstance(value, (int, float)) and math.isfinite(value)
    if type_name in ("integer", "int"):
        return isinstance(value, int)
    return isinstance(value, str)


def _limit_problem(
    path: str, value: object, parameter: Parameter, origin: str | None
) -> Problem | None:
    if parameter.enum is not None:
        if any(_same(value, allowed) for allowed in parameter.enum):
            return None
        texts = [item for item in parameter.enum if isinstance(item, str)]
        near = nearest_name(value, texts) if isinstance(value, str) else None
        return Problem(
            path=path,
            message=NOT_IN_ENUM,
            got=short_repr(value),
            allowed=parameter.limits(),
            fix=None if near is None else f"did you mean '{near}'?",
            origin=origin,
        )
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if parameter.minimum is not None and value < parameter.minimum:
        message = f"below the minimum {parameter.minimum}"
    elif parameter.maximum is not None and value > parameter.maximum:
        message = f"above the maximum {parameter.maximum}"
    else:
        return None
    return Problem(
        path=path, message=message, got=short_repr(value), allowed=parameter.limits(), origin=origin
    )


def _same(value: object, allowed: object) -> bool:
    return value == allowed and isinstance(value, bool) == isinstance(allowed, bool)


def _allowed(parameter: Parameter) -> str | None:
    words = TYPE_WORDS.get(parameter.type or "")
    limits = parameter.limits()
    return ", ".join(part for part in (words, limits) if part) or None


def reads_as_number(text: str) -> bool:
    """Whether a text is a number that was put in quotes."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


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


def lengths_of_parameters(
    values: Mapping[str, object], spec: Mapping[str, Parameter]
) -> dict[str, object]:
    """The values without lengths that are no parameters.

    Many templates have a response length written out that nobody can set and that the service
    does not hold against the prompt's: with it, prompts could be no longer than by default.
    """
    return {name: value for name, value in values.items() if name in spec or name not in LENGTHS}


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
