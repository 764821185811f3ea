"""``${...}`` interpolation in OmegaConf's grammar, limited to what is deterministic.

Values are resolved by OmegaConf itself. Before it sees them, CDK tokens are taken out (their text
would break its parser, their numbers its arithmetic) and every resolver that its own parser finds
is held against the few that read nothing but the recipe: no environment, no files, no clock.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from constructs_trainers.errors import Problem, did_you_mean, nearest_name
from constructs_trainers.recipes.interpolation_references import (
    chain_from,
    nesting_depth,
    references_in,
    resolvers_in,
)
from constructs_trainers.recipes.paths import (
    LAUNCHER_KEYS,
    LAUNCHER_ROOTS,
    SCALARS,
    dotted,
    tree_of,
)
from constructs_trainers.values.short_repr import short_repr
from constructs_trainers.values.tokens import LIST_TOKEN, STRING_TOKEN, is_number_token

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from constructs_trainers.recipes.interpolation_references import Chain, Reference
    from constructs_trainers.recipes.paths import Path

_OWN_RESOLVERS = ("multiply", "divide_ceil", "divide_floor", "add")
ALLOWED_RESOLVERS = (*_OWN_RESOLVERS, "oc.select")
# OmegaConf keeps resolvers in one table a process. Ours live under a prefix there, so that an
# application that has its own `multiply` keeps it.
_PREFIX = "constructs_trainers"
# OmegaConf's parser takes seconds for hundreds of levels, and then ends in a RecursionError.
_MAX_DEPTH = 20
# What stands for a token: an identifier in OmegaConf's grammar, so that it may stand anywhere.
_SHIELD = re.compile(rf"{_PREFIX}_token_(\d+)_")
_SHIELDED = re.compile(f"{STRING_TOKEN.pattern}|{LIST_TOKEN.pattern}|{_SHIELD.pattern}")
# Not those of the CDK's tokens.
_OPENING = re.compile(r"(\\*)\$\{(?!Token\[)")
NUMBER_IN_TEXT = "a CDK number token cannot stand within text or arithmetic: its value is not known"


def has_interpolation(value: object) -> bool:
    """Whether a value holds ``${`` that is not a CDK token's.

    An escaped one counts: taking the backslash off is part of the grammar.
    """
    return any(True for _ in _texts(value))


def escaped(value: object) -> object:
    """A leaf as it is written for whoever reads it with OmegaConf: plain text stays plain text.

    OmegaConf user guide, "Escaped interpolations": a backslash before ``${`` takes its meaning
    from it, and backslashes before that one are doubled.
    """
    if isinstance(value, str):
        return _OPENING.sub(lambda found: f"{found[1] * 2}\\${{", value)
    if isinstance(value, Mapping):
        return {key: escaped(item) for key, item in value.items()}
    return [escaped(item) for item in value] if isinstance(value, list) else value


def interpolate(
    leaves: Mapping[Path, object], *, open_ended: Collection[Path] = ()
) -> tuple[dict[Path, object], dict[Path, list[Problem]]]:
    """Replace every interpolation by its value.

    Args:
        leaves: All values that interpolations may refer to. Those without one stay as they are.
        open_ended: Leaves that may lead to keys which the recipe does not have: they stay as
            they are.

    Returns:
        The leaves with their values, and for those that have none what is wrong with them: they
        are not of the grammar, name a resolver that is not allowed or a key that is missing, form
        a cycle, or cannot be evaluated. Where grammar or resolvers are wrong, nothing is replaced.
    """
    found = {
        path: [problem for text in _texts(value) for problem in _grammar_problems(path, text)]
        for path, value in leaves.items()
    }
    wrong = {path: problems for path, problems in found.items() if problems}
    if wrong:
        return dict(leaves), wrong
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    _register_resolvers()
    tokens: list[object] = []
    shielded = {path: _shield(value, tokens) for path, value in leaves.items()}
    config = OmegaConf.create(_with_roots(tree_of(shielded)))
    values: dict[Path, object] = dict(leaves)
    reasons: dict[Path, str] = {}
    for path, value in leaves.items():
        if not has_interpolation(value):
            continue
        try:
            node: Any = config
            for key in path:
                node = node[key]
            if OmegaConf.is_config(node):
                node = OmegaConf.to_container(node, resolve=True)
            values[path] = _restore(node, tokens)
        except (OmegaConfBaseException, RecursionError, _UnknownNumberError) as error:
            reasons[path] = _reason(error, tokens)
    chains = {
        path: chain_from(path, leaves, reasons, lambda leaf: _references(leaf, leaves))
        for path in reasons
    }
    return values, {
        path: [_problem(path, leaves, chain, reasons[path])]
        for path, chain in chains.items()
        if not (chain.missing and path in open_ended)
    }


def references_of(path: Path, value: object) -> list[Reference]:
    """The keys that a value refers to; none when it is not of the grammar.

    Args:
        path: Where it stands: relative keys start beside it.
        value: A leaf.
    """
    from omegaconf.errors import GrammarParseError

    try:
        return list(_references(path, {path: value}))
    except GrammarParseError:
        return []


def _with_roots(tree: dict[str, object]) -> dict[str, object]:
    """The tree, reachable under the names of the launcher's roots where they are mentioned."""
    text = repr(tree)
    roots = [root for root in LAUNCHER_ROOTS if root not in tree and f"{root}." in text]
    return tree | {root: copy.deepcopy(tree) for root in roots}


def _problem(path: Path, leaves: Mapping[Path, object], chain: Chain, reason: str) -> Problem:
    fix = None
    if chain.missing:
        missing = dotted(chain.keys[-1])
        message = f"the recipe has no key '{missing}': {chain}"
        fix = _instead_of(chain, leaves)
    elif chain.is_cycle:
        message = f"interpolations refer to each other in a cycle: {chain}"
    elif len(chain.keys) > 1:
        message = f"{reason}: {chain}"
    else:
        message = reason
    return Problem(path=dotted(path), message=message, got=short_repr(leaves[path]), fix=fix)


def _instead_of(chain: Chain, leaves: Mapping[Path, object]) -> str | None:
    """The key that was meant: one beside the missing one, or one of the whole recipe.

    Never one that is on the way to it: that would be a circle.
    """
    missing = chain.keys[-1]
    if missing[0] in LAUNCHER_KEYS:
        return "delete the line: only the launcher that runs recipes on a cluster has that key"
    others = [leaf for leaf in leaves if leaf not in chain.keys]
    beside = [leaf for leaf in others if leaf[:-1] == missing[:-1] and len(leaf) > 1]
    if not beside:
        return did_you_mean(dotted(missing), map(dotted, others))
    near = nearest_name(missing[-1], [leaf[-1] for leaf in beside])
    return None if near is None else f"did you mean '{dotted((*missing[:-1], near))}'?"


def _references(path: Path, leaves: Mapping[Path, object]) -> Iterator[Reference]:
    roots = [root for root in LAUNCHER_ROOTS if not any(leaf[0] == root for leaf in leaves)]
    for text in _texts(leaves[path]):
        for found in references_in(_shield_text(text, []), at=path):
            if len(found.target) > 1 and found.target[0] in roots:
                yield replace(found, target=found.target[1:])
            else:
                yield found


def _texts(value: object) -> Iterator[str]:
    """The texts with interpolations within a leaf."""
    if isinstance(value, str):
        if "${" in value and "${" in STRING_TOKEN.sub("_", value):
            yield value
    elif not isinstance(value, SCALARS) and isinstance(value, (list, Mapping)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


class _UnknownNumberError(ValueError):
    """A number that is only known at deployment is needed now."""

    def __init__(self) -> None:
        super().__init__(NUMBER_IN_TEXT)


def _grammar_problems(path: Path, text: str) -> list[Problem]:
    if nesting_depth(text) > _MAX_DEPTH:
        return [Problem(path=dotted(path), message="interpolations are nested too deeply")]
    from omegaconf.errors import GrammarParseError

    tokens: list[object] = []
    try:
        names = [name for _, name in resolvers_in(_shield_text(text, tokens))]
    except GrammarParseError as error:
        message = f"not a valid interpolation: {_reason(error, tokens)}"
        fix = r"write '\${' where '${' is plain text"
        return [Problem(path=dotted(path), message=message, got=short_repr(text), fix=fix)]
    return [
        Problem(
            path=dotted(path),
            message=_resolver_message(name),
            got=short_repr(text),
            allowed=", ".join(ALLOWED_RESOLVERS),
            fix=did_you_mean(name, ALLOWED_RESOLVERS),
        )
        for name in names
        if name not in ALLOWED_RESOLVERS
    ]


def _resolver_message(name: str) -> str:
    if "${" in name:
        return "the name of a resolver must be written out, not interpolated"
    if name.startswith("oc."):
        return f"the resolver '{name}' is not allowed: a recipe reads neither machine nor clock"
    return f"unknown resolver '{name}'"


def _shield(value: object, tokens: list[object]) -> object:
    if isinstance(value, str):
        text = _shield_text(value, tokens)
        if "${" not in text:
            return text
        for start, name in sorted(resolvers_in(text), reverse=True):
            if name in _OWN_RESOLVERS:
                text = f"{text[:start]}{_PREFIX}.{text[start:]}"
        return text
    if is_number_token(value):
        return _shield_of(value, tokens)
    if isinstance(value, Mapping):
        return {key: _shield(item, tokens) for key, item in value.items()}
    if isinstance(value, list):
        return [_shield(item, tokens) for item in value]
    return value


def _shield_text(text: str, tokens: list[object]) -> str:
    return _SHIELDED.sub(lambda match: _shield_of(match.group(), tokens), text)


def _shield_of(token: object, tokens: list[object]) -> str:
    tokens.append(token)
    return f"{_PREFIX}_token_{len(tokens) - 1}_"


def _restore(value: object, tokens: list[object]) -> object:
    if isinstance(value, str):
        whole = _SHIELD.fullmatch(value)
        if whole:
            return tokens[int(whole.group(1))]
        return _SHIELD.sub(lambda match: _token_text(tokens[int(match.group(1))]), value)
    if isinstance(value, dict):
        return {str(key): _restore(item, tokens) for key, item in value.items()}
    if isinstance(value, list):
        return [_restore(item, tokens) for item in value]
    return value


def _token_text(token: object) -> str:
    if isinstance(token, str):
        return token
    raise _UnknownNumberError


def _register_resolvers() -> None:
    from omegaconf import OmegaConf, __version__

    # OmegaConf 2.4 gave the method a name that 2.3 has for another one.
    is_renamed = not __version__.startswith("2.3.")
    register = OmegaConf.register_resolver if is_renamed else OmegaConf.register_new_resolver
    resolvers: dict[str, Callable[..., Any]] = {
        "multiply": lambda *terms: math.prod(_two("multiply", terms)),
        "divide_ceil": lambda *terms: math.ceil(_quotient("divide_ceil", terms)),
        "divide_floor": lambda *terms: math.floor(_quotient("divide_floor", terms)),
        "add": lambda *terms: sum(_number(term) for term in terms),
    }
    for name, resolver in resolvers.items():
        if not OmegaConf.has_resolver(f"{_PREFIX}.{name}"):
            register(f"{_PREFIX}.{name}", resolver)


def _quotient(name: str, terms: tuple[object, ...]) -> float:
    dividend, divisor = _two(name, terms)
    return float(dividend / divisor)


def _two(name: str, terms: tuple[object, ...]) -> tuple[Any, Any]:
    if len(terms) != 2:  # noqa: PLR2004
        msg = f"'{name}' takes two numbers, got {len(terms)}"
        raise TypeError(msg)
    return _number(terms[0]), _number(terms[1])


def _number(value: object) -> Any:  # noqa: ANN401 - int or float, kept as it is
    if isinstance(value, str) and _SHIELD.search(value):
        raise _UnknownNumberError
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        msg = f"expected a number, got {short_repr(value)}"
        raise TypeError(msg)
    float(value)  # overflows for what is too large; products of products would grow without end
    return value


def _reason(error: Exception, tokens: list[object]) -> str:
    if isinstance(error, RecursionError) or "RecursionError" in str(error):
        return "interpolations refer to each other in a cycle"
    first_line = str(error).splitlines()[0].replace(f"{_PREFIX}.", "")
    reason = re.sub(r"^\w+ raised while resolving interpolation: ", "", first_line)
    return _SHIELD.sub(lambda match: str(tokens[int(match.group(1))]), reason)
