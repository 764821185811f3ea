"""What interpolations come to: as OmegaConf has it, and each leaf once."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf, __version__
from omegaconf.errors import OmegaConfBaseException

from constructs_trainers.recipes.interpolation import interpolate
from constructs_trainers.recipes.paths import tree_of
from constructs_trainers.recipes.resolvers import OWN_RESOLVERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_trainers.recipes.paths import Path

KEYS = ("a", "b", "m.x", "m.y", ".x", ".y", "..a", "l.0", "recipes.a", "nowhere", ".none")
REFERENCES = st.sampled_from(KEYS).map("${{{}}}".format)
ARGUMENTS = st.one_of(
    st.sampled_from(
        ["1", "2.5", "1e-5", "-3", "true", "null", "abc", "token-mean", "a/b.c", "1_0", "inf"]
    ),
    REFERENCES,
)
CALLS = st.one_of(
    st.tuples(st.sampled_from(list(OWN_RESOLVERS)), ARGUMENTS, ARGUMENTS).map(
        lambda call: "${%s:%s, %s}" % call  # noqa: UP031 - braces
    ),
    st.tuples(st.sampled_from(KEYS), ARGUMENTS).map(
        lambda call: "${oc.select:%s,%s}" % call  # noqa: UP031 - braces
    ),
)
TEXTS = st.lists(
    st.one_of(st.sampled_from(["x", " ", "/", "$", "}", "\\"]), REFERENCES, CALLS),
    min_size=1,
    max_size=3,
).map("".join)
# Within text OmegaConf writes lists and mappings as they are before interpolation.
WHOLE = st.sampled_from(["${m}", "${l}", "${oc.select:m,1}", "${.y}"])
VALUES = st.one_of(TEXTS, WHOLE, st.sampled_from([1, 2.5, True, None, "plain", "7"]))
RECIPES = st.fixed_dictionaries(
    {
        ("a",): VALUES,
        ("b",): VALUES,
        ("m", "x"): VALUES,
        ("m", "y"): VALUES,
        ("l",): st.lists(st.sampled_from([1, "x", "${a}", "${m.x}"]), max_size=2),
    }
)


@pytest.fixture(autouse=True, scope="module")
def _resolvers() -> None:
    """The resolvers, for OmegaConf as the judge."""
    # OmegaConf 2.4 gave the method a name that 2.3 has for another one.
    is_old = __version__.startswith("2.3.")
    register: Any = OmegaConf.register_new_resolver if is_old else OmegaConf.register_resolver
    for name, resolver in OWN_RESOLVERS.items():
        if not OmegaConf.has_resolver(name):
            register(name, resolver)


def judged(leaves: Mapping[Path, object]) -> dict[Path, object]:
    """Each leaf as OmegaConf has it; the exception where it has none."""
    tree = tree_of(leaves)
    config = OmegaConf.create(tree | {"recipes": copy.deepcopy(tree)})
    found: dict[Path, object] = {}
    for path in leaves:
        node: Any = config
        try:
            for key in path:
                node = node[key]
            is_config = OmegaConf.is_config(node)
            found[path] = OmegaConf.to_container(node, resolve=True) if is_config else node
        except (OmegaConfBaseException, RecursionError, TypeError) as error:
            found[path] = error
    return found


@given(RECIPES)
def test_values_are_those_of_omegaconf(leaves: dict[Path, object]) -> None:
    values, wrong = interpolate(leaves)
    problems = [problem.message for found in wrong.values() for problem in found]
    if any("not a valid interpolation" in message for message in problems):
        return
    for path, expected in judged(leaves).items():
        if isinstance(expected, Exception):
            assert path in wrong
        elif path in wrong:
            # A list is one value here: what refers to it refers to all that is in it. And it is
            # no text, in which OmegaConf has it as it is before interpolation.
            assert re.search("cycle|within text", wrong[path][0].message)
        else:
            assert repr(values[path]) == repr(expected)


def chain(length: int, mentions: int) -> dict[Path, object]:
    """Values each of which mentions the next, several times."""
    first: dict[Path, object] = {("k0",): "x" * 10}
    return first | {(f"k{n}",): f"${{k{n - 1}}}" * mentions for n in range(1, length)}


@pytest.mark.parametrize(("length", "mentions"), [(9, 4), (40, 2)])
def test_what_grows_without_end_is_refused(length: int, mentions: int) -> None:
    values, wrong = interpolate(chain(length, mentions))
    (problem,) = wrong[(f"k{length - 1}",)]
    assert "comes to more than 100,000 characters" in problem.message
    assert len(problem.message) < 2000
    assert all(len(str(value)) <= 100_000 for value in values.values())


def test_lists_that_grow_without_end_are_refused() -> None:
    leaves: dict[Path, object] = {("l0",): [1, 2]}
    leaves |= {(f"l{n}",): [f"${{l{n - 1}}}", f"${{l{n - 1}}}"] for n in range(1, 40)}
    assert ("l39",) in interpolate(leaves)[1]


def test_a_long_way_is_no_deep_one() -> None:
    values, wrong = interpolate(chain(3000, 1))
    assert not wrong
    assert values[("k2999",)] == "x" * 10


def test_keys_that_are_interpolated_are_few() -> None:
    leaves: dict[Path, object] = {("x",): "a", ("m", "a"): 1}
    assert interpolate({**leaves, ("b",): "${m.${x}}"})[0][("b",)] == 1
    for n in range(8):
        leaves[("m", f"d{n}")] = "${m.${x}}"
    wrong = interpolate(leaves)[1]
    assert "keys that are interpolated themselves" in wrong[("m", "d0")][0].message
