"""``${...}`` interpolation in OmegaConf's grammar, limited to what is deterministic.

Values are resolved by OmegaConf itself. Before it sees them, CDK tokens are taken out (their text
would break its parser) and every resolver name is held against the few that read nothing but the
recipe: no environment, no files, no clock.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import Problem, RecipeError, did_you_mean
from constructs_trainers.recipes.tokens import LIST_TOKEN, STRING_TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_OWN_RESOLVERS = ("multiply", "divide_ceil", "divide_floor", "add")
ALLOWED_RESOLVERS = (*_OWN_RESOLVERS, "oc.select")
# OmegaConf keeps resolvers in one table a process. Ours live under a prefix there, so that an
# application that has its own `multiply` keeps it.
_PREFIX = "constructs_trainers"
_SHIELD = re.compile("\ue000(\\d+)\ue001")


def has_interpolation(value: object) -> bool:
    """Whether a value holds ``${`` that is not a CDK token's.

    An escaped one counts: taking the backslash off is part of the grammar.
    """
    if isinstance(value, str):
        return "${" in value and "${" in STRING_TOKEN.sub("", value)
    if isinstance(value, list):
        return any(has_interpolation(item) for item in value)
    if isinstance(value, Mapping):
        return any(has_interpolation(item) for item in value.values())
    return False


def interpolation_problems(path: str, value: object, origin: str | None) -> list[Problem]:
    """What is wrong with the resolvers that a value names."""
    if isinstance(value, str):
        names = _resolver_names(STRING_TOKEN.sub("", value))
        return [
            Problem(
                path=path,
                message=_resolver_message(name),
                got=repr(value),
                allowed=", ".join(ALLOWED_RESOLVERS),
                fix=did_you_mean(name, ALLOWED_RESOLVERS),
                origin=origin,
            )
            for name in names
            if name not in ALLOWED_RESOLVERS
        ]
    items: Iterable[object] = ()
    if isinstance(value, Mapping):
        items = value.values()
    elif isinstance(value, list):
        items = value
    return [found for item in items for found in interpolation_problems(path, item, origin)]


def interpolate(tree: Mapping[str, object]) -> dict[str, object]:
    """The tree with every interpolation replaced by its value.

    Raises:
        RecipeError: A key is missing, keys form a cycle, or an expression cannot be evaluated.
    """
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    _register_resolvers()
    tokens: list[str] = []
    shielded = _shield(tree, tokens)
    config = OmegaConf.create(shielded)
    try:
        resolved = OmegaConf.to_container(config, resolve=True)
    except OmegaConfBaseException as error:
        raise _interpolation_error(error) from None
    except RecursionError:
        problem = Problem(path="recipe", message="interpolations refer to each other in a cycle")
        raise RecipeError("recipe", [problem]) from None
    restored = _restore(resolved, tokens)
    if not isinstance(restored, dict):  # a mapping goes in, so a mapping comes out
        raise TypeError(restored)
    return restored


def _resolver_message(name: str) -> str:
    if "${" in name:
        return "the name of a resolver must be written out, not interpolated"
    if name.startswith("oc."):
        return f"the resolver '{name}' is not allowed: a recipe reads neither machine nor clock"
    return f"unknown resolver '{name}'"


def _starts(text: str) -> Any:  # noqa: ANN401 - an iterator of matches
    """Where unescaped ``${`` stand: those after an even number of backslashes."""
    for match in re.finditer(r"(\\*)\$\{", text):
        if len(match.group(1)) % 2 == 0:
            yield match.end()


def _resolver_names(text: str) -> list[str]:
    found = []
    for start in _starts(text):
        name = _name_before_colon(text, start)
        if name is not None:
            found.append(name)
    return found


def _name_before_colon(text: str, start: int) -> str | None:
    depth = 0
    for index in range(start, len(text)):
        character = text[index]
        if text.startswith("${", index):
            depth += 1
        elif character == "}":
            if depth == 0:
                return None
            depth -= 1
        elif character == ":" and depth == 0:
            return text[start:index].strip()
    return None


def _shield(value: object, tokens: list[str]) -> Any:  # noqa: ANN401 - any YAML value
    if isinstance(value, str):

        def replace(match: re.Match[str]) -> str:
            tokens.append(match.group())
            return f"\ue000{len(tokens) - 1}\ue001"

        text = LIST_TOKEN.sub(replace, STRING_TOKEN.sub(replace, value))
        own = "|".join(_OWN_RESOLVERS)
        return re.sub(rf"\$\{{\s*({own})\s*:", rf"${{{_PREFIX}.\1:", text)
    if isinstance(value, Mapping):
        return {key: _shield(item, tokens) for key, item in value.items()}
    if isinstance(value, list):
        return [_shield(item, tokens) for item in value]
    return value


def _restore(value: object, tokens: list[str]) -> object:
    if isinstance(value, str):
        return _SHIELD.sub(lambda match: tokens[int(match.group(1))], value)
    if isinstance(value, dict):
        return {str(key): _restore(item, tokens) for key, item in value.items()}
    if isinstance(value, list):
        return [_restore(item, tokens) for item in value]
    return value


def _register_resolvers() -> None:
    from omegaconf import OmegaConf, __version__

    # OmegaConf 2.4 gave the method a name that 2.3 has for another one.
    is_renamed = not __version__.startswith("2.3.")
    register = OmegaConf.register_resolver if is_renamed else OmegaConf.register_new_resolver
    resolvers: dict[str, Callable[..., Any]] = {
        "multiply": lambda x, y: _number(x) * _number(y),
        "divide_ceil": lambda x, y: math.ceil(_number(x) / _number(y)),
        "divide_floor": lambda x, y: math.floor(_number(x) / _number(y)),
        "add": lambda *terms: sum(_number(term) for term in terms),
    }
    for name, resolver in resolvers.items():
        if not OmegaConf.has_resolver(f"{_PREFIX}.{name}"):
            register(f"{_PREFIX}.{name}", resolver)


def _number(value: object) -> Any:  # noqa: ANN401 - int or float, kept as it is
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"expected a number, got {value!r}"
        raise TypeError(msg)
    return value


def _interpolation_error(error: Exception) -> RecipeError:
    full_key = getattr(error, "full_key", None) or "recipe"
    first_line = str(error).splitlines()[0].replace(f"{_PREFIX}.", "")
    return RecipeError("recipe", [Problem(path=str(full_key), message=first_line)])
