"""The resolvers that a recipe may use: they read nothing but the recipe."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from constructs_trainers.recipes.token_shields import SHIELD, UnknownNumberError
from constructs_trainers.values.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Callable

SELECT: Final = "oc.select"
# OmegaConf keeps resolvers in one table a process. Ours live under a prefix there, so that an
# application that has its own `multiply` keeps it.
PREFIX: Final = "constructs_trainers"


def _quotient(name: str, terms: tuple[object, ...]) -> float:
    dividend, divisor = _two(name, terms)
    return float(dividend / divisor)


def _two(name: str, terms: tuple[object, ...]) -> tuple[Any, Any]:
    if len(terms) != 2:  # noqa: PLR2004
        msg = f"'{name}' takes two numbers, got {len(terms)}"
        raise TypeError(msg)
    return _number(terms[0]), _number(terms[1])


def _number(value: object) -> Any:  # noqa: ANN401 - int or float, kept as it is
    if isinstance(value, str) and SHIELD.search(value):
        raise UnknownNumberError
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"expected a number, got {short_repr(value)}"
        raise TypeError(msg)
    float(value)  # overflows for what is too large; products of products would grow without end
    return value


OWN_RESOLVERS: Final[dict[str, Callable[..., Any]]] = {
    "multiply": lambda *terms: math.prod(_two("multiply", terms)),
    "divide_ceil": lambda *terms: math.ceil(_quotient("divide_ceil", terms)),
    "divide_floor": lambda *terms: math.floor(_quotient("divide_floor", terms)),
    "add": lambda *terms: sum(_number(term) for term in terms),
}
ALLOWED_RESOLVERS: Final = (*OWN_RESOLVERS, SELECT)


def register_resolvers() -> None:
    """Make them known to OmegaConf, under our prefix."""
    from omegaconf import OmegaConf, __version__

    # OmegaConf 2.4 gave the method a name that 2.3 has for another one.
    is_renamed = not __version__.startswith("2.3.")
    register = OmegaConf.register_resolver if is_renamed else OmegaConf.register_new_resolver
    for name, resolver in OWN_RESOLVERS.items():
        if not OmegaConf.has_resolver(f"{PREFIX}.{name}"):
            register(f"{PREFIX}.{name}", resolver)
