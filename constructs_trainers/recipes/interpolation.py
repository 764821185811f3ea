"""``${...}`` interpolation in OmegaConf's grammar, limited to what is deterministic.

Before anything is evaluated, CDK tokens are taken out and every resolver is held against the few
that read nothing but the recipe: no environment, no files, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_trainers.errors import Problem, did_you_mean, nearest_name
from constructs_trainers.recipes.interpolation_references import (
    Reference,
    absolute,
    chain_from,
    nesting_depth,
    references_in,
    resolvers_in,
)
from constructs_trainers.recipes.interpolation_values import InterpolatedValues, escaped
from constructs_trainers.recipes.paths import LAUNCHER_KEYS, LAUNCHER_ROOTS, SCALARS, dotted
from constructs_trainers.recipes.resolvers import ALLOWED_RESOLVERS
from constructs_trainers.recipes.simple_interpolation import calls_of, keys_of, simple_parts
from constructs_trainers.recipes.token_shields import (
    NUMBER_IN_TEXT,
    UnknownNumberError,
    restored,
    restored_in_words,
    shielded,
    shielded_text,
)
from constructs_trainers.values.short_repr import short_repr, short_text
from constructs_trainers.values.tokens import STRING_TOKEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from constructs_trainers.recipes.interpolation_references import Chain
    from constructs_trainers.recipes.paths import Path

__all__ = ["NUMBER_IN_TEXT", "escaped", "has_interpolation", "interpolate", "references_of"]

# OmegaConf's parser takes seconds for hundreds of levels, and then ends in a RecursionError.
_MAX_DEPTH = 20


def has_interpolation(value: object) -> bool:
    """Whether a value holds ``${`` that is not a CDK token's.

    An escaped one counts: taking the backslash off is part of the grammar.
    """
    return any(True for _ in _texts(value))


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
    tokens: list[object] = []
    found_values = InterpolatedValues(
        {path: shielded(value, tokens) for path, value in leaves.items()},
        [path for path, value in leaves.items() if has_interpolation(value)],
    )
    values: dict[Path, object] = dict(leaves)
    reasons = {
        path: restored_in_words(reason, tokens) for path, reason in found_values.reasons.items()
    }
    for path, value in found_values.values.items():
        try:
            values[path] = restored(value, tokens)
        except UnknownNumberError as error:
            reasons[path] = str(error)
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
        for found in _references_in_text(shielded_text(text, []), path):
            if len(found.target) > 1 and found.target[0] in roots:
                yield replace(found, target=found.target[1:])
            else:
                yield found


def _references_in_text(text: str, path: Path) -> Iterator[Reference]:
    parts = simple_parts(text)
    if parts is None:
        yield from references_in(text, at=path)
        return
    for key, required in keys_of(parts):
        yield Reference(absolute(key, path), required)


def _texts(value: object) -> Iterator[str]:
    """The texts with interpolations within a leaf."""
    if isinstance(value, str):
        if "${" in value and "${" in STRING_TOKEN.sub("_", value):
            yield value
    elif not isinstance(value, SCALARS) and isinstance(value, (list, Mapping)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


def _grammar_problems(path: Path, text: str) -> list[Problem]:
    if nesting_depth(text) > _MAX_DEPTH:
        return [Problem(path=dotted(path), message="interpolations are nested too deeply")]
    tokens: list[object] = []
    bare = shielded_text(text, tokens)
    parts = simple_parts(bare)
    if parts is not None:
        return _resolver_problems(path, text, calls_of(parts))
    from omegaconf.errors import GrammarParseError

    try:
        names = [name for _, name in resolvers_in(bare)]
    except GrammarParseError as error:
        reason = restored_in_words(str(error).splitlines()[0], tokens)
        message = f"not a valid interpolation: {short_text(reason)}"
        fix = r"write '\${' where '${' is plain text"
        return [Problem(path=dotted(path), message=message, got=short_repr(text), fix=fix)]
    return _resolver_problems(path, text, names)


def _resolver_problems(path: Path, text: str, names: Iterable[str]) -> list[Problem]:
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
